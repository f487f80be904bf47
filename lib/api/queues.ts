import type { z } from 'zod';
import type { changeQueueRequest } from '../contract/queues';
import { poolAt } from '../core/messages/address';
import type { PoolMessage } from '../core/messages/pool';
import type { StreamReader, StreamSender } from '../core/ports/streams';
import { requirePool } from './pools';
import { commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { queueBody } from './views/queue';

export interface GetQueueDeps extends StreamReader {
  readonly pools: readonly string[];
  /** Absent where nothing bounds them. */
  readonly maxWaitingJobs?: number;
}

/** The queue of jobs of a pool: how full it is, what bounds it, who works for it. No job is named. */
export function getQueue({ view, pools, maxWaitingJobs }: GetQueueDeps): Served {
  return serve(ROUTES.getQueue, async ({ params: { pool } }) => {
    requirePool(pools, pool);
    const { state } = await view(poolAt(pool));
    return { status: 200, body: queueBody(pool, state, maxWaitingJobs) };
  });
}

/** Opens, pauses or drains the queue of a pool, and bounds the jobs that run at once. */
export function changeQueue(deps: {
  readonly streams: StreamSender;
  readonly pools: readonly string[];
}): Served {
  return serve(ROUTES.changeQueue, async (request) => {
    const { body, params } = request;
    const { pool } = params;
    requirePool(deps.pools, pool);
    for (const message of changes(body)) {
      await deps.streams.send({ to: poolAt(pool), message }, commandOrigin('queue', request));
    }
    return { status: 202, body: { pool } };
  });
}

/** The limit first: a queue that is opened together with a lower one admits no more than that. */
function changes({ status, max_running_jobs }: z.output<typeof changeQueueRequest>): PoolMessage[] {
  const messages: PoolMessage[] = [];
  if (max_running_jobs !== undefined) {
    messages.push({ type: 'queueLimited', maxRunningJobs: max_running_jobs });
  }
  if (status !== undefined) messages.push({ type: 'queueChanged', status });
  return messages;
}
