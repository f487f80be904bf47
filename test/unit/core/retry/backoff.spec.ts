import fc from 'fast-check';
import { BACKOFF_STRATEGIES, JITTERS, type RetryPolicy } from '../../../../lib/core/model/retry-policy';
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

  it('does not wait where there is no backoff', () => {
    expect(delays(policy({ strategy: 'none' }))).toEqual([0, 0, 0, 0, 0]);
  });

  it('goes through a list of delays, and repeats its last', () => {
    expect(delays(policy({ strategy: 'custom', delaysMs: [1, 20, 300] }))).toEqual([1, 20, 300, 300, 300]);
  });

  it('takes the value of an expression for seconds', () => {
    expect(delays(policy({ strategy: 'custom', delay: 'min(n ^ 2, 10)' }))).toEqual([
      1_000, 4_000, 9_000, 10_000, 10_000,
    ]);
    expect(backoff(policy({ strategy: 'custom', delay: '2 * previous' }), 2, 0.5, 3_000).delayMs).toBe(6_000);
  });

  it('decorrelated draws between its first delay and three times the last', () => {
    const decorrelated = policy({ strategy: 'decorrelated' });
    expect(backoff(decorrelated, 1, 0).delayMs).toBe(1_000);
    expect(backoff(decorrelated, 1, 0.999_999).delayMs).toBe(3_000);
    expect(backoff(decorrelated, 2, 0.5, 3_000)).toEqual({
      delayMs: 5_000,
      spread: 'uniform between 1000 and 9000 ms',
    });
    expect(backoff(decorrelated, 9, 0.999_999, 50_000).delayMs).toBe(60_000);
  });

  it('is within its cap and a whole number, whatever the policy', () => {
    const any = fc.record({
      strategy: fc.constantFrom(...BACKOFF_STRATEGIES),
      initialDelayMs: fc.nat(100_000),
      maxDelayMs: fc.nat(100_000),
      jitter: fc.constantFrom(...JITTERS),
      delaysMs: fc.array(fc.nat(200_000), { minLength: 1 }),
    });
    const expression = fc.option(fc.constantFrom('1 / 0', '0 / 0', '-5', '2 ^ n', 'previous * 9', '0.0001'), {
      nil: undefined,
    });
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        any,
        expression,
        fc.integer({ min: 1, max: 1_000 }),
        unit,
        fc.nat(200_000),
        (p, delay, n, r, before) => {
          const { delayMs } = backoff(delay === undefined ? p : { ...p, delay }, n, r, before);
          expect(Number.isInteger(delayMs)).toBe(true);
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(p.maxDelayMs);
        },
      ),
      { numRuns: 1_000 },
    );
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
