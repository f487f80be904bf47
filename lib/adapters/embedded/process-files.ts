import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURE_KINDS, type Failure } from '../../core/job/failure';
import type { ExecutionRef } from '../../core/ports';

/** The files of one attempt: all that is known of it survives in them, whoever of us dies. */
export interface AttemptFiles {
  /** Where the files of all attempts of the job are. */
  readonly dir: string;
  /** What the paths of this attempt's files begin with. */
  readonly base: string;
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

/** `root/<jobId>/attempts/<nodeId>.<attempt>.*`; `root` is absolute. Ids of nodes hold no dot. */
export function attemptFiles(root: string, { jobId, nodeId, attempt }: ExecutionRef): AttemptFiles {
  const dir = join(root, jobId, 'attempts');
  const base = `${dir}/${nodeId}.${attempt}`;
  return {
    dir,
    base,
    stdout: `${base}.out`,
    stderr: `${base}.err`,
    claim: `${base}.claim`,
    exit: `${base}.exit`,
    verdict: `${base}.verdict`,
    outputs: `${base}.outputs`,
  };
}

/**
 * One directory for all attempts of a job: on a busy disk one more for each costs as much as its command.
 * True when it was not there: then nobody has claimed any of them.
 */
export function createAttemptsDir({ dir }: Pick<AttemptFiles, 'dir'>): boolean {
  return mkdirSync(dir, { recursive: true }) !== undefined;
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
  // Most attempts have none, and an error costs more than this look.
  if (!statSync(files.verdict, { throwIfNoEntry: false })) return undefined;
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
