import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURE_KINDS, type Failure } from '../../core/job/failure';
import type { ExecutionRef } from '../../core/ports';

/** The files of one attempt: all that is known of it survives in them, whoever of us dies. */
export interface AttemptFiles {
  readonly dir: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Created exclusively by the one who may run the attempt; holds the id of the process group, or 0. */
  readonly claim: string;
  /** Exit status of the command; empty counts as not written. */
  readonly exit: string;
  /** Why the command was stopped, or never ran; written before any signal is sent. Wins over `exit`. */
  readonly verdict: string;
  /** What the command hands on; see `process-outputs.ts`. */
  readonly outputs: string;
}

/** `root/<jobId>/attempts/<nodeId>/<attempt>/`; `root` is absolute. */
export function attemptFiles(root: string, { jobId, nodeId, attempt }: ExecutionRef): AttemptFiles {
  const dir = join(root, jobId, 'attempts', nodeId, String(attempt));
  const file = (name: string) => `${dir}/${name}`;
  return {
    dir,
    stdout: file('stdout.log'),
    stderr: file('stderr.log'),
    claim: file('claim'),
    exit: file('exit'),
    verdict: file('verdict'),
    outputs: file('outputs'),
  };
}

/**
 * Creates the directory of an attempt and says whether it was not there: then nobody can have claimed it.
 * The common cases, a node's first attempt and a later one, take two system calls and one.
 */
export function createAttemptDir({ dir }: AttemptFiles, attempt: number): boolean {
  if (attempt > 1 && tryMkdir(dir) === 'made') return true;
  const nodeDir = dir.slice(0, dir.lastIndexOf('/'));
  if (tryMkdir(nodeDir) === 'no parent') mkdirSync(nodeDir, { recursive: true });
  return tryMkdir(dir) === 'made';
}

function tryMkdir(dir: string): 'made' | 'exists' | 'no parent' {
  try {
    mkdirSync(dir);
    return 'made';
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'exists';
    if (hasCode(error, 'ENOENT')) return 'no parent';
    throw error;
  }
}

export interface Claim {
  /** The process group that runs the attempt; 0 when it was claimed so that nothing runs it. */
  readonly pid: number | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** `pid` is undefined in the instant between the creation of the claim and the writing of it. */
export function readClaim(files: AttemptFiles): Claim | undefined {
  const stat = statSync(files.claim, { throwIfNoEntry: false });
  if (!stat) return undefined;
  const text = readText(files.claim) ?? '';
  return { pid: /^\d+\n$/.test(text) ? Number(text) : undefined, at: stat.mtimeMs };
}

/** Takes the claim so that no wrapper, however late it starts, runs the attempt. False when it is taken. */
export function claimForNobody(files: AttemptFiles): boolean {
  try {
    const fd = openSync(files.claim, 'wx');
    writeSync(fd, '0\n');
    closeSync(fd);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

export function readExit(files: AttemptFiles): number | undefined {
  const text = readText(files.exit);
  return text?.endsWith('\n') ? Number(text) : undefined;
}

export function writeVerdict(files: AttemptFiles, failure: Failure): void {
  writeFileSync(files.verdict, `${JSON.stringify(failure)}\n`);
}

export function readVerdict(files: AttemptFiles): Failure | undefined {
  const text = readText(files.verdict);
  if (!text?.endsWith('\n')) return undefined;
  const failure = JSON.parse(text) as Failure;
  return FAILURE_KINDS.includes(failure.kind) ? failure : undefined;
}

/** From claim to exit status by the clock of the file system, milliseconds; 0 when one of them is missing. */
export function recordedDuration(files: AttemptFiles): number {
  const start = statSync(files.claim, { throwIfNoEntry: false })?.mtimeMs;
  const end = statSync(files.exit, { throwIfNoEntry: false })?.mtimeMs;
  return start === undefined || end === undefined ? 0 : Math.max(0, Math.round(end - start));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code;
}
