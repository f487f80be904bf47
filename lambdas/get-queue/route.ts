import type { QueueView } from '../../lib/adapters/http/contract';
import { poolParams, requirePool } from '../../lib/api/pools';
import { none, type Route } from '../../lib/api/route';
import { SCOPES } from '../../lib/core/access/scopes';
import type { PoolEngine } from '../../lib/core/engine/pools';
import type { Cordon } from '../../lib/core/scheduler/cordon';
import type { PoolState, WorkerState } from '../../lib/core/scheduler/state';

export interface GetQueueDeps {
  readonly pools: Pick<PoolEngine, 'view'>;
  readonly names: readonly string[];
  readonly maxWaitingJobs: number;
}

/** The queue of jobs of a pool: how full it is, what bounds it, who works for it. No job is named. */
export function getQueueRoute(deps: GetQueueDeps): Route<typeof none, typeof poolParams, typeof none> {
  return {
    name: 'GET /queues/{pool}',
    scopes: [SCOPES.jobs, SCOPES.admin],
    body: none,
    params: poolParams,
    query: none,
    async handle({ params: { pool } }) {
      requirePool(deps.names, pool);
      const { state } = await deps.pools.view(pool);
      return { status: 200, body: queueBody(pool, state, deps.maxWaitingJobs) };
    },
  };
}

function queueBody(pool: string, state: PoolState, maxWaitingJobs: number): QueueView {
  const { admission, workers } = state;
  return {
    pool,
    status: admission.status,
    waiting: admission.waiting.size,
    running: admission.running.size,
    limits: { max_running_jobs: admission.maxRunningJobs, max_waiting_jobs: maxWaitingJobs },
    workers: [...workers.values()].map((worker) => workerBody(worker, state.cordoned.get(worker.workerId))),
  };
}

function workerBody(worker: WorkerState, cordon: Cordon | undefined): QueueView['workers'][number] {
  const { workerId, status, labels, slots, free, resources } = worker;
  const until = cordon?.until;
  return {
    worker_id: workerId,
    status: cordon && status === 'active' ? 'cordoned' : status,
    labels: labels === '*' ? ['*'] : [...labels],
    slots,
    free_slots: free,
    ...(resources === undefined ? {} : { resources }),
    ...(cordon === undefined
      ? {}
      : {
          cordon: {
            reason: cordon.reason,
            ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
          },
        }),
  };
}
