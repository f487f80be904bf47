import { reviewOf } from '../capacity/capacity-review';
import { poolAt } from '../messages/address';
import type { PoolMessage } from '../messages/pool';
import type { LoadSource } from '../ports/loads';
import type { StreamSender } from '../ports/streams';

export interface CapacityReviewDeps {
  readonly loads: LoadSource;
  readonly streams: StreamSender;
}

/** Enough for two days of hundreds or weeks of dozens, few enough to be read again and again. */
const JOBS = 500;

/**
 * Looks at the latest jobs of a pool and tells it how it stands with its capacity; the pool warns of what is new.
 * @param at milliseconds since the epoch.
 * @returns what the pool was told.
 */
export async function reviewPool(
  { loads, streams }: CapacityReviewDeps,
  pool: string,
  at: number,
): Promise<Extract<PoolMessage, { type: 'capacityReviewed' }>> {
  const message = reviewOf(await loads.load({ pool, jobs: JOBS }), at);
  if (message.findings.length === 0) return message;
  const origin = { id: `capacity/${pool}/${at}`, actor: { kind: 'engine' as const, id: 'capacity' } };
  await streams.send({ to: poolAt(pool), message }, origin);
  return message;
}
