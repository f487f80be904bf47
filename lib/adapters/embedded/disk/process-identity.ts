import { readFileSync } from 'node:fs';
import { hasCode } from './has-code';

/**
 * A process beyond its id, which the system reuses: `startedAt` is its start in clock ticks since boot on Linux
 * (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, field 22), `0` where that cannot be read.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

let own: ProcessIdentity | undefined;

export function ownIdentity(): ProcessIdentity {
  own ??= { pid: process.pid, startedAt: statOf(process.pid)?.startedAt ?? '0' };
  return own;
}

/** Whether exactly that process still runs; one that has died and waits to be reaped does not. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  const stat = statOf(pid);
  if (stat) return stat.startedAt === startedAt && stat.state !== 'Z' && stat.state !== 'X';
  if (startedAt !== '0') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function statOf(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command's name in parentheses and may hold anything: count from its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAt: fields[19] ?? '0' };
  } catch {
    return undefined;
  }
}
