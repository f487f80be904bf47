import type { RetryPolicy } from '../../../../lib/core/model/retry-policy';
import { type BackoffPolicy, backoff } from '../../../../lib/core/retry/backoff';

const policy = (rest: Partial<RetryPolicy> = {}): RetryPolicy => ({
  strategy: 'exponential',
  initialDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxAttempts: 9,
  jitter: 'none',
  ...rest,
});
const delays = (p: RetryPolicy) => [1, 2, 3, 4, 5].map((failures) => backoff(p, failures, 0.5).delayMs);

describe('backoff', () => {
  it('grows as its strategy says', () => {
    expect(delays(policy())).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(delays(policy({ strategy: 'linear' }))).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(delays(policy({ strategy: 'fibonacci' }))).toEqual([1_000, 1_000, 2_000, 3_000, 5_000]);
    expect(delays(policy({ strategy: 'fixed' }))).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
  });

  it('never waits longer than its cap, however many failures came before', () => {
    expect(backoff(policy({ maxDelayMs: 5_000 }), 4, 0.5).delayMs).toBe(5_000);
    expect(backoff(policy(), 2_000, 0.5).delayMs).toBe(60_000);
  });

  it('with full jitter spreads over the whole window, both ends included', () => {
    const full = policy({ jitter: 'full' });
    expect(backoff(full, 1, 0).delayMs).toBe(0);
    expect(backoff(full, 1, 0.5).delayMs).toBe(500);
    expect(backoff(full, 1, 0.999_999).delayMs).toBe(1_000);
  });

  it('with equal jitter waits at least half of it', () => {
    const equal: BackoffPolicy = { ...policy(), jitter: 'equal' };
    expect(backoff(equal, 1, 0).delayMs).toBe(500);
    expect(backoff(equal, 1, 0.999_999).delayMs).toBe(1_000);
  });

  it('says what the delay was drawn from', () => {
    expect(backoff(policy({ jitter: 'full' }), 2, 0.1).spread).toBe('uniform between 0 and 2000 ms');
    expect(backoff({ ...policy(), jitter: 'equal' }, 2, 0.1).spread).toBe('uniform between 1000 and 2000 ms');
    expect(backoff(policy(), 2, 0.1).spread).toBe('2000 ms');
  });
});
