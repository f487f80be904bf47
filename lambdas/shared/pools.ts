import type { RegisteredWorker } from '../../lib/adapters/aws/table/worker-registry';
import { LOST_AFTER_MS } from './silence';

/** Not heard of for so long that it counts as lost, or held for lost already. @param now milliseconds since the epoch. */
export function isSilent({ lastSeenAt, lostAt }: RegisteredWorker, now: number): boolean {
  return lostAt !== undefined || now - lastSeenAt > LOST_AFTER_MS;
}

/** Slots of the workers that take new work. */
export function openSlots(workers: readonly RegisteredWorker[], now: number): number {
  return workers
    .filter((worker) => !worker.draining && !isSilent(worker, now))
    .reduce((sum, { slots }) => sum + slots, 0);
}
