import { queueDrained } from '../../lib/api/pools';
import { quotaExceeded } from '../../lib/api/quota';
import type { Admission } from '../../lib/api/submit-job';
import { RepriseError } from '../../lib/core/errors';
import type { Clock } from '../../lib/core/model/time';
import type { EventPublisher } from '../../lib/core/ports/effects';
import type { JobList, PoolQueue, PoolQueues } from '../../lib/core/ports/registries';

/** How often it is said, per pool, that jobs are turned away. */
const ANNOUNCE_EVERY_MS = 60_000;

/** By then some of an owner's jobs may have been admitted. */
const WAITING_MS = 10_000;

export interface AdmissionDeps {
  readonly queues: PoolQueues;
  readonly jobs: Pick<JobList, 'count'>;
  readonly publisher: EventPublisher;
  /** Jobs that may wait in the queue of a pool. */
  readonly maxWaitingJobs: number;
  /** Jobs of one owner that may wait, in all pools together. */
  readonly maxWaitingOfOwner: number;
  readonly clock: Clock;
  readonly onUnannounced: (error: unknown) => void;
}

export function admission(deps: AdmissionDeps): Admission {
  const { queues, maxWaitingJobs } = deps;
  return async (pool, owner) => {
    const [queue, overQuota] = await Promise.all([queues.get(pool), refusalOf(deps, owner)]);
    const refused = refusal(pool, queue, maxWaitingJobs);
    if (refused === undefined) return overQuota;
    // The answer does not depend on whether anybody hears of it.
    await announce(deps, pool, queue).catch(deps.onUnannounced);
    return refused;
  };
}

/** An owner at a time fills a part of the queue, and not the queue of all. */
async function refusalOf({ jobs, maxWaitingOfOwner: atMost }: AdmissionDeps, owner: string) {
  if ((await jobs.count({ owner, status: 'submitted', atMost })) < atMost) return undefined;
  const message = `${atMost} jobs of ${owner} wait, which is as many as may: submit again once some have started`;
  return quotaExceeded(message, WAITING_MS);
}

function refusal(pool: string, { status, waiting }: PoolQueue, maxWaitingJobs: number) {
  if (status === 'draining') return queueDrained(pool);
  if (waiting < maxWaitingJobs) return undefined;
  const message = `${waiting} jobs wait in pool ${pool}, which is as many as may: submit again later`;
  return new RepriseError('QUEUE_FULL', message, { context: { pool } });
}

async function announce(
  { queues, publisher, maxWaitingJobs, clock }: AdmissionDeps,
  pool: string,
  queue: PoolQueue,
) {
  const at = clock();
  if (!(await queues.mayAnnounce(pool, at, ANNOUNCE_EVERY_MS))) return;
  await publisher.publish({
    id: `pool/${pool}/overload/${at}`,
    type: 'orchestration.system.overload',
    at,
    detail: { pool, ...queue, maxWaitingJobs },
  });
}
