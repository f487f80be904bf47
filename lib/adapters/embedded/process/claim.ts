import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { FAILURE_KINDS, type Failure } from '../../../core/model/failure';
import type { AttemptFiles } from '../disk/attempt-files';
import { hasCode } from '../disk/has-code';
import { makePrivateDir, PRIVATE_FILE } from '../disk/privacy';

/**
 * One directory for all attempts of a job: on a busy disk one more for each costs as much as its command.
 * True when it was not there: then nobody has claimed any of them.
 */
export function createAttemptsDir({ dir }: Pick<AttemptFiles, 'dir'>): boolean {
  return makePrivateDir(dir);
}

export interface Claim {
  /**
   * The process group that runs the attempt; 0 when it was claimed so that nothing runs it. Undefined, as is the
   * start, in the instant between the creation of the claim and the writing of it.
   */
  readonly pid?: number;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  /** Exit status of the command; undefined when it left none, or none yet. */
  readonly status?: number;
  /** It has ended and left no file of outputs: to look for one is to wait for whoever creates files beside it. */
  readonly hasNoOutputs?: true;
}

export function readClaim(files: AttemptFiles): Claim | undefined {
  const text = readText(files.claim);
  if (text === undefined) return undefined;
  const [, pid, startedAt, status, none] = /^(\d+) (\d+)\n(?:(\d+)( -)?\n)?$/.exec(text) ?? [];
  if (pid === undefined) return {};
  const claim = { pid: Number(pid), startedAt: Number(startedAt) };
  if (status === undefined) return claim;
  return { ...claim, status: Number(status), ...(none === undefined ? {} : { hasNoOutputs: true }) };
}

/** Takes the claim so that no wrapper, however late it starts, runs the attempt. False when it is taken. */
export function claimForNobody(files: AttemptFiles): boolean {
  try {
    const fd = openSync(files.claim, 'wx', PRIVATE_FILE);
    writeSync(fd, '0 0\n');
    closeSync(fd);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

export function writeVerdict(files: AttemptFiles, failure: Failure): void {
  writeFileSync(files.verdict, `${JSON.stringify(failure)}\n`, { mode: PRIVATE_FILE });
}

export function readVerdict(files: AttemptFiles): Failure | undefined {
  // Most attempts have none, and an error costs more than this look.
  if (!statSync(files.verdict, { throwIfNoEntry: false })) return undefined;
  const text = readText(files.verdict);
  if (!text?.endsWith('\n')) return undefined;
  const failure = JSON.parse(text) as Failure;
  return FAILURE_KINDS.includes(failure.kind) ? failure : undefined;
}

/** From start to exit status, milliseconds; 0 when one of them is missing. */
export function recordedDuration(files: AttemptFiles, { startedAt, status }: Claim): number {
  if (startedAt === undefined || status === undefined) return 0;
  // The exit status was the last that was written to the claim.
  return Math.max(0, Math.round(statSync(files.claim).mtimeMs - startedAt));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
