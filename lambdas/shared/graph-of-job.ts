import { jobStream } from '../../lib/core/engine/streams';
import { RepriseError } from '../../lib/core/errors';
import type { JobSubmitted } from '../../lib/core/job/events';
import type { JournalStore } from '../../lib/core/ports';

/**
 * The graph a job runs: the journal's first event names it.
 * @throws RepriseError JOB_NOT_FOUND
 */
export async function graphHashOf(journal: Pick<JournalStore, 'read'>, jobId: string): Promise<string> {
  for await (const event of journal.read(jobStream(jobId))) return (event.data as JobSubmitted).graphHash;
  throw new RepriseError('JOB_NOT_FOUND', `no job ${jobId}`, { context: { jobId } });
}
