import type { ChildProcess } from 'node:child_process';
import type { AttemptFiles } from '../disk/attempt-files';
import { readClaim } from './claim';
import { liveness } from './liveness';

/** A running attempt as far as signals go: a child of ours, or the process group that its claim names. */
export interface Target {
  readonly files: AttemptFiles;
  readonly child?: ChildProcess;
}

/** Signals the command with everything it started in its process group. */
export function signalGroup({ child, files }: Target, name: NodeJS.Signals): void {
  const pid = child?.pid ?? readClaim(files)?.pid;
  // The number of a group is not reused while a process is in it, and its leader is there.
  if (pid && (child || liveness.isAlive(pid, files))) signal(-pid, name);
  else signalAll(files, name);
}

/** Signals every process of the attempt, also those that left its group, such as a test runner's browsers. */
export function signalAll(files: AttemptFiles, name: NodeJS.Signals): void {
  for (const pid of liveness.processesOf(files)) signal(pid, name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  // 0 means our own group to the system, -1 everyone.
  if (Math.abs(pid) <= 1) return;
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}
