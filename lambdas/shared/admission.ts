import type { Admission } from '../../lib/api/submit-job';
import { RepriseError } from '../../lib/core/errors';
import type { Clock } from '../../lib/core/model/time';
import type { EventPublisher } from '../../lib/core/ports/effects';
import type { PoolQueue, PoolQueues } from '../../lib/core/ports/registries';

/** How often it is said, per pool, that jobs are turned away. */
const ANNOUNCE_EVERY_MS = 60_000;

export interface AdmissionDeps {
  readonly queues: PoolQueues;
  readonly publisher: EventPublisher;
  /** Jobs that may wait in the queue of a pool. */
  readonly maxWaitingJobs: number;
  readonly clock: Clock;
  readonly onUnannounced: (error: unknown) => void;
}

export function admission(deps: AdmissionDeps): Admission {
  const { queues, maxWaitingJobs } = deps;
  return async (pool) => {
    const queue = await queues.get(pool);
    const why = refusal(pool, queue, maxWaitingJobs);
    if (why === undefined) return undefined;
    // The answer does not depend on whether anybody hears of it.
    await announce(deps, pool, queue).catch(deps.onUnannounced);
    return new RepriseError('QUEUE_FULL', why, { context: { pool } });
  };
}

function refusal(pool: string, { status, waiting }: PoolQueue, maxWaitingJobs: number): string | undefined {
  if (status === 'draining')
    return `the queue of pool ${pool} is being drained: submit again once it is open`;
  if (waiting < maxWaitingJobs) return undefined;
  return `${waiting} jobs wait in pool ${pool}, which is as many as may: submit again later`;
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
