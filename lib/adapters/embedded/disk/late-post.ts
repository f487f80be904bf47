import { rmdirSync } from 'node:fs';
import { isRepriseError } from '../../../core/errors';
import { makeDir } from './durable';
import { hasCode } from './has-code';
import { answerRequests, type LateWriter } from './late-requests';
import type { Layout } from './layout';
import { heldBy, type JobLock, lockDirectory } from './lock';
import { recoverDirectory } from './wal-recovery';

/** The right to have streams without files in a directory: one process has it at a time, so that everybody knows whom to ask. */
export interface LatePost {
  readonly close: () => void;
}

/** Between two looks at what has to be done: milliseconds. */
const EVERY_MS = 1_000;

/**
 * @param follow is called now and then
 * @returns undefined where somebody else has it
 * @throws RepriseError JOURNAL_CORRUPT, where a log cannot be read
 */
export async function openLatePost(
  layout: Layout,
  writer: LateWriter,
  follow: () => void,
): Promise<LatePost | undefined> {
  const lock = await lockLate(layout);
  if (!lock) return undefined;
  try {
    // From now on no process that has ended leaves a stream without files.
    await recoverDirectory(layout);
  } catch (error) {
    lock.release();
    throw error;
  }
  const requests = answerRequests(layout, writer);
  const timer = setInterval(() => {
    requests.look();
    follow();
  }, EVERY_MS).unref();
  return {
    close() {
      clearInterval(timer);
      requests.close();
      lock.release();
      removeEmpty(layout.late);
    },
  };
}

async function lockLate({ late }: Layout): Promise<JobLock | undefined> {
  for (;;) {
    await makeDir(late);
    try {
      return await lockDirectory(late, (owner) => heldBy('wal/late', owner));
    } catch (error) {
      if (isRepriseError(error, 'JOB_LOCKED')) return undefined;
      // Whoever had it before has just removed it.
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** What somebody has just asked goes unanswered: there is nothing to wait for any more. */
function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'ENOENT')) throw error;
  }
}
