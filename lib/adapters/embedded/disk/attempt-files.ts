import { join } from 'node:path';
import type { AttemptRef } from '../../../core/model/attempt';

/** The files of one attempt: all that is known of it survives in them, whoever of us dies. */
export interface AttemptFiles {
  /** Where the files of all attempts of the job are. */
  readonly dir: string;
  /** What the paths of this attempt's files begin with. */
  readonly base: string;
  readonly stdout: string;
  readonly stderr: string;
  /**
   * Created exclusively by the one who may run the attempt. The first line is the id of the process group, or 0, and
   * when it began; the second one the exit status, once the command has ended, and ` -` where it left no outputs.
   */
  readonly claim: string;
  /** Why the command was stopped, or never ran; written before any signal is sent. Wins over the exit status. */
  readonly verdict: string;
  /** What the command hands on; see `process/outputs.ts`. */
  readonly outputs: string;
  /** Where a command with secrets writes that; masked and gone when it has ended. */
  readonly raw: string;
  /** What its reports say, once they are read; see `process/reports/collect.ts`. */
  readonly tests: string;
  /** Every test that they hold. */
  readonly results: string;
  /** What the paths begin with at which its reports are kept, and what a rerun needs. */
  readonly report: string;
}

/** `root/<jobId>/attempts/<nodeId>.<attempt>.*`; `root` is absolute. Ids of nodes hold no dot. */
export function attemptFiles(root: string, { jobId, nodeId, attempt }: AttemptRef): AttemptFiles {
  const dir = join(root, jobId, 'attempts');
  const base = `${dir}/${nodeId}.${attempt}`;
  return {
    dir,
    base,
    stdout: `${base}.out`,
    stderr: `${base}.err`,
    claim: `${base}.claim`,
    verdict: `${base}.verdict`,
    outputs: `${base}.outputs`,
    raw: `${base}.raw`,
    tests: `${base}.tests`,
    results: `${base}.results`,
    report: `${base}.report`,
  };
}
