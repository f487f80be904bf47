import { assertNever } from '../errors';
import type { RetryPolicy } from '../model/retry-policy';
import { parseExpression } from './expression';

/** How the waits between tries grow. Times are milliseconds. */
export type BackoffPolicy = Pick<
  RetryPolicy,
  'strategy' | 'initialDelayMs' | 'maxDelayMs' | 'jitter' | 'delaysMs' | 'delay'
>;

export interface Backoff {
  readonly delayMs: number;
  /** What the delay was drawn from, in words. */
  readonly spread: string;
}

/** Past so many failures no delay grows any more: without a bound the powers would overflow. */
const MAX_STEPS = 50;

/**
 * The wait before the next attempt, after failure `n` = 1, 2, ...:
 *
 * - `none`: 0.
 * - `fixed`: initial.
 * - `linear`: initial * n.
 * - `exponential`: initial * 2 ^ (n - 1).
 * - `fibonacci`: initial * F(n), F = 1, 1, 2, 3, 5, ...
 * - `custom`: delays[min(n, length)], or the value of the expression, in seconds.
 *
 * Each is at most `maxDelayMs`: d = min(cap, formula). Then the jitter: `none`: d; `full`: uniform in [0, d]; `equal`:
 * uniform in [d / 2, d]. Full jitter spreads retries over the whole window, which empties a contended service soonest.
 *
 * - `decorrelated`: min(cap, uniform in [initial, max(initial, 3 * previous)]), `previous` the wait before this one; it
 *   is its own jitter.
 *
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param failures failed attempts so far, at least 1.
 * @param random uniform in [0, 1).
 * @param previousMs the wait before the attempt that failed now; the initial delay where there was none.
 */
export function backoff(
  policy: BackoffPolicy,
  failures: number,
  random: number,
  previousMs = policy.initialDelayMs,
): Backoff {
  const { initialDelayMs, maxDelayMs } = policy;
  if (policy.strategy === 'decorrelated') {
    const top = Math.min(maxDelayMs, Math.max(initialDelayMs, 3 * previousMs));
    return between(Math.min(initialDelayMs, top), top, random);
  }
  const n = Math.min(failures, MAX_STEPS);
  const ceiling = Math.round(clamped(grow(policy, n, previousMs), maxDelayMs));
  switch (policy.jitter) {
    case 'full':
      return between(0, ceiling, random);
    case 'equal':
      return between(ceiling / 2, ceiling, random);
    case 'none':
      return { delayMs: ceiling, spread: `${ceiling} ms` };
    default:
      return assertNever(policy.jitter, 'jitter');
  }
}

/** Whole milliseconds, both ends included. */
function between(low: number, high: number, random: number): Backoff {
  const least = Math.ceil(low);
  const delayMs = least + Math.floor(random * (Math.floor(high) - least + 1));
  return {
    delayMs: Math.max(least, Math.min(delayMs, high)),
    spread: `uniform between ${low} and ${high} ms`,
  };
}

/** What an expression gives may be no number at all: then it waits as long as it may. */
function clamped(value: number, most: number): number {
  return Number.isNaN(value) ? most : Math.min(most, Math.max(0, value));
}

function grow(policy: BackoffPolicy, n: number, previousMs: number): number {
  const { strategy, initialDelayMs } = policy;
  switch (strategy) {
    case 'none':
      return 0;
    case 'exponential':
      return initialDelayMs * 2 ** (n - 1);
    case 'linear':
      return initialDelayMs * n;
    case 'fibonacci':
      return initialDelayMs * fibonacci(n);
    case 'fixed':
    case 'decorrelated':
      return initialDelayMs;
    case 'custom':
      return custom(policy, n, previousMs);
    default:
      return assertNever(strategy, 'retry strategy');
  }
}

function custom(
  { delaysMs = [], delay, initialDelayMs }: BackoffPolicy,
  n: number,
  previousMs: number,
): number {
  if (delay === undefined) return delaysMs[Math.min(n, delaysMs.length) - 1] ?? initialDelayMs;
  const variables = { n, previous: previousMs / 1_000, initial: initialDelayMs / 1_000 };
  return parseExpression(delay)(variables) * 1_000;
}

function fibonacci(n: number): number {
  let [a, b] = [1, 1];
  for (let i = 1; i < n; i++) [a, b] = [b, a + b];
  return a;
}
