import type { RegisteredWorker } from '../ports/registries';

/** How often a worker says that it lives, in seconds. */
export const HEARTBEAT_SECONDS = 10;
/** Between two heartbeats that are steady: one may go missing. Past it, some did not get through. In milliseconds. */
export const STEADY_MS = 25_000;
/** Between two sweeps that are steady: they come by the minute. In milliseconds. */
export const STEADY_SWEEPS_MS = 150_000;
/** Silence after which a worker is held for lost, in milliseconds: four heartbeats and some grace. */
const LOST_AFTER_MS = 45_000;
/** The same where no other worker was heard of, which alone would prove that heartbeats arrive. */
const UNWITNESSED_LOST_AFTER_MS = 120_000;

/** Not heard of for so long that it may be lost, or held for lost already. @param now milliseconds since the epoch. */
function isSilent({ lastSeenAt, lostAt }: RegisteredWorker, now: number): boolean {
  return lostAt !== undefined || now - lastSeenAt > LOST_AFTER_MS;
}

/** Since when the engine is known to be well, in milliseconds since the epoch. */
export interface Wellness {
  /** Heartbeats have arrived since then without a gap, over the whole path; absent where none arrive. */
  readonly heardSince?: number;
  /** The clock has called the engine since then without a gap. */
  readonly sweptSince: number;
}

/**
 * How long heartbeats are known to arrive: as long as the steadiest worker is heard of that still is.
 * @param workers of every pool: their heartbeats take the same path.
 */
export function heardSince(workers: readonly RegisteredWorker[], now: number): number | undefined {
  const steady = workers
    .filter(({ lastSeenAt, lostAt }) => lostAt === undefined && now - lastSeenAt <= STEADY_MS)
    .map(({ lastSeenAt, steadySince = lastSeenAt }) => steadySince);
  return steady.length === 0 ? undefined : Math.min(...steady);
}

/**
 * Whether a worker is lost. Silence counts only while the engine was well: one that took no heartbeats for a while knows
 * nothing of its workers, and must not lose them all when it takes them again. Where another worker was heard of all the
 * time, a silent one is lost after 45 seconds; where none was, after two minutes in which the engine itself ran, so
 * that a worker which is alone is found lost too, and a fleet that is gone as a whole.
 * @param now milliseconds since the epoch.
 */
export function isLost(worker: RegisteredWorker, well: Wellness, now: number): boolean {
  if (worker.lostAt !== undefined) return true;
  const silence = (since: number) => now - Math.max(worker.lastSeenAt, since);
  if (well.heardSince !== undefined && silence(well.heardSince) > LOST_AFTER_MS) return true;
  return silence(well.sweptSince) > UNWITNESSED_LOST_AFTER_MS;
}

/** Slots of the workers that take new work. */
export function openSlots(workers: readonly RegisteredWorker[], now: number): number {
  return workers
    .filter((worker) => !worker.draining && !isSilent(worker, now))
    .reduce((sum, { slots }) => sum + slots, 0);
}
