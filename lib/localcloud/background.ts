import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateDir, PRIVATE_FILE } from '../adapters/embedded/disk/privacy';
import { runCommand } from './command';

/** A program that outlives the one that started it: `<dir>/<name>.pid` and `<dir>/<name>.log`. */
export interface Background {
  readonly dir: string;
  readonly name: string;
  /** A part of its command line, by which a pid file that outlived a reboot is not taken for another's process. */
  readonly mark: string;
  /** The first signal only asks it to finish what it does; to end that as well it wants a second. */
  readonly wantsTwo?: boolean;
}

export interface BackgroundCommand {
  readonly program: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What it can read from descriptor 3, and nobody can later. */
  readonly secret?: string;
}

const STOP_POLL_MS = 50;
const STOP_PATIENCE_MS = 15_000;
const SECOND_SIGNAL_MS = 1_000;

export const pidFile = ({ dir, name }: Background): string => join(dir, `${name}.pid`);
export const logFile = ({ dir, name }: Background): string => join(dir, `${name}.log`);

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The pid of a background program that runs, or undefined. */
export async function runningPid(background: Background): Promise<number | undefined> {
  const pid = recordedPid(background);
  if (pid === undefined || !isAlive(pid)) return undefined;
  const { output } = await runCommand('ps', ['-o', 'command=', '-p', String(pid)]);
  return output.includes(background.mark) ? pid : undefined;
}

/** Starts a program in a session of its own, so that Ctrl-C in this terminal does not reach it. */
export function startBackground(background: Background, command: BackgroundCommand): number {
  const { program, args = [], env, cwd = process.cwd(), secret } = command;
  makePrivateDir(background.dir);
  const log = openSync(logFile(background), 'a', PRIVATE_FILE);
  const told = secret === undefined ? [] : [readableOnce(background, secret)];
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log, ...told], env, cwd });
  for (const fd of [log, ...told]) closeSync(fd);
  // A program that cannot be started shows by its absence; an unheard error would end this process.
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) return 0;
  writeFileSync(pidFile(background), String(child.pid), { mode: PRIVATE_FILE });
  return child.pid;
}

/** A descriptor of a file that has no name any more. */
function readableOnce({ dir, name }: Background, secret: string): number {
  const path = join(dir, `${name}.secret`);
  writeFileSync(path, secret, { mode: PRIVATE_FILE });
  const fd = openSync(path, 'r');
  rmSync(path);
  return fd;
}

/** Stops it with SIGTERM and waits: its state is saved on the way out. @returns whether it ran. */
export async function stopBackground(background: Background): Promise<boolean> {
  const pid = await runningPid(background);
  if (pid !== undefined) await terminate(pid, background.wantsTwo ?? false);
  rmSync(pidFile(background), { force: true });
  return pid !== undefined;
}

async function terminate(pid: number, wantsTwo: boolean): Promise<void> {
  kill(pid, 'SIGTERM');
  for (let waited = 0; waited < STOP_PATIENCE_MS; waited += STOP_POLL_MS) {
    if (!isAlive(pid)) return;
    if (wantsTwo && waited === SECOND_SIGNAL_MS) kill(pid, 'SIGTERM');
    await sleep(STOP_POLL_MS);
  }
  kill(pid, 'SIGKILL');
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function recordedPid(background: Background): number | undefined {
  try {
    return Number(readFileSync(pidFile(background), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
