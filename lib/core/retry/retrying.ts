import { isRepriseError } from '../errors';
import type { Clock, Random } from '../ports/stores';
import { backoff } from './backoff';

export interface RetryOptions {
  /** How long to go on after the first failure, milliseconds. */
  readonly forMs: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onRetry?: (error: Error, delayMs: number) => void;
}

/** Full jitter up to 10 s: an engine that comes back is not met by all its callers in the same second. */
const POLICY = {
  strategy: 'exponential',
  initialDelayMs: 200,
  maxDelayMs: 10_000,
  maxAttempts: Number.POSITIVE_INFINITY,
  jitter: 'full',
} as const;
/** Past it, doubling is beyond the longest delay anyway; without a bound the power overflows. */
const MAX_DOUBLINGS = 10;

/** Repeats a call while it fails with a retryable error. Waits at least as long as the answer asked for. */
export async function retrying<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock = Date.now, random = Math.random, sleep = pause, signal } = options;
  const end = clock() + options.forMs;
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (!isRepriseError(error) || error.disposition !== 'retryable' || signal?.aborted) throw error;
      const { delayMs } = backoff(POLICY, Math.min(failures, MAX_DOUBLINGS), random());
      const asked = error.context['retryAfterMs'];
      const wait = Math.max(delayMs, typeof asked === 'number' ? asked : 0);
      if (clock() + wait > end) throw error;
      options.onRetry?.(error, wait);
      await sleep(wait, signal);
    }
  }
}

/** Resolves early, and not as an error, when the signal is given. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done);
  });
}
