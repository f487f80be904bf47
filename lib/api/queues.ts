import type * as z from 'zod';
import type { changeQueueRequest, QueueView } from '../contract/queues';
import { mayAccess } from '../core/access/scopes';
import { LIMITS } from '../core/limits';
import { poolAt } from '../core/messages/address';
import type { PoolMessage } from '../core/messages/pool';
import { present } from '../core/model/present';
import type { ReadOnly } from '../core/model/read-only';
import type { LetterList } from '../core/ports/registries';
import type { StreamReader, StreamSender } from '../core/ports/streams';
import type { PoolState } from '../core/scheduler/state';
import { requireMatch, versionOf } from './if-match';
import { pageOf } from './page';
import { requireNamedPool } from './pools';
import { commandOrigin, type Served, serve } from './route';
import { ROUTES } from './routes';
import { queueBody } from './views/queue';
import { timeIfAny } from './views/time';

export interface GetQueueDeps extends StreamReader {
  readonly pools: readonly string[];
  /** Absent where nothing bounds them. */
  readonly maxWaitingJobs?: number;
  readonly letters: LetterList;
}

/**
 * The queue of jobs of a pool: how full it is, what bounds it, who works for it; and how much of the caller's own waits for a
 * person. No job is named.
 */
export function getQueue({ view, pools, maxWaitingJobs, letters }: GetQueueDeps): Served {
  return serve(ROUTES.getQueue, async ({ caller, params: { pool } }) => {
    requireNamedPool(pools, pool);
    const [{ state }, parked] = await Promise.all([view(poolAt(pool)), parkedOf(letters, caller.subject)]);
    const sees = (owner: string) => mayAccess(caller, { owner });
    const body = { ...queueBody(pool, state, { maxWaitingJobs, sees }), letters: parked };
    return { status: 200, body, version: queueVersion(state) };
  });
}

/** The queues of all pools, without who works for them. */
export function listQueues({ view, pools, maxWaitingJobs }: Omit<GetQueueDeps, 'letters'>): Served {
  return serve(ROUTES.listQueues, async ({ caller, query }) => {
    const all = await Promise.all(
      pools.map(async (pool) => {
        const { state } = await view(poolAt(pool));
        const sees = (owner: string) => mayAccess(caller, { owner });
        const whole = queueBody(pool, state, { maxWaitingJobs, sees });
        const { workers: _workers, waits_for: _waits, owners: _owners, ...queue } = whole;
        return queue;
      }),
    );
    const wanted = all.filter(({ status }) => query.status === undefined || status === query.status);
    const pool = (queue: { readonly pool: string }) => queue.pool;
    const { shown, ...next } = pageOf(wanted, query, {
      ...{ id: pool, keys: { pool, waiting: ({ waiting }: { readonly waiting: number }) => waiting } },
    });
    return { status: 200, body: { queues: [...shown], ...next } };
  });
}

const queueVersion = ({ admission: { status, maxRunningJobs } }: ReadOnly<PoolState>): string =>
  versionOf({ status, maxRunningJobs });

/** Pages of groups that are counted at most: whoever has more letters than these hold looks at them one by one. */
const LETTER_PAGES = 5;

/** How many letters of an owner are not resolved, and since when the oldest of them waits. */
async function parkedOf(list: LetterList, owner: string): Promise<NonNullable<QueueView['letters']>> {
  let [open, oldest, cursor]: [number, number | undefined, string | undefined] = [0, undefined, undefined];
  for (let page = 0; page < LETTER_PAGES; page++) {
    const { groups, ...next } = await list.list({ owner, limit: LIMITS.lettersPage, ...present({ cursor }) });
    for (const group of groups) {
      open += group.open;
      if (group.oldestAt !== undefined) oldest = Math.min(oldest ?? group.oldestAt, group.oldestAt);
    }
    cursor = next.cursor;
    if (cursor === undefined) break;
  }
  const more = cursor === undefined ? undefined : (true as const);
  return { open, ...present({ oldest_at: timeIfAny(oldest), more }) };
}

/** Opens, pauses or drains the queue of a pool, and bounds the jobs that run at once. */
export function changeQueue(deps: {
  readonly streams: StreamSender;
  readonly pools: readonly string[];
  /** Read where a change names the version that it is made for. */
  readonly view: StreamReader['view'];
}): Served {
  return serve(ROUTES.changeQueue, async (request) => {
    const { body, params } = request;
    const { pool } = params;
    requireNamedPool(deps.pools, pool);
    if (request.header('If-Match') !== undefined) {
      requireMatch(request.header, queueVersion((await deps.view(poolAt(pool))).state));
    }
    for (const message of queueMessages(body)) {
      await deps.streams.send({ to: poolAt(pool), message }, commandOrigin('queue', request));
    }
    return { status: 202, body: { pool } };
  });
}

/** The limit first: a queue that is opened together with a lower one admits no more than that. */
export function queueMessages({
  status,
  max_running_jobs,
}: z.output<typeof changeQueueRequest>): PoolMessage[] {
  const messages: PoolMessage[] = [];
  if (max_running_jobs !== undefined) {
    messages.push({ type: 'queueLimited', maxRunningJobs: max_running_jobs });
  }
  if (status !== undefined) messages.push({ type: 'queueChanged', status });
  return messages;
}
