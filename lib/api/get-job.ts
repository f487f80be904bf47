import { SCOPES } from '../core/access/scopes';
import type { JobEngine } from '../core/engine/jobs';
import type { Clock } from '../core/ports/stores';
import { jobViewBody } from './views/job';
import { jobParams, requireAccess } from './ownership';
import { none, type Route } from './route';

export interface GetJobDeps {
  readonly jobs: Pick<JobEngine, 'view'>;
  /** Slots of the open workers of a pool. */
  readonly slotsOf: (pool: string) => Promise<number>;
  readonly clock: Clock;
}

export function getJobRoute({
  jobs,
  slotsOf,
  clock,
}: GetJobDeps): Route<typeof none, typeof jobParams, typeof none> {
  return {
    name: 'GET /jobs/{jobId}',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: none,
    params: jobParams,
    query: none,
    async handle({ caller, params: { jobId } }) {
      const view = await jobs.view(jobId);
      const { submitted } = view.state;
      requireAccess(caller, submitted?.owner, jobId);
      const slots = submitted ? await slotsOf(submitted.pool) : 0;
      return { status: 200, body: jobViewBody(jobId, view, { now: clock(), slots }) };
    },
  };
}
