import type { Clock } from '../core/model/time';
import type { StreamReader } from '../core/ports/streams';
import { accessibleFold } from './access';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { jobViewBody } from './views/job';
import { heldBy } from './waits-for';

export interface GetJobDeps extends StreamReader {
  /** Slots of the open workers of a pool. */
  readonly slotsOf: (pool: string) => Promise<number>;
  readonly clock: Clock;
}

export function getJob({ view, slotsOf, clock }: GetJobDeps): Served {
  return serve(ROUTES.getJob, async ({ caller, params: { jobId }, query }) => {
    const job = await accessibleFold(caller, jobId, { view });
    const { submitted } = job.state;
    const slots = submitted ? await slotsOf(submitted.pool) : 0;
    const how = { now: clock(), slots, from: query.nodes_from, heldBy: await heldBy({ view }, job) };
    return { status: 200, body: jobViewBody(jobId, job, how) };
  });
}
