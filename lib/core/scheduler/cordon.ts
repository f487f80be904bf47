import type { Worker } from '../messages/pool';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { type Breaker, type BreakerPolicy, CLOSED, failure, stateOf, success } from '../retry/breaker';
import type { PoolEvent } from './events';

/** A worker that does not take three attempts in a row gets no more for five minutes, then for ten, up to an hour. */
export const REFUSALS: BreakerPolicy = { opensAfter: 3, openMs: 5 * 60_000, longestMs: 60 * 60_000 };

/** A worker that is given no new work: until a time, or until a person says so. */
export interface Cordon {
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
}

/** What a pool knows of workers that are kept off new work, whether they are there or not. By worker. */
export interface Cordons {
  readonly cordoned: Map<string, Cordon>;
  /** How they take what they are given; one that has no entry takes it. */
  readonly breakers: Map<string, Breaker>;
}

export const initialCordons = (): Cordons => ({ cordoned: new Map(), breakers: new Map() });

/**
 * What follows when a worker did not take an attempt: work must not spend its patience on one that lives but cannot be
 * reached. One that is cordoned already stays as it is.
 * @param at milliseconds since the epoch.
 */
export function refused(
  { cordoned, breakers }: ReadOnly<Cordons>,
  worker: Pick<Worker, 'workerId' | 'endpoint'> | undefined,
  at: number,
): PoolEvent[] {
  // The machine of the embedded runtime is this process: it is there, or nothing is.
  if (worker?.endpoint === undefined || cordoned.has(worker.workerId)) return [];
  const { workerId } = worker;
  const state = stateOf(failure(REFUSALS, breakers.get(workerId) ?? CLOSED, at), at);
  if (state.kind !== 'open') return [];
  const reason = `did not take ${REFUSALS.opensAfter} attempts in a row`;
  return [{ type: 'worker.cordoned', data: { workerId, reason, until: state.until } }];
}

/** Cordons that are over. */
export function uncordons({ cordoned }: ReadOnly<Cordons>, at: number): PoolEvent[] {
  return [...cordoned].flatMap(([workerId, { until }]): PoolEvent[] =>
    until === undefined || until > at ? [] : [{ type: 'worker.uncordoned', data: { workerId } }],
  );
}

export function evolveCordon(
  { cordoned }: Cordons,
  { type, data }: Extract<PoolEvent, { type: 'worker.cordoned' | 'worker.uncordoned' }>,
): void {
  if (type === 'worker.uncordoned') cordoned.delete(data.workerId);
  else cordoned.set(data.workerId, { reason: data.reason, ...present({ until: data.until }) });
}

/**
 * Counts what a worker makes of an attempt: one that is over, however it went, clears it of all refusals.
 * @param at milliseconds since the epoch.
 */
export function countAnswer({ breakers }: Cordons, workerId: string, wasTaken: boolean, at: number): void {
  const breaker = breakers.get(workerId) ?? CLOSED;
  const next = wasTaken ? success(breaker) : failure(REFUSALS, breaker, at);
  if (next === CLOSED) breakers.delete(workerId);
  else breakers.set(workerId, next);
}

/** Its cordon outlives a worker: one that comes back is no better for having been away. */
export function forgetWorker({ cordoned, breakers }: Cordons, workerId: string): void {
  if (!cordoned.has(workerId)) breakers.delete(workerId);
}
