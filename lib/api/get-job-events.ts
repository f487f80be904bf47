import { SCOPES } from '../core/access/scopes';
import { jobStream } from '../core/messages/address';
import type { JobList, JournalStore } from '../core/ports/stores';
import { eventsPage, eventsQuery } from './events-page';
import { jobParams, requireAccess } from './ownership';
import { none, type Route } from './route';

export function getJobEventsRoute(deps: {
  readonly jobs: Pick<JobList, 'get'>;
  readonly journal: Pick<JournalStore, 'read'>;
}): Route<typeof none, typeof jobParams, typeof eventsQuery> {
  return {
    name: 'GET /jobs/{jobId}/events',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: none,
    params: jobParams,
    query: eventsQuery,
    async handle({ caller, params: { jobId }, query }) {
      requireAccess(caller, (await deps.jobs.get(jobId)).owner, jobId);
      const page = await eventsPage(deps.journal, jobStream(jobId), query);
      return { status: 200, body: { job_id: jobId, ...page } };
    },
  };
}
