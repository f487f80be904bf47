import type { Worker } from '../messages/pool';
import { present } from '../model/present';
import type { RegisteredWorker } from '../ports/registries';

/**
 * How often a worker says that it lives, in seconds: one that serves an endpoint, and one that keeps a connection. Each
 * heartbeat of the second is two messages of its connection, which are paid for; when a connection closes, that is told.
 */
export const HEARTBEAT_SECONDS = { push: 10, pull: 40 } as const;
/** Silence after which a worker is held for lost, in milliseconds: four heartbeats and some grace. */
const LOST_AFTER_MS = 45_000;
/** The same while its connection stands: two heartbeats and some grace. */
const CONNECTED_LOST_AFTER_MS = 95_000;

/** Not heard of for so long that it counts as lost, or held for lost already. @param now milliseconds since the epoch. */
export function isSilent({ lastSeenAt, lostAt, connectionId }: RegisteredWorker, now: number): boolean {
  const patienceMs = connectionId === undefined ? LOST_AFTER_MS : CONNECTED_LOST_AFTER_MS;
  return lostAt !== undefined || now - lastSeenAt > patienceMs;
}

/** Whether attempts can be handed to it: it serves an endpoint, or its connection stands. */
export function isReachable({ endpoint, connectionId }: RegisteredWorker): boolean {
  return endpoint !== undefined || connectionId !== undefined;
}

/** A worker as its pool is told of it. */
export function bareWorker(worker: RegisteredWorker): Worker {
  const { workerId, labels, slots, resources, endpoint, registration } = worker;
  return { workerId, labels, slots, ...present({ resources, endpoint, registration }) };
}

/** Slots of the workers that take new work. */
export function openSlots(workers: readonly RegisteredWorker[], now: number): number {
  return workers
    .filter((worker) => !worker.draining && !isSilent(worker, now))
    .reduce((sum, { slots }) => sum + slots, 0);
}
