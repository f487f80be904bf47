import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryDir } from './e2e-files';
import { onceInRunNow } from './once-in-run';

let built: string | undefined;

/** The command line as `npm run build` bundles it, once in a run, in a directory of its own: others may be building into dist/. */
export function builtCli(): string {
  built ??= join(onceInRunNow('cli', buildCli) ?? buildCli(temporaryDir()), 'dist', 'reprise.js');
  return built;
}

function buildCli(dir: string): string {
  for (const sources of ['bin', 'lib']) symlinkSync(resolve(sources), join(dir, sources));
  execFileSync(process.execPath, [resolve('scripts/build.mjs')], { cwd: dir, stdio: 'pipe' });
  // The pages are built once, by `npm ci`.
  for (const page of ['dashboard', 'api']) symlinkSync(resolve('dist', page), join(dir, 'dist', page));
  return dir;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly done: Promise<CliResult>;
}

export interface Workspace {
  readonly dir: string;
  readonly write: (name: string, text: string) => string;
  /** Lines of a file that commands write; none while it does not exist. */
  readonly lines: (name: string) => string[];
  readonly start: (...args: string[]) => CliProcess;
  readonly run: (...args: string[]) => Promise<CliResult>;
}

/** A directory for a test, with the command line run in it. @param env variables that it has besides ours. */
export function workspace(env: Readonly<Record<string, string>> = {}): Workspace {
  const dir = temporaryDir();
  mkdirSync(dir, { recursive: true });

  function start(...args: string[]): CliProcess {
    const child = spawn(process.execPath, [builtCli(), ...args], {
      cwd: dir,
      env: {
        ...process.env,
        XDG_CONFIG_HOME: join(dir, '.config'),
        ...env,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const done = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }));
    return { child, stderr: () => stderr, done };
  }

  return {
    dir,
    start,
    write(name, text) {
      writeFileSync(join(dir, name), text);
      return name;
    },
    lines(name) {
      const path = join(dir, name);
      return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
    },
    run: (...args) => start(...args).done,
  };
}

/** Waits for a condition on the outside world, looking often. */
export async function until(condition: () => boolean, what: string, limitMs = 15_000): Promise<void> {
  for (const end = Date.now() + limitMs; !condition(); ) {
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await new Promise((wake) => setTimeout(wake, 10));
  }
}
