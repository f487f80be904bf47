import type { Worker, WorkItem } from '../messages/pool';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import {
  type Breaker,
  type BreakerPolicy,
  CLOSED,
  failure,
  stateOf,
  success,
  tripped,
} from '../retry/breaker';
import type { CordonCause, PoolEvent, WorkerCordoned } from './events';

/**
 * Opens the breaker of a worker: three attempts in a row that it does not take, a verdict on its health, or a trial that
 * goes wrong. It gets no more for five minutes, then for ten, up to an hour.
 */
export const REFUSALS: BreakerPolicy = { opensAfter: 3, openMs: 5 * 60_000, longestMs: 60 * 60_000 };

/** Attempts in a row that have to go well on a worker whose cordon by the engine is over. */
export const TRIALS = 3;

/** A worker that is given no new work: until a time, or until a person says so. */
export interface Cordon {
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
  /** Absent where a person cordoned it. */
  readonly cause?: CordonCause;
}

/** What a pool knows of workers that are kept off new work, whether they are there or not. By worker. */
export interface Cordons {
  readonly cordoned: Map<string, Cordon>;
  /** Those that are half open: how many trials have gone well so far. */
  readonly probation: Map<string, number>;
  /** How they take what they are given; one that has no entry takes it. */
  readonly breakers: Map<string, Breaker>;
}

export const initialCordons = (): Cordons => ({
  cordoned: new Map(),
  probation: new Map(),
  breakers: new Map(),
});

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
  return [{ type: 'worker.cordoned', data: { workerId, reason, until: state.until, cause: 'refusals' } }];
}

/** The engine keeps a worker off new work, for longer each time in a row. @param at milliseconds since the epoch. */
export function cordonFor(
  { breakers }: ReadOnly<Cordons>,
  why: Omit<WorkerCordoned, 'until'> & { readonly cause: CordonCause },
  at: number,
): PoolEvent {
  const { openUntil } = tripped(REFUSALS, breakers.get(why.workerId) ?? CLOSED, at);
  return { type: 'worker.cordoned', data: { ...why, ...present({ until: openUntil }) } };
}

/** Cordons that are over: each is followed by a probation. */
export function cordonsOver({ cordoned }: ReadOnly<Cordons>, at: number): PoolEvent[] {
  return [...cordoned].flatMap(([workerId, { until }]): PoolEvent[] =>
    until === undefined || until > at
      ? []
      : [{ type: 'worker.probation', data: { workerId, trials: TRIALS } }],
  );
}

/**
 * What follows from a trial, of a worker that is on probation.
 * @param wrong what went wrong.
 * @param at milliseconds since the epoch.
 */
export function triedOut(
  cordons: ReadOnly<Cordons>,
  workerId: string,
  { wrong, at }: { readonly wrong: string | undefined; readonly at: number },
): PoolEvent[] {
  if (wrong !== undefined) {
    const reason = `on probation, ${wrong}`;
    return [cordonFor(cordons, { workerId, reason, cause: 'probation' }, at)];
  }
  if ((cordons.probation.get(workerId) ?? 0) + 1 < TRIALS) return [];
  return [{ type: 'worker.uncordoned', data: { workerId, why: `${TRIALS} trials in a row went well` } }];
}

/** Work that a worker on probation gets only where no other one can take it: what is urgent, or was tried before. */
export const isRisky = ({ priority, attempt }: WorkItem): boolean =>
  priority === 'critical' || priority === 'high' || attempt > 1;

type CordonEvent = Extract<PoolEvent, { type: 'worker.cordoned' | 'worker.probation' | 'worker.uncordoned' }>;

/** @param at time of the event, milliseconds since the epoch. */
export function evolveCordon(
  { cordoned, probation, breakers }: Cordons,
  event: CordonEvent,
  at: number,
): void {
  const { workerId } = event.data;
  switch (event.type) {
    case 'worker.cordoned': {
      const { reason, until, cause } = event.data;
      cordoned.set(workerId, { reason, ...present({ until, cause }) });
      probation.delete(workerId);
      // Refusals have been counted one by one.
      if (cause === 'health' || cause === 'probation')
        breakers.set(workerId, tripped(REFUSALS, breakers.get(workerId) ?? CLOSED, at));
      return;
    }
    case 'worker.probation':
      cordoned.delete(workerId);
      probation.set(workerId, 0);
      return;
    default: {
      // An earlier version let it go by itself when its time was over: its breaker was half open from then on.
      const { until, cause } = cordoned.get(workerId) ?? {};
      if (until === undefined || cause !== undefined) breakers.delete(workerId);
      cordoned.delete(workerId);
      probation.delete(workerId);
    }
  }
}

/**
 * Counts what a worker makes of an attempt: one that is over, however it went, clears it of all refusals, but for one that
 * is kept off new work or on probation, which `uncordoned` clears.
 * @param at milliseconds since the epoch.
 */
export function countAnswer(
  { cordoned, probation, breakers }: Cordons,
  workerId: string,
  wasTaken: boolean,
  at: number,
): void {
  if (wasTaken && (cordoned.has(workerId) || probation.has(workerId))) return;
  const breaker = breakers.get(workerId) ?? CLOSED;
  const next = wasTaken ? success(breaker) : failure(REFUSALS, breaker, at);
  if (next === CLOSED) breakers.delete(workerId);
  else breakers.set(workerId, next);
}

/** A trial has gone well. */
export function countTrial({ probation }: Cordons, workerId: string): void {
  const trials = probation.get(workerId);
  if (trials !== undefined) probation.set(workerId, trials + 1);
}

/** Its cordon and its probation outlive a worker: one that comes back is no better for having been away. */
export function forgetWorker({ cordoned, probation, breakers }: Cordons, workerId: string): void {
  if (!cordoned.has(workerId) && !probation.has(workerId)) breakers.delete(workerId);
}
