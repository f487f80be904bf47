import { present } from '../core/model/present';
import type { JobList, ListedJob } from '../core/ports/registries';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

/** The caller's own jobs, newest first. */
export function listJobs(jobs: Pick<JobList, 'list'>): Served {
  return serve(ROUTES.listJobs, async ({ caller, query: { status, limit, cursor } }) => {
    const page = await jobs.list({ owner: caller.subject, status, limit, cursor });
    const next_cursor = page.cursor;
    return { status: 200, body: { jobs: page.jobs.map(summary), ...present({ next_cursor }) } };
  });
}

function summary({ jobId, name, status, owner, priority, submittedAt }: ListedJob) {
  return { job_id: jobId, name, status, owner, priority, submitted_at: new Date(submittedAt).toISOString() };
}
