import { type LoadJob, loadJobOf } from '../capacity/load';
import { isRepriseError } from '../errors';
import { settleAll } from './parallel';
import { type TimelineDeps, timelineOf } from './timeline-of';

/** Journals that are read at a time. */
const AT_ONCE = 16;
/** What makes one job unreadable, and says nothing of the others. */
const OF_ONE_JOB = ['JOB_NOT_FOUND', 'GRAPH_NOT_FOUND', 'JOURNAL_CORRUPT'] as const;

/** A job that is over, and the pool that it was in. */
export interface PooledJob {
  readonly pool: string;
  readonly job: LoadJob;
}

/** The job as its journal tells it; undefined of one that is not over. */
export async function loadedJob(deps: TimelineDeps, jobId: string): Promise<PooledJob | undefined> {
  const found = await timelineOf(deps, jobId);
  const job = found && loadJobOf(found.timeline, found.graph);
  return job && { pool: found.timeline.pool, job };
}

/** Those of a pool among these jobs that are over; one that cannot be read is left out. */
export async function loadedJobs(
  { pool, jobIds }: { readonly pool: string; readonly jobIds: readonly string[] },
  read: (jobId: string) => Promise<PooledJob | undefined>,
): Promise<LoadJob[]> {
  const jobs: LoadJob[] = [];
  const errors = await settleAll(jobIds, AT_ONCE, async (jobId) => {
    const found = await read(jobId);
    if (found?.pool === pool) jobs.push(found.job);
  });
  const fault = errors.find(
    (error) => error !== undefined && !OF_ONE_JOB.some((code) => isRepriseError(error, code)),
  );
  if (fault !== undefined) throw fault;
  return jobs;
}
