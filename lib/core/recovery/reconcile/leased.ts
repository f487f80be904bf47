import type { ReadOnly } from '../../model/read-only';
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
