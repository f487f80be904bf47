import type { z } from 'zod';
import type { SqsInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { changeQueueRequest } from '../../lib/adapters/http/contract';
import { poolParams, requirePool } from '../../lib/api/pools';
import { none, type Route } from '../../lib/api/route';
import { SCOPES } from '../../lib/core/access/scopes';
import type { PoolMessage } from '../../lib/core/messages/pool';

/** Opens, pauses or drains the queue of a pool, and bounds the jobs that run at once. */
export function changeQueueRoute(deps: {
  readonly queues: Pick<SqsInputQueues, 'sendToPool'>;
  readonly names: readonly string[];
}): Route<typeof changeQueueRequest, typeof poolParams, typeof none> {
  return {
    name: 'POST /queues/{pool}',
    scopes: [SCOPES.admin],
    body: changeQueueRequest,
    params: poolParams,
    query: none,
    async handle({ body, caller, params: { pool }, requestId, traceId }) {
      requirePool(deps.names, pool);
      for (const message of messagesOf(body)) {
        await deps.queues.sendToPool(pool, {
          id: `queue/${requestId}`,
          actor: { kind: 'user', id: caller.subject },
          message,
          traceId,
        });
      }
      return { status: 202, body: { pool } };
    },
  };
}

/** The limit first: a queue that is opened together with a lower one admits no more than that. */
function messagesOf({ status, max_running_jobs }: z.output<typeof changeQueueRequest>): PoolMessage[] {
  return [
    ...(max_running_jobs === undefined
      ? []
      : [{ type: 'queueLimited' as const, maxRunningJobs: max_running_jobs }]),
    ...(status === undefined ? [] : [{ type: 'queueChanged' as const, status }]),
  ];
}
