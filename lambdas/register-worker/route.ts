import type { SqsInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import type { WorkerRegistry } from '../../lib/adapters/aws/table/worker-registry';
import { registerWorkerRequest } from '../../lib/adapters/http/contract';
import { requirePool } from '../../lib/api/pools';
import { none, type Route } from '../../lib/api/route';
import { dispatchToken } from '../../lib/core/access/attempt-token';
import { SCOPES } from '../../lib/core/access/scopes';
import type { Clock } from '../../lib/core/ports/stores';
import { HEARTBEAT_SECONDS } from '../shared/silence';

export interface RegisterWorkerDeps {
  readonly workers: Pick<WorkerRegistry, 'register'>;
  readonly queues: Pick<SqsInputQueues, 'sendToPool'>;
  readonly secret: () => Promise<string>;
  readonly pools: readonly string[];
  readonly clock: Clock;
}

/** Registers a worker, again after it was held for lost. */
export function registerWorkerRoute(
  deps: RegisterWorkerDeps,
): Route<typeof registerWorkerRequest, typeof none, typeof none> {
  return {
    name: 'POST /workers',
    scopes: [SCOPES.worker],
    body: registerWorkerRequest,
    params: none,
    query: none,
    async handle({ body, requestId, traceId }) {
      requirePool(deps.pools, body.pool);
      const worker = {
        workerId: body.worker_id,
        labels: body.labels,
        slots: body.slots,
        ...(body.resources === undefined ? {} : { resources: body.resources }),
        endpoint: body.endpoint,
      };
      // The registry first: the pool must not hand work to a node that nobody watches.
      await deps.workers.register(body.pool, worker, deps.clock());
      await deps.queues.sendToPool(body.pool, {
        id: `register/${requestId}`,
        actor: { kind: 'worker', id: worker.workerId },
        message: { type: 'workerRegistered', worker },
        traceId,
      });
      const response = {
        worker_id: worker.workerId,
        dispatch_token: dispatchToken(await deps.secret(), worker.workerId),
        heartbeat_seconds: HEARTBEAT_SECONDS,
      };
      return { status: 201, body: response };
    },
  };
}
