import { present } from '../core/model/present';
import type { JobList, ListedJob } from '../core/ports/registries';
import { ownerFor } from './access';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

/** The jobs of an owner, newest first: the caller's own, or whose an administrator asks for. */
export function listJobs(jobs: Pick<JobList, 'list'>): Served {
  return serve(ROUTES.listJobs, async ({ caller, query }) => {
    const { owner: named, shared, status, limit, cursor, sort } = query;
    const owner = ownerFor(caller, named);
    const oldestFirst = sort === 'submitted_at';
    const page = await jobs.list({ owner, status, limit, cursor, oldestFirst, ...(shared && { shared }) });
    const next_cursor = page.cursor;
    return { status: 200, body: { jobs: page.jobs.map(summary), ...present({ next_cursor }) } };
  });
}

function summary({ jobId, name, status, owner, priority, submittedAt }: ListedJob) {
  return { job_id: jobId, name, status, owner, priority, submitted_at: new Date(submittedAt).toISOString() };
}
