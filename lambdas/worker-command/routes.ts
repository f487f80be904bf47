import { z } from 'zod';
import type { SqsInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { cordonWorkerRequest, uncordonWorkerRequest } from '../../lib/adapters/http/contract';
import { id } from '../../lib/api/ownership';
import { requirePool } from '../../lib/api/pools';
import { type AnyRoute, none, type Route } from '../../lib/api/route';
import { SCOPES } from '../../lib/core/access/scopes';
import type { PoolMessage } from '../../lib/core/messages/pool';

export interface WorkerCommandDeps {
  readonly queues: Pick<SqsInputQueues, 'sendToPool'>;
  readonly pools: readonly string[];
}

const params = z.object({ workerId: id });

/** What a person asks of a worker, whether the pool knows it now or not. */
export function workerCommandRoutes(deps: WorkerCommandDeps): readonly AnyRoute[] {
  return [
    commandRoute(deps, 'cordon', cordonWorkerRequest, (workerId, { reason }) => ({
      ...{ type: 'workerCordoned', workerId, reason },
    })),
    commandRoute(deps, 'uncordon', uncordonWorkerRequest, (workerId) => ({
      type: 'workerUncordoned',
      workerId,
    })),
  ];
}

type Body = z.ZodType<{ readonly pool: string }, unknown>;

function commandRoute<B extends Body>(
  { queues, pools }: WorkerCommandDeps,
  command: string,
  body: B,
  messageOf: (workerId: string, body: z.output<B>) => PoolMessage,
): Route<B, typeof params, typeof none> {
  return {
    name: `POST /workers/{workerId}/${command}`,
    scopes: [SCOPES.admin],
    ...{ body, params, query: none },
    async handle({ body: given, caller, params: { workerId }, requestId, traceId }) {
      requirePool(pools, given.pool);
      await queues.sendToPool(given.pool, {
        id: `${command}/${requestId}`,
        actor: { kind: 'user', id: caller.subject },
        message: messageOf(workerId, given),
        traceId,
      });
      return { status: 202, body: { worker_id: workerId } };
    },
  };
}
