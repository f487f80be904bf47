import type { Worker } from '../messages/pool';
import { present } from '../model/present';
import type { RegisteredWorker } from '../ports/registries';
import { isSuspected, LONGEST_LATENESS_MS } from './detector';
import { dueAfter } from './pace';

/** How often it is looked for workers that are lost and for leases that ran out, in seconds; a minute is a multiple of it. */
export const SWEEP_SECONDS = 10;
/** Between two sweeps that are steady, in milliseconds: one may be missing. */
export const STEADY_SWEEPS_MS = 25_000;
/**
 * Between two heartbeats, of whomever, between which heartbeats arrived as far as one can tell, in milliseconds. An
 * engine that took none for no longer than this keeps nobody waiting for longer than `ACCEPTABLE_PAUSE_MS`.
 */
const NEAR_MS = 11_000;
/**
 * Lateness from which on a worker is asked, in milliseconds, whether the engine is known to have been well meanwhile or
 * not: what is no habit of any (`ACCEPTABLE_PAUSE_MS`), and the time of one more call. Among others it would be lost by then.
 */
const DOUBTED_AFTER_MS = 20_000;
/** Silence after which workers are lost that fell silent together, so that it may be that nothing of them arrives; milliseconds. */
const TOGETHER_LOST_AFTER_MS = 120_000;
/** A heartbeat is under way for less than this, in milliseconds: what it is late by at an outage that begins as it is sent. */
const UNDER_WAY_MS = 5_000;

/** Whether attempts can be handed to it: it serves an endpoint, or its connection stands. */
export function isReachable({ endpoint, connectionId }: RegisteredWorker): boolean {
  return endpoint !== undefined || connectionId !== undefined;
}

/** A worker as its pool is told of it. */
export function bareWorker(worker: RegisteredWorker): Worker {
  const { workerId, labels, slots, resources, endpoint, registration } = worker;
  return { workerId, labels, slots, ...present({ resources, endpoint, registration }) };
}

/** Milliseconds since the epoch. */
interface Span {
  readonly since: number;
  readonly until: number;
}

/** When the engine is known to have been well. */
export interface Wellness {
  /** In each of these, heartbeats arrived over the whole path. */
  readonly heard: readonly Span[];
  /** The clock has called the engine since then without a gap, in milliseconds since the epoch. */
  readonly sweptSince: number;
  /** When each worker that is not lost can have fallen silent: from its last heartbeat to when the next one was due. */
  readonly silences: readonly Span[];
}

/** When the engine is known to have been well, from all that is known of its workers. @param workers of every pool. */
export function wellness(
  workers: readonly RegisteredWorker[],
  { sweptSince, now }: { readonly sweptSince: number; readonly now: number },
): Wellness {
  const silences = workers.filter(({ lostAt }) => lostAt === undefined).map(silenceOf);
  return { heard: heard(workers, now), sweptSince, silences };
}

const silenceOf = (worker: RegisteredWorker): Span => ({ since: worker.lastSeenAt, until: dueOf(worker) });

/**
 * When heartbeats are known to have arrived: from one to the next where they are near, and from the latest until now
 * where that is near. O(n log n) in the heartbeats that are kept.
 * @param workers of every pool: their heartbeats take the same path.
 * @param now milliseconds since the epoch.
 */
export function heard(workers: readonly RegisteredWorker[], now: number): readonly Span[] {
  const arrivals = workers.flatMap(({ lastSeenAt, beats = [] }) => [
    lastSeenAt,
    ...beats.map(({ at }) => at),
  ]);
  const spans: { since: number; until: number }[] = [];
  for (const at of [...new Set(arrivals)].sort((a, b) => a - b)) {
    const span = spans.at(-1);
    if (span && at - span.until <= NEAR_MS) span.until = at;
    else spans.push({ since: at, until: at });
  }
  const last = spans.at(-1);
  if (last && now - last.until <= NEAR_MS) last.until = Math.max(last.until, now);
  return spans;
}

/**
 * Whether a worker is lost. Silence counts only while the engine was well: one that took no heartbeats for a while knows
 * nothing of its workers, and must not lose them all when it takes them again. While others are heard of, a worker is lost
 * that is later than it promised by so much that the detector suspects it. Where nobody is, the engine itself has to have
 * run meanwhile. A worker that fell silent when no other one did is lost when it is as late as any may be: an outage would
 * have silenced those beside it at the same time. Those that fell silent together are lost after two minutes, unless
 * `isDoubted` has them asked before.
 * @param now milliseconds since the epoch.
 */
export function isLost(worker: RegisteredWorker, well: Wellness, now: number): boolean {
  if (worker.lostAt !== undefined) return true;
  const due = dueOf(worker);
  const lateness = well.heard.reduce(
    (sum, { since, until }) => sum + Math.max(0, until - Math.max(due, since)),
    0,
  );
  if (isSuspected(lateness, worker.beats ?? [])) return true;
  const isUnheard = (well.heard.at(-1)?.until ?? 0) < now;
  const unheardMs = now - Math.max(due, well.sweptSince);
  if (isUnheard && unheardMs > LONGEST_LATENESS_MS && isAlone(worker, well)) return true;
  return now - Math.max(worker.lastSeenAt, well.sweptSince) > TOGETHER_LOST_AFTER_MS;
}

/**
 * Whether a worker has to be asked, which goes another way than heartbeats do: it is late, and nobody is heard of all the
 * time, so that it may be the engine that does not hear. One that does not answer either is lost.
 * @param now milliseconds since the epoch.
 */
export function isDoubted(worker: RegisteredWorker, { sweptSince }: Wellness, now: number): boolean {
  return now - Math.max(dueOf(worker), sweptSince) > DOUBTED_AFTER_MS;
}

/** Whether no outage explains that this worker and another one are silent: there is no time at which both can have begun to be. */
function isAlone(worker: RegisteredWorker, { silences }: Wellness): boolean {
  const own = silenceOf(worker);
  const together = silences.filter(
    ({ since, until }) => since <= own.until + UNDER_WAY_MS && own.since <= until + UNDER_WAY_MS,
  );
  return together.length <= 1;
}

/** When it was to be heard of, in milliseconds since the epoch. */
function dueOf(worker: RegisteredWorker): number {
  return worker.dueAt ?? dueAfter(worker.lastSeenAt, worker);
}

/** Not heard of for so long that nothing is to be expected of it now, whoever is to blame. */
function isSilent(worker: RegisteredWorker, now: number): boolean {
  return worker.lostAt !== undefined || now - dueOf(worker) > LONGEST_LATENESS_MS;
}

/** Slots of the workers that take new work. */
export function openSlots(workers: readonly RegisteredWorker[], now: number): number {
  return workers
    .filter((worker) => !worker.draining && !isSilent(worker, now))
    .reduce((sum, { slots }) => sum + slots, 0);
}
