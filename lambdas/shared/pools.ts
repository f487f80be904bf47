import { z } from 'zod';
import type { RegisteredWorker } from '../../lib/adapters/aws/worker-registry';
import { RepriseError } from '../../lib/core/errors';
import { id } from './ownership';
import { LOST_AFTER_MS } from './silence';

export const poolParams = z.object({ pool: id });

/** @throws RepriseError INPUT_INVALID: what goes to a pool that does not exist would wait for ever. */
export function requirePool(pools: readonly string[], pool: string): void {
  if (pools.includes(pool)) return;
  const message = `no pool ${JSON.stringify(pool)}: there is ${pools.join(', ')}`;
  throw new RepriseError('INPUT_INVALID', `pool: ${message}`, {
    problems: [{ code: 'INPUT_INVALID', path: 'pool', message }],
  });
}

/** Not heard of for so long that it counts as lost, or held for lost already. @param now milliseconds since the epoch. */
export function isSilent({ lastSeenAt, lostAt }: RegisteredWorker, now: number): boolean {
  return lostAt !== undefined || now - lastSeenAt > LOST_AFTER_MS;
}

/** Slots of the execution nodes that take new work. */
export function openSlots(workers: readonly RegisteredWorker[], now: number): number {
  return workers
    .filter((worker) => !worker.draining && !isSilent(worker, now))
    .reduce((sum, { slots }) => sum + slots, 0);
}
