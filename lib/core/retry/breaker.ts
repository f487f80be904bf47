/** How long a breaker stays open. */
export interface OpenPolicy {
  /** The first time, milliseconds; each time in a row it doubles. */
  readonly openMs: number;
  readonly longestMs: number;
}

/** When a breaker opens, and for how long. */
export interface BreakerPolicy extends OpenPolicy {
  /** Failures in a row after which it opens. */
  readonly opensAfter: number;
}

/**
 * A circuit breaker as a value: plain JSON, and every change gives another one. Closed, it lets calls through; open, it
 * lets none; after that it is half open, and one failure opens it again, for longer.
 */
export interface Breaker {
  /** Failures in a row, up to what opens it. */
  readonly failures: number;
  /** How often it opened since the last success. */
  readonly openings: number;
  /** Milliseconds since the epoch; where it was opened. */
  readonly openUntil?: number;
}

export type BreakerState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly until: number; readonly why: string }
  | { readonly kind: 'halfOpen'; readonly why: string };

export const CLOSED: Breaker = { failures: 0, openings: 0 };

/** Whatever a breaker was, one success closes it. */
export const success = (_breaker: Breaker): Breaker => CLOSED;

/** @param at milliseconds since the epoch. */
export function failure(policy: BreakerPolicy, breaker: Breaker, at: number): Breaker {
  // What was under way when it opened says nothing new.
  if (stateOf(breaker, at).kind === 'open') return breaker;
  const failures = Math.min(breaker.failures + 1, policy.opensAfter);
  return failures < policy.opensAfter ? { ...breaker, failures } : tripped(policy, breaker, at);
}

/** Opens a breaker, whatever it counted. Half open, one more failure opens it again. @param at milliseconds since the epoch. */
export function tripped(policy: BreakerPolicy, { openings }: Breaker, at: number): Breaker {
  return { failures: policy.opensAfter, openings: openings + 1, openUntil: at + openFor(policy, openings) };
}

/**
 * How long a breaker stays open, milliseconds: `openMs * 2 ** openings`, and `longestMs` at most.
 * @param openings in a row before this one.
 */
export function openFor({ openMs, longestMs }: OpenPolicy, openings: number): number {
  return Math.min(openMs * 2 ** openings, longestMs);
}

/** @param at milliseconds since the epoch. */
export function stateOf({ failures, openings, openUntil }: Breaker, at: number): BreakerState {
  if (openUntil === undefined) return { kind: 'closed' };
  const why = `${failures} failures in a row, opened ${openings === 1 ? 'once' : `${openings} times`}`;
  return at < openUntil ? { kind: 'open', until: openUntil, why } : { kind: 'halfOpen', why };
}
