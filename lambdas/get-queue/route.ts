import { z } from 'zod';
import type { QueueView } from '../../lib/adapters/http/contract';
import { SCOPES } from '../../lib/core/access/scopes';
import type { PoolEngine } from '../../lib/core/engine/pools';
import type { PoolState, WorkerState } from '../../lib/core/scheduler/state';
import type { Route } from '../shared/http';
import { poolParams, requirePool } from '../shared/pools';

const none = z.looseObject({});

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

function queueBody(pool: string, { admission, workers }: PoolState, maxWaitingJobs: number): QueueView {
  return {
    pool,
    status: admission.status,
    waiting: admission.waiting.size,
    running: admission.running.size,
    limits: { max_running_jobs: admission.maxRunningJobs, max_waiting_jobs: maxWaitingJobs },
    workers: [...workers.values()].map(workerBody),
  };
}

function workerBody({
  workerId,
  status,
  labels,
  slots,
  free,
  resources,
}: WorkerState): QueueView['workers'][number] {
  return {
    worker_id: workerId,
    status,
    labels: labels === '*' ? ['*'] : [...labels],
    slots,
    free_slots: free,
    ...(resources === undefined ? {} : { resources }),
  };
}
