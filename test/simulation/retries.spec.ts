import {
  againstAdversaries,
  BY_CLASS,
  FIXED,
  LEARNED,
  mixedLoad,
  simulate,
} from '../support/retry-simulation';

describe('under a mixed load, the learned selector', () => {
  const size = { seed: 7, failures: 6_000 };
  const learned = simulate(mixedLoad, LEARNED, size);
  const byClass = simulate(mixedLoad, BY_CLASS, size);

  it.each(FIXED)('loses less time to retries than one that does %s', (_, selector) => {
    expect(learned.lostMs).toBeLessThan(simulate(mixedLoad, selector, size).lostMs);
  });

  it('loses less than what the class alone leads to, which loses less than any fixed strategy', () => {
    expect(learned.lostMs).toBeLessThan(byClass.lostMs);
    for (const [, selector] of FIXED)
      expect(byClass.lostMs).toBeLessThan(simulate(mixedLoad, selector, size).lostMs);
  });

  it('resolves 95 of 100 failures that a retry can mend, and so does the class alone', () => {
    expect(byClass.resolved / byClass.retryable).toBeGreaterThanOrEqual(0.95);
    expect(learned.resolved / learned.retryable).toBeGreaterThanOrEqual(0.95);
  });
});

describe('under a load that is made to mislead it, the learned selector', () => {
  it.each(againstAdversaries({ seeds: 6, failures: 2_000 }))(
    'loses at most 5 % more than the class alone, where $name',
    ({ ratio }) => expect(ratio).toBeLessThanOrEqual(1.05),
  );
});
