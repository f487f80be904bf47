import { z } from 'zod';
import type { SqsInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import type { WorkerRegistry } from '../../lib/adapters/aws/table/worker-registry';
import { heartbeatRequest } from '../../lib/adapters/http/contract';
import { id } from '../../lib/api/ownership';
import { none, type Route } from '../../lib/api/route';
import { SCOPES } from '../../lib/core/access/scopes';
import { RepriseError } from '../../lib/core/errors';
import type { Clock } from '../../lib/core/ports/stores';

const params = z.object({ workerId: id });

/** A worker says that it lives, and that it takes nothing new where that is so. */
export function workerHeartbeatRoute(deps: {
  readonly workers: Pick<WorkerRegistry, 'heartbeat'>;
  readonly queues: Pick<SqsInputQueues, 'sendToPool'>;
  readonly clock: Clock;
}): Route<typeof heartbeatRequest, typeof params, typeof none> {
  return {
    name: 'POST /workers/{workerId}/heartbeat',
    scopes: [SCOPES.worker],
    body: heartbeatRequest,
    params,
    query: none,
    async handle({ body: { pool, running, draining }, params: { workerId }, requestId, traceId }) {
      const beat = { at: deps.clock(), running, draining: draining ?? false };
      if (!(await deps.workers.heartbeat(pool, workerId, beat))) {
        throw new RepriseError(
          'WORKER_NOT_FOUND',
          `${workerId} is not registered in pool ${pool}: register again`,
        );
      }
      // With every such heartbeat: one that is lost is made good by the next, and the pool ignores a repeat.
      if (draining) {
        await deps.queues.sendToPool(pool, {
          id: `drained/${requestId}`,
          actor: { kind: 'worker', id: workerId },
          message: { type: 'workerDrained', workerId },
          traceId,
        });
      }
      return { status: 200, body: { worker_id: workerId } };
    },
  };
}
