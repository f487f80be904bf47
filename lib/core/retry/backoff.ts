import type { RetryPolicy } from '../dag/graph';
import { assertNever } from '../errors';

/** Why a retry waits as long as it does: the delay and the sentence that explains it. */
export interface Backoff {
  readonly delayMs: number;
  readonly why: string;
}

/**
 * The wait before the next attempt. Full jitter spreads retries over the whole window, which empties a
 * contended service soonest: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param failures failed attempts so far, at least 1.
 * @param random uniform in [0, 1).
 */
export function backoff(policy: RetryPolicy, failures: number, random: number): Backoff {
  const ceiling = Math.min(policy.maxDelayMs, grow(policy, failures));
  const delayMs = policy.jitter === 'full' ? Math.floor(random * (ceiling + 1)) : ceiling;
  const spread = policy.jitter === 'full' ? `uniform between 0 and ${ceiling} ms` : `${ceiling} ms`;
  return {
    delayMs,
    why: `${policy.strategy}, failure ${failures} of ${policy.maxAttempts} attempts: ${spread}`,
  };
}

function grow({ strategy, initialDelayMs }: RetryPolicy, failures: number): number {
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
