import { z } from 'zod';
import type { WorkerRegistry } from '../../lib/adapters/aws/worker-registry';
import { heartbeatRequest } from '../../lib/adapters/http/contract';
import { SCOPES } from '../../lib/core/access/scopes';
import { RepriseError } from '../../lib/core/errors';
import type { Clock } from '../../lib/core/ports';
import type { Route } from '../shared/http';
import { id } from '../shared/ownership';

const none = z.looseObject({});
const params = z.object({ workerId: id });

/** An execution node says that it lives. */
export function workerHeartbeatRoute(deps: {
  readonly workers: Pick<WorkerRegistry, 'heartbeat'>;
  readonly clock: Clock;
}): Route<typeof heartbeatRequest, typeof params, typeof none> {
  return {
    name: 'POST /workers/{workerId}/heartbeat',
    scopes: [SCOPES.worker],
    body: heartbeatRequest,
    params,
    query: none,
    async handle({ body: { pool, running }, params: { workerId } }) {
      if (!(await deps.workers.heartbeat(pool, workerId, { at: deps.clock(), running }))) {
        throw new RepriseError(
          'WORKER_NOT_FOUND',
          `${workerId} is not registered in pool ${pool}: register again`,
        );
      }
      return { status: 200, body: { worker_id: workerId } };
    },
  };
}
