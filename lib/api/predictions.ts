import { failedWindows, flakingIn } from '../core/health/flaking';
import { poolAt } from '../core/messages/address';
import type { Clock } from '../core/model/time';
import type { HistoryStore } from '../core/ports/history';
import type { DependencyList, WorkerRegistry } from '../core/ports/registries';
import type { StreamReader } from '../core/ports/streams';
import { ownerFor } from './access';
import { requirePool } from './pools';
import { type Served, serve } from './route';
import { ROUTES } from './routes';
import { predictionsBody, workersBody } from './views/predictions';

export interface PredictionRoutesDeps extends StreamReader {
  readonly pools: readonly string[];
  /** Absent where the only worker is the machine itself. */
  readonly workers?: Pick<WorkerRegistry, 'list'>;
  readonly dependencies: DependencyList;
  readonly history: Pick<HistoryStore, 'failures' | 'ofNode'>;
  readonly clock: Clock;
}

/** How the workers of a pool are, and what may be about to fail. No job is named; of nodes and tests, the caller's own. */
export function predictionRoutes(deps: PredictionRoutesDeps): readonly Served[] {
  const { view, pools, workers, dependencies, history, clock } = deps;
  return [
    serve(ROUTES.listWorkers, async ({ query: { pool } }) => {
      requirePool(pools, pool);
      const [{ state }, registered] = await Promise.all([view(poolAt(pool)), workers?.list(pool) ?? []]);
      return { status: 200, body: workersBody(pool, state, { registered, at: clock() }) };
    }),
    serve(ROUTES.listPredictions, async ({ caller, query }) => {
      const [states, listed, windows] = await Promise.all([
        Promise.all(pools.map(async (pool) => ({ pool, state: (await view(poolAt(pool))).state }))),
        dependencies.list(),
        failedWindows(history, ownerFor(caller, query.owner)),
      ]);
      return { status: 200, body: predictionsBody(states, listed, flakingIn(windows)) };
    }),
  ];
}
