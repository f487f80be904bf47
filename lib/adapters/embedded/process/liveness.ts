import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { AttemptFiles } from '../disk/attempt-files';
import { readClaim } from './claim';

/** Process ids are reused: a process counts as part of an attempt only with proof. */
export interface Liveness {
  /** Whether this process is alive and belongs to the attempt. */
  readonly isAlive: (pid: number, files: AttemptFiles) => boolean;
  /** Every process of the attempt, also those that left its process group. Reads the whole process table. */
  readonly processesOf: (files: AttemptFiles) => number[];
}

/** The kernel keeps the environment a process started with: https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html */
const onLinux: Liveness = {
  isAlive: belongsTo,
  processesOf: (files) =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => belongsTo(pid, files)),
};

/** What this says yes to may be killed: the whole name and the whole value have to be there, and it is never us. */
function belongsTo(pid: number, { outputs, raw }: AttemptFiles): boolean {
  if (pid === process.pid) return false;
  const environ = `\0${environOf(pid)}`;
  return [outputs, raw].some((path) => environ.includes(`\0REPRISE_OUTPUT=${path}\0`));
}

function environOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    // Gone, a zombie, or another user's: in each case none of our running ones.
    return '';
  }
}

/** Elsewhere the wrapper is known by its arguments, and what has left its group is not found. */
const withPs: Liveness = {
  isAlive: (pid, files) => ps(['-ww', '-o', 'args=', '-p', String(pid)]).includes(` sh ${files.base} `),
  processesOf: (files) => {
    const pid = readClaim(files)?.pid;
    return pid && withPs.isAlive(pid, files) ? [pid] : [];
  },
};

function ps(args: string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

export const liveness: Liveness = process.platform === 'linux' ? onLinux : withPs;
