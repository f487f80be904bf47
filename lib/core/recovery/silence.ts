import type { Worker } from '../messages/pool';
import { present } from '../model/present';
import type { RegisteredWorker } from '../ports/registries';

/**
 * How often a worker says that it lives, in seconds: one that serves an endpoint, and one that keeps a connection. Each
 * heartbeat of the second is two messages of its connection, which are paid for; when a connection closes, that is told.
 */
export const HEARTBEAT_SECONDS = { push: 10, pull: 40 } as const;
/** Between two heartbeats that are steady, in milliseconds: past it, one did not get through, or two of the frequent ones. */
const STEADY_MS = { push: 25_000, pull: 50_000 } as const;
/** Between two sweeps that are steady: they come by the minute. In milliseconds. */
export const STEADY_SWEEPS_MS = 150_000;
/** Silence after which a worker is held for lost, in milliseconds: four heartbeats, or two over a connection, and some grace. */
const LOST_AFTER_MS = { push: 45_000, pull: 95_000 } as const;
/** The same where no other worker was heard of, which alone would prove that heartbeats arrive. */
const UNWITNESSED_LOST_AFTER_MS = 120_000;

type Speaker = { readonly connectionId?: string | undefined };
/** How it speaks now: one whose connection has closed has to be heard of as soon as any other. */
const wayOf = ({ connectionId }: Speaker) => (connectionId === undefined ? 'push' : 'pull');

/** Milliseconds between two heartbeats of a worker between which none went missing, as far as one can tell. */
export const steadyMs = (speaker: Speaker): number => STEADY_MS[wayOf(speaker)];

/** Whether attempts can be handed to it: it serves an endpoint, or its connection stands. */
export function isReachable({ endpoint, connectionId }: RegisteredWorker): boolean {
  return endpoint !== undefined || connectionId !== undefined;
}

/** A worker as its pool is told of it. */
export function bareWorker(worker: RegisteredWorker): Worker {
  const { workerId, labels, slots, resources, endpoint, registration } = worker;
  return { workerId, labels, slots, ...present({ resources, endpoint, registration }) };
}

/** From one heartbeat of a worker to its latest, without a gap; milliseconds since the epoch. */
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
}

/** When heartbeats are known to have arrived. @param workers of every pool: their heartbeats take the same path. */
export function heard(workers: readonly RegisteredWorker[]): readonly Span[] {
  return workers
    .filter(({ lostAt }) => lostAt === undefined)
    .map(({ lastSeenAt, steadySince = lastSeenAt }) => ({ since: steadySince, until: lastSeenAt }));
}

/**
 * Whether a worker is lost. Silence counts only while the engine was well: one that took no heartbeats for a while knows
 * nothing of its workers, and must not lose them all when it takes them again. Where another worker was heard of all the
 * time, a silent one is lost after 45 seconds (95 while its connection stands); where none was, after two minutes in
 * which the engine itself ran, so that a worker which is alone is found lost too, and a fleet that is gone as a whole.
 * @param now milliseconds since the epoch.
 */
export function isLost(worker: RegisteredWorker, well: Wellness, now: number): boolean {
  if (worker.lostAt !== undefined) return true;
  const silence = ({ since, until }: Span) => until - Math.max(worker.lastSeenAt, since);
  const patience = LOST_AFTER_MS[wayOf(worker)];
  if (well.heard.some((span) => silence(span) > patience)) return true;
  return silence({ since: well.sweptSince, until: now }) > UNWITNESSED_LOST_AFTER_MS;
}

/** Not heard of for so long that nothing is to be expected of it now, whoever is to blame. */
function isSilent(worker: RegisteredWorker, now: number): boolean {
  return worker.lostAt !== undefined || now - worker.lastSeenAt > LOST_AFTER_MS[wayOf(worker)];
}

/** Slots of the workers that take new work. */
export function openSlots(workers: readonly RegisteredWorker[], now: number): number {
  return workers
    .filter((worker) => !worker.draining && !isSilent(worker, now))
    .reduce((sum, { slots }) => sum + slots, 0);
}
