import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import { jobAt, streamOf } from '../messages/address';
import type { NodeAttempt } from '../model/attempt';
import type { Diagnosis } from '../model/failure';
import type { JournalStore } from '../ports/stores';

/** The diagnosis of an attempt that failed, as the journal of its job has it. */
export async function diagnosisOf(
  journal: Pick<JournalStore, 'read'>,
  jobId: string,
  { nodeId, attempt }: NodeAttempt,
): Promise<Diagnosis | undefined> {
  for await (const event of journal.read(streamOf(jobAt(jobId)))) {
    const { type, data } = event as Recorded<JobEvent>;
    if (type === 'attempt.failed' && data.nodeId === nodeId && data.attempt === attempt)
      return data.diagnosis;
  }
  return undefined;
}
