import type { PoolEvent } from './events';
import type { PoolState } from './state';

/** Attempts in a row that a worker does not take before it gets no more for a while. */
export const CORDON_AFTER = 3;
/** The first such while; it doubles each time the node is still unreachable after it. */
export const CORDON_MS = 5 * 60_000;
export const LONGEST_CORDON_MS = 60 * 60_000;

/** A worker that is given no new work: until a time, or until a person says so. */
export interface Cordon {
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
}

/** How a worker takes what it is given. */
export interface Trouble {
  /** Attempts in a row that it did not take. */
  refusals: number;
  /** How often it was cordoned for that since it last finished an attempt. */
  times: number;
}

/**
 * What follows when a worker did not take an attempt: the third time in a row it is cordoned, so that work
 * does not spend its patience on a node that lives but cannot be reached. After that, one refusal is enough.
 */
export function refused(state: PoolState, workerId: string, at: number): PoolEvent[] {
  const { refusals, times } = state.troubles.get(workerId) ?? { refusals: 0, times: 0 };
  if (refusals + 1 < CORDON_AFTER || state.cordoned.has(workerId)) return [];
  // The machine of the embedded runtime is this process: it is there, or nothing is.
  if (state.workers.get(workerId)?.endpoint === undefined) return [];
  const until = at + Math.min(CORDON_MS * 2 ** times, LONGEST_CORDON_MS);
  const reason = `did not take ${refusals + 1} attempts in a row`;
  return [{ type: 'worker.cordoned', data: { workerId, reason, until } }];
}

/** Cordons that are over. */
export function releases(state: PoolState, at: number): PoolEvent[] {
  return [...state.cordoned].flatMap(([workerId, { until }]): PoolEvent[] =>
    until === undefined || until > at ? [] : [{ type: 'worker.uncordoned', data: { workerId } }],
  );
}

export function evolveCordon(
  state: PoolState,
  event: Extract<PoolEvent, { type: 'worker.cordoned' | 'worker.uncordoned' }>,
): void {
  const { workerId } = event.data;
  if (event.type === 'worker.uncordoned') {
    state.cordoned.delete(workerId);
    return;
  }
  const { reason, until } = event.data;
  state.cordoned.set(workerId, { reason, ...(until === undefined ? {} : { until }) });
  const trouble = state.troubles.get(workerId);
  if (until !== undefined && trouble) trouble.times += 1;
}

/** Counts what a worker makes of an attempt: one that is over, however it went, clears it of all trouble. */
export function countTrouble(state: PoolState, workerId: string, wasTaken: boolean): void {
  if (wasTaken) {
    state.troubles.delete(workerId);
    return;
  }
  const trouble = state.troubles.get(workerId) ?? { refusals: 0, times: 0 };
  trouble.refusals = Math.min(trouble.refusals + 1, CORDON_AFTER);
  state.troubles.set(workerId, trouble);
}
