import { jobAt, streamOf } from '../core/messages/address';
import type { JobList } from '../core/ports/registries';
import type { JournalStore } from '../core/ports/stores';
import { accessibleListedJob } from './access';
import { eventsPage } from './events-page';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

export function getJobEvents(deps: {
  readonly jobs: Pick<JobList, 'get'>;
  readonly journal: Pick<JournalStore, 'written'>;
}): Served {
  return serve(ROUTES.getJobEvents, async ({ caller, params: { jobId }, query }) => {
    await accessibleListedJob(caller, jobId, deps.jobs);
    const page = await eventsPage(deps.journal, streamOf(jobAt(jobId)), query);
    return { status: 200, body: { job_id: jobId, ...page } };
  });
}
