import type { RegisteredWorker } from '../ports/registries';

/** How often a worker says that it lives, in seconds. */
export const HEARTBEAT_SECONDS = 10;
/** Silence after which a worker is held for lost, in milliseconds: four heartbeats and some grace. */
const LOST_AFTER_MS = 45_000;

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
