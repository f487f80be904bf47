import { z } from 'zod';
import { SCOPES } from '../core/access/scopes';
import type { JobList, ListedJob } from '../core/ports/stores';
import { none, type Route } from './route';

const query = z.object({
  status: z.enum(['submitted', 'running', 'succeeded', 'failed', 'cancelled']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});

/** The caller's own jobs, newest first. */
export function listJobsRoute(jobs: Pick<JobList, 'list'>): Route<typeof none, typeof none, typeof query> {
  return {
    name: 'GET /jobs',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: none,
    params: none,
    query,
    async handle({ caller, query: { status, limit, cursor } }) {
      const page = await jobs.list({ owner: caller.subject, status, limit, cursor });
      const next = page.cursor === undefined ? {} : { next_cursor: page.cursor };
      return { status: 200, body: { jobs: page.jobs.map(summary), ...next } };
    },
  };
}

function summary({ jobId, name, status, owner, priority, submittedAt }: ListedJob) {
  return { job_id: jobId, name, status, owner, priority, submitted_at: new Date(submittedAt).toISOString() };
}
