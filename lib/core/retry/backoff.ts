import { assertNever } from '../errors';
import type { RetryPolicy } from '../model/retry-policy';

/** How the waits between tries grow. Times are milliseconds. */
export interface BackoffPolicy extends Omit<RetryPolicy, 'maxAttempts' | 'jitter'> {
  /** As of a graph's; `equal`: half of the delay, and up to as much again, where a wait must not be none. */
  readonly jitter: RetryPolicy['jitter'] | 'equal';
}

export interface Backoff {
  readonly delayMs: number;
  /** What the delay was drawn from, in words. */
  readonly spread: string;
}

/** Past so many failures no delay grows any more: without a bound the powers would overflow. */
const MAX_STEPS = 50;

/**
 * The wait before the next attempt. Full jitter spreads retries over the whole window, which empties a
 * contended service soonest: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param failures failed attempts so far, at least 1.
 * @param random uniform in [0, 1).
 */
export function backoff(policy: BackoffPolicy, failures: number, random: number): Backoff {
  const ceiling = Math.min(policy.maxDelayMs, grow(policy, Math.min(failures, MAX_STEPS)));
  switch (policy.jitter) {
    case 'full':
      return { delayMs: Math.floor(random * (ceiling + 1)), spread: `uniform between 0 and ${ceiling} ms` };
    case 'equal':
      return {
        delayMs: Math.ceil((ceiling * (1 + random)) / 2),
        spread: `uniform between ${ceiling / 2} and ${ceiling} ms`,
      };
    case 'none':
      return { delayMs: ceiling, spread: `${ceiling} ms` };
    default:
      return assertNever(policy.jitter, 'jitter');
  }
}

function grow({ strategy, initialDelayMs }: BackoffPolicy, failures: number): number {
  switch (strategy) {
    case 'exponential':
      return initialDelayMs * 2 ** (failures - 1);
    case 'linear':
      return initialDelayMs * failures;
    case 'fibonacci':
      return initialDelayMs * fibonacci(failures);
    case 'fixed':
      return initialDelayMs;
    default:
      return assertNever(strategy, 'retry strategy');
  }
}

function fibonacci(n: number): number {
  let [a, b] = [1, 1];
  for (let i = 1; i < n; i++) [a, b] = [b, a + b];
  return a;
}
