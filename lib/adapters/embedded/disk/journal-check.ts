import { isRepriseError, RepriseError } from '../../../core/errors';
import type { Recorded } from '../../../core/journal/envelope';
import { parseLine } from '../../../core/journal/line';
import { type AnchoredPoint, type Verdict, verifyChain } from '../../../core/journal/verify';
import { addressOf, jobAt, streamOf } from '../../../core/messages/address';
import { exists } from './durable';
import { readHead } from './journal-head';
import { wholeLines } from './journal-lines';
import { showLate } from './late-requests';
import type { Layout } from './layout';

/**
 * Verifies the journal of a job from its first event against its own chain and the head beside it. Reads only;
 * a job that runs meanwhile does not disturb it, as the head is read first and never runs ahead of the journal.
 * @throws RepriseError JOB_NOT_FOUND
 */
export async function verifyJob(layout: Layout, jobId: string): Promise<Verdict> {
  await find(layout, jobId);
  return verifyStream(layout, streamOf(jobAt(jobId)));
}

/** Whether a job has a journal; one that is in the log of a process only gets it. */
export async function hasJournal(layout: Layout, jobId: string): Promise<boolean> {
  if (!exists(layout.journal(jobId))) await showLate(layout);
  return exists(layout.journal(jobId));
}

/** @throws RepriseError JOB_NOT_FOUND */
export async function assertFound(layout: Layout, jobId: string): Promise<void> {
  if (!(await hasJournal(layout, jobId))) throw jobNotFound(layout, jobId);
}

async function find(layout: Layout, jobId: string): Promise<void> {
  if (!(await hasJournal(layout, jobId)) && !exists(layout.job(jobId))) throw jobNotFound(layout, jobId);
}

/** The same for a stream of any kind; one that is not there is not valid. */
export async function verifyStream(
  layout: Layout,
  stream: string,
  anchored: readonly AnchoredPoint[] = [],
): Promise<Verdict> {
  const files = layout.stream(stream);
  const head = await readHead(files.head);
  if (!head) return { valid: false, at: 0, reason: `head.json is missing or damaged: ${files.head}` };
  try {
    return await verifyChain(events(files.journal, stream), stream, head, anchored);
  } catch (error) {
    if (!isRepriseError(error, 'JOURNAL_CORRUPT')) throw error;
    const { seq, reason } = error.context as { seq: number; reason: string };
    return { valid: false, at: seq, reason };
  }
}

/** @throws RepriseError JOURNAL_CORRUPT when the journal does not verify, JOB_NOT_FOUND */
export async function assertJournal(layout: Layout, jobId: string): Promise<void> {
  await find(layout, jobId);
  await assertStream(layout, streamOf(jobAt(jobId)));
}

/** The same for a stream of any kind. @throws RepriseError JOURNAL_CORRUPT */
export async function assertStream(layout: Layout, stream: string): Promise<void> {
  const verdict = await verifyStream(layout, stream);
  if (verdict.valid) return;
  const { at, reason } = verdict;
  const { kind, id } = addressOf(stream);
  const message = `the journal of ${kind} ${id} does not verify at event ${at}: ${reason}`;
  throw new RepriseError('JOURNAL_CORRUPT', message, {
    context: { ...(kind === 'job' ? { jobId: id } : { stream }), seq: at, reason },
  });
}

async function* events(path: string, stream: string): AsyncGenerator<Recorded> {
  for await (const line of wholeLines(path)) yield parseLine(line, stream);
}

export function jobNotFound(layout: Layout, jobId: string): RepriseError {
  return new RepriseError(
    'JOB_NOT_FOUND',
    `no job ${jobId} in ${layout.root}: check the id, or name the journal directory by --journal`,
    { context: { jobId, journal: layout.root } },
  );
}
