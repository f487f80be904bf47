import { isRetryable, type RepriseError } from '../errors';
import type { Timing } from '../model/time';
import { type BackoffPolicy, backoff } from './backoff';

export interface RetryOptions extends Timing {
  readonly backoff: BackoffPolicy;
  /** Tries in all; without it, as many as fit before `until`. */
  readonly attempts?: number;
  /** No wait ends after it, milliseconds since the epoch. */
  readonly until?: number;
  /** Ends it with the error at hand. */
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: RepriseError, delayMs: number) => void;
}

/**
 * Repeats a call while it fails with an error that another try may mend (`isRetryable`). Waits at least as long as the
 * error asks for: `context.retryAfterMs`.
 */
export async function retrying<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, random, sleep, attempts = Infinity, until = Infinity, signal } = options;
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (!isRetryable(error) || failures >= attempts || signal?.aborted) throw error;
      const { delayMs } = backoff(options.backoff, failures, random());
      const asked = error.context['retryAfterMs'];
      const wait = Math.max(delayMs, typeof asked === 'number' ? asked : 0);
      if (clock() + wait > until) throw error;
      options.onRetry?.(error, wait);
      await sleep(wait, signal);
    }
  }
}
