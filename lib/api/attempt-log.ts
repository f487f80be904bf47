import { RepriseError } from '../core/errors';
import type { AttemptLogs } from '../core/ports/logs';
import type { JobList } from '../core/ports/registries';
import { accessibleListedJob } from './access';
import { type Served, serve } from './route';
import { ROUTES } from './routes';

/** What the command of an attempt wrote; asked again from where the last answer ended, it follows a running one. */
export function getAttemptLog(deps: {
  readonly jobs: Pick<JobList, 'get'>;
  readonly logs: AttemptLogs;
}): Served {
  return serve(ROUTES.getAttemptLog, async ({ caller, params, query }) => {
    const { jobId, nodeId, attempt } = params;
    await accessibleListedJob(caller, jobId, deps.jobs);
    const page = await deps.logs.read(params, query);
    if (!page) {
      const message = `attempt ${attempt} of ${nodeId} has not run here: it has no log`;
      throw new RepriseError('NODE_NOT_FOUND', message, { context: { jobId, nodeId } });
    }
    return { status: 200, body: { text: page.text, next_from: page.next, size: page.size } };
  });
}
