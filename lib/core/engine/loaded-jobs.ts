import { type LoadJob, loadJobOf } from '../capacity/load';
import { isRepriseError } from '../errors';
import { settleAll } from './parallel';
import { type TimelineDeps, timelineOf } from './timeline-of';

/** Journals that are read at a time. */
const AT_ONCE = 16;
/** What makes one job unreadable, and says nothing of the others. */
const OF_ONE_JOB = ['JOB_NOT_FOUND', 'GRAPH_NOT_FOUND', 'JOURNAL_CORRUPT'] as const;

/** The jobs of a pool among these that are over, as their journals tell them. */
export async function loadedJobs(
  deps: TimelineDeps,
  { pool, jobIds }: { readonly pool: string; readonly jobIds: readonly string[] },
): Promise<LoadJob[]> {
  const jobs: LoadJob[] = [];
  const errors = await settleAll(jobIds, AT_ONCE, async (jobId) => {
    const found = await timelineOf(deps, jobId);
    if (found?.timeline.pool !== pool) return;
    const job = loadJobOf(found.timeline, found.graph);
    if (job) jobs.push(job);
  });
  const fault = errors.find(
    (error) => error !== undefined && !OF_ONE_JOB.some((code) => isRepriseError(error, code)),
  );
  if (fault !== undefined) throw fault;
  return jobs;
}
