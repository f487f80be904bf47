import type { PredictionView, WorkerStatusView } from '../contract/predictions';
import { failedWindows, flakingIn } from '../core/health/flaking';
import { poolAt } from '../core/messages/address';
import type { Clock } from '../core/model/time';
import type { HistoryStore } from '../core/ports/history';
import type { DependencyList, WorkerRegistry } from '../core/ports/registries';
import type { StreamReader } from '../core/ports/streams';
import { ownerFor } from './access';
import { byName, pageOf } from './page';
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

const workerId = ({ worker_id }: WorkerStatusView): string => worker_id;
const WORKER_KEYS = {
  worker_id: workerId,
  status: ({ status }: WorkerStatusView) => status,
  free_slots: ({ free_slots }: WorkerStatusView) => free_slots,
};
/** Machines first, then what runs on them. */
const OF: readonly PredictionView['of'][] = ['worker', 'dependency', 'node', 'test'];
const PREDICTION_KEYS = { of: ({ of }: PredictionView) => OF.indexOf(of), name: byName };

/** How the workers of a pool are, and what may be about to fail. No job is named; of nodes and tests, the caller's own. */
export function predictionRoutes(deps: PredictionRoutesDeps): readonly Served[] {
  const { view, pools, workers, dependencies, history, clock } = deps;
  return [
    serve(ROUTES.listWorkers, async ({ query }) => {
      const { pool, status, label } = query;
      requirePool(pools, pool);
      const [{ state }, registered] = await Promise.all([view(poolAt(pool)), workers?.list(pool) ?? []]);
      const { workers: all } = workersBody(pool, state, { registered, at: clock() });
      const wanted = all
        .filter((worker) => status === undefined || worker.status === status)
        .filter(({ labels }) => label === undefined || labels.includes(label));
      const { shown, ...next } = pageOf(wanted, query, { id: workerId, keys: WORKER_KEYS });
      return { status: 200, body: { workers: [...shown], ...next } };
    }),
    serve(ROUTES.listPredictions, async ({ caller, query }) => {
      const [states, listed, windows] = await Promise.all([
        Promise.all(pools.map(async (pool) => ({ pool, state: (await view(poolAt(pool))).state }))),
        dependencies.list(),
        failedWindows(history, ownerFor(caller, query.owner)),
      ]);
      const { predictions: all } = predictionsBody(states, listed, flakingIn(windows));
      const wanted = all.filter(({ of }) => query.of === undefined || of === query.of);
      const { shown, ...next } = pageOf(wanted, query, {
        id: ({ of, id }) => `${of} ${id}`,
        keys: PREDICTION_KEYS,
      });
      return { status: 200, body: { predictions: [...shown], ...next } };
    }),
  ];
}
