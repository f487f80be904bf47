import { parsePrices } from '../core/capacity/capacity-fleet';
import { poolAt } from '../core/messages/address';
import type { Clock } from '../core/model/time';
import type { StreamReader } from '../core/ports/streams';
import { requirePool } from './pools';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import {
  bottlenecksBody,
  capacityBody,
  type LoadDesk,
  usageBody,
  warningsBody,
  whatIfBody,
} from './views/capacity';

export interface CapacityRoutesDeps extends LoadDesk {
  /** Pools, for what their capacity is warned of. */
  readonly view: StreamReader['view'];
  readonly pools: readonly string[];
  readonly clock: Clock;
}

const HOUR_MS = 3_600_000;
/** Points of a picture. */
const USAGE_STEPS = 120;

/** What bounds the makespan of jobs, what fleet is needed, and what another one would do: of everybody's jobs. */
export function capacityRoutes({ view, pools, clock, ...desk }: CapacityRoutesDeps): readonly Served[] {
  return [
    serve(ROUTES.getBottlenecks, async ({ query }) => {
      requirePool(pools, query.pool);
      return { status: 200, body: await bottlenecksBody(desk, query) };
    }),
    serve(ROUTES.getCapacity, async ({ query: { pool, jobs, worker_hour_usd, ...query } }) => {
      requirePool(pools, pool);
      const options = {
        at: clock(),
        targetWaitMs: query.target_wait_seconds * 1_000,
        horizonHours: query.horizon_hours,
        prices: worker_hour_usd === undefined ? {} : parsePrices(worker_hour_usd),
      };
      const { warnings } = (await view(poolAt(pool))).state;
      const body = await capacityBody(desk, { pool, jobs, ...options });
      return { status: 200, body: { ...body, warnings: warningsBody(warnings) } };
    }),
    serve(ROUTES.getUsage, async ({ query: { hours, ...query } }) => {
      requirePool(pools, query.pool);
      const to = clock();
      const span = { from: to - hours * HOUR_MS, to, steps: USAGE_STEPS };
      return { status: 200, body: await usageBody(desk.loads, query, span) };
    }),
    serve(ROUTES.whatIf, async ({ body: { pool, jobs, ...asked } }) => {
      requirePool(pools, pool);
      return { status: 200, body: await whatIfBody(desk, { pool, jobs }, asked) };
    }),
  ];
}
