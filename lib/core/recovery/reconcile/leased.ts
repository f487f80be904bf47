import type { ReadOnly } from '../../model/read-only';
import type { RegisteredWorker } from '../../ports/registries';
import type { LeasedTo } from '../../ports/sightings';
import type { PoolState } from '../../scheduler/state';
import { grantedAt } from './attempts';

const NOTHING: LeasedTo = { count: 0, latestAt: 0 };

/** What a pool has leased to each of its workers, and to those that it has lost. */
export function leasedBy({
  workers,
  leases,
}: ReadOnly<Pick<PoolState, 'workers' | 'leases'>>): ReadonlyMap<string, LeasedTo> {
  const leased = new Map([...workers.keys()].map((workerId) => [workerId, NOTHING]));
  for (const lease of leases.values()) {
    const { count, latestAt } = leased.get(lease.workerId) ?? NOTHING;
    leased.set(lease.workerId, { count: count + 1, latestAt: Math.max(latestAt, grantedAt(lease)) });
  }
  return leased;
}

/**
 * Whether a worker that said by itself how much it runs need not be asked what. A heartbeat that is older than a lease says
 * nothing of it, and so gives no reason to doubt.
 */
export function isTrusted(
  { lostAt, lastSeenAt, running }: Pick<RegisteredWorker, 'lostAt' | 'lastSeenAt' | 'running'>,
  { count, latestAt }: LeasedTo = NOTHING,
): boolean {
  if (lostAt !== undefined) return false;
  return lastSeenAt < latestAt || running === count;
}
