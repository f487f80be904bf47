import fc from 'fast-check';
import { FAILURE_CLASSES, type FailureClass, OUTSIDE } from '../../../../lib/core/model/failure';
import { JOB_TYPES } from '../../../../lib/core/model/job-type';
import { BACKOFF_STRATEGIES, JITTERS } from '../../../../lib/core/model/retry-policy';
import type { RetryFacts } from '../../../../lib/core/retry/facts';
import { chooseStrategy } from '../../../../lib/core/retry/strategy';
import { diagnosisOf, effectOf, factsOf, policyOf } from '../../../support/retry-facts';

const decide = (rest: Partial<RetryFacts> = {}) => chooseStrategy(factsOf(rest));
const after = (failureClass: FailureClass, rest: Partial<RetryFacts> = {}) =>
  decide({ diagnosis: diagnosisOf(failureClass), ...rest });
const strategyAfter = (failureClass: FailureClass, rest: Partial<RetryFacts> = {}) => {
  const verdict = after(failureClass, rest);
  return verdict.retry ? verdict.plan.strategy : 'none';
};

describe('a failure of a class', () => {
  it.each([
    ['network', 'again'],
    ['timeout', 'again'],
    ['rate-limit', 'again'],
    ['dependency', 'again'],
    ['infrastructure', 'elsewhere'],
    ['resource', 'elsewhere'],
    ['assertion', 'none'],
    ['test-code', 'none'],
    ['configuration', 'none'],
    ['auth', 'none'],
    ['unknown', 'again'],
  ] as const)('%s leads to %s', (failureClass, strategy) => {
    expect(strategyAfter(failureClass)).toBe(strategy);
  });

  it('that nobody gave is tried again by the policy alone', () => {
    expect(decide()).toEqual({
      retry: true,
      plan: { strategy: 'again', delayMs: 1_000 },
      why: 'exponential, failure 1 of 4 attempts: 1000 ms',
    });
  });

  it('that a retry does not mend says so', () => {
    expect(after('assertion')).toEqual({
      retry: false,
      why: 'assertion (97 %); a retry does not mend an assertion that does not hold',
    });
  });
});

describe('a class that a retry does not mend', () => {
  it('is tried again while it is not sure enough, and the more a job matters the surer it must be', () => {
    const tried = JOB_TYPES.map((type) =>
      [0.5, 0.7, 0.9, 0.99].map(
        (confidence) => decide({ type, diagnosis: diagnosisOf('assertion', confidence) }).retry,
      ),
    );
    expect(tried).toEqual([
      [true, true, true, false],
      [true, true, false, false],
      [true, false, false, false],
    ]);
  });

  it('is tried again with its failed tests, where some passed', () => {
    const tests = ['adds', 'removes'].map((title) => ({ runner: 'jest', suites: ['cart'], title }));
    const verdict = after('assertion', { tests });
    expect(verdict).toMatchObject({ retry: true, plan: { strategy: 'tests', tests } });
    expect(verdict.why).toContain('only the 2 tests that failed');
    const elsewhere = after('infrastructure', { tests: tests.slice(1), workerId: 'w1' });
    expect(elsewhere).toMatchObject({ plan: { strategy: 'elsewhere', tests: tests.slice(1) } });
  });

  it('is tried again where the node is known to be flaky, or retries of this failure have helped', () => {
    const flake = { verdict: 'flaky', attempts: 50, failures: 10, rate: 0.2, low: 0.1, high: 0.33 } as const;
    const helped = effectOf('again', 8, 10, { class: 'assertion' });
    expect(after('assertion', { evidence: { ofSignature: [], flake } }).why).toContain(
      'fails in 10 % to 33 %',
    );
    expect(after('assertion', { evidence: { ofSignature: [helped] } }).why).toContain(
      '8 of 10 retries of this failure',
    );
    const seldom = { ...helped, resolved: 1 };
    expect(strategyAfter('assertion', { evidence: { ofSignature: [seldom] } })).toBe('none');
    // What helped after failures of another class says nothing of this one.
    expect(strategyAfter('assertion', { evidence: { ofSignature: [effectOf('again', 8, 10)] } })).toBe(
      'none',
    );
  });

  it('is tried again where the policy says so', () => {
    expect(strategyAfter('assertion', { policy: policyOf({ on: 'any' }) })).toBe('again');
    expect(strategyAfter('assertion', { policy: policyOf({ on: ['assertion'] }) })).toBe('again');
  });
});

describe('a policy that lists classes', () => {
  it('tries again after these only', () => {
    const policy = policyOf({ on: ['network', 'unknown'] });
    expect(strategyAfter('network', { policy })).toBe('again');
    expect(after('timeout', { policy })).toEqual({
      retry: false,
      why: 'timeout (97 %); retry.on does not list timeout',
    });
    expect(decide({ policy })).toMatchObject({ retry: true });
  });
});

describe('a retry elsewhere', () => {
  it('avoids every worker that the node has failed on so, and says which', () => {
    const last = { strategy: 'elsewhere', delayMs: 1_000, avoid: ['w0'] } as const;
    const verdict = after('infrastructure', { last });
    expect(verdict).toMatchObject({ plan: { avoid: ['w0', 'w1'] } });
    expect(verdict.why).toContain('on another worker than w1');
  });

  it('is one again where nobody knows where the attempt ran', () => {
    expect(strategyAfter('infrastructure', { workerId: undefined })).toBe('again');
  });

  it('is over once another class of failure shows up', () => {
    const last = { strategy: 'elsewhere', delayMs: 1_000, avoid: ['w0'] } as const;
    expect(after('network', { last })).toMatchObject({ plan: { strategy: 'again' } });
    expect(after('network', { last })).not.toHaveProperty('plan.avoid');
  });
});

describe('a retry with more', () => {
  const policy = policyOf({ bigger: { factor: 2, most: { slots: 3, memory: 8_000 } } });
  const resources = { slots: 1, memory: 3_000, licences: 1 };

  it('asks for a multiple, up to what the policy allows', () => {
    const first = after('resource', { policy, resources });
    expect(first).toMatchObject({
      plan: { strategy: 'bigger', resources: { slots: 2, memory: 6_000, licences: 1 } },
    });
    expect(first.why).toContain('with slots 2, memory 6000, licences 1');
    const second = after('resource', {
      policy,
      resources,
      failures: 2,
      last: first.retry ? first.plan : undefined,
    });
    expect(second).toMatchObject({ plan: { resources: { slots: 3, memory: 8_000, licences: 1 } } });
  });

  it('goes elsewhere when it has all that it may have, and keeps it', () => {
    const most = { slots: 3, memory: 8_000, licences: 1 };
    const verdict = after('resource', { policy, resources, last: { delayMs: 1, resources: most } });
    expect(verdict).toMatchObject({ plan: { strategy: 'elsewhere', resources: most } });
    expect(after('network', { policy, resources, last: { delayMs: 1, resources: most } })).toMatchObject({
      plan: { strategy: 'again', resources: most },
    });
  });
});

describe('a dependency that broke', () => {
  it('is waited for where the node names it', () => {
    const verdict = after('dependency', { dependencies: ['payments'] });
    expect(verdict).toMatchObject({ plan: { strategy: 'wait' } });
    expect(verdict.why).toContain('when payments can be called');
  });
});

describe('the wait', () => {
  it('is as long as the failure asks for, beyond the cap of the policy', () => {
    const verdict = after('rate-limit', { retryAfterMs: 90_000 });
    expect(verdict).toMatchObject({ plan: { delayMs: 90_000 } });
    expect(verdict.why).toContain('it asked for 90000 ms');
    expect(after('rate-limit', { retryAfterMs: 10 })).toMatchObject({ plan: { delayMs: 1_000 } });
  });

  it('is longer after a rate limit, and never none, where the policy leaves it open', () => {
    const policy = policyOf({ jitter: 'full' });
    const delays = [0, 0.999].map((random) => {
      const verdict = after('rate-limit', { policy, random });
      return verdict.retry ? verdict.plan.delayMs : undefined;
    });
    expect(delays).toEqual([1_000, 1_999]);
    // Who writes a delay means it.
    expect(after('rate-limit')).toMatchObject({ plan: { delayMs: 1_000 } });
  });

  it('grows from the one before where the backoff does', () => {
    const policy = policyOf({ strategy: 'decorrelated' });
    expect(decide({ policy, failures: 2, random: 0.999_999, last: { delayMs: 3_000 } })).toMatchObject({
      plan: { delayMs: 9_000 },
    });
  });
});

describe('a budget', () => {
  it('in attempts ends with the last of them', () => {
    expect(decide({ failures: 4 })).toEqual({ retry: false, why: 'all 4 attempts failed' });
    expect(decide({ policy: policyOf({ maxAttempts: 1 }) })).toEqual({
      retry: false,
      why: 'one attempt is all it has',
    });
  });

  it('in time ends before an attempt that would begin after it', () => {
    const policy = policyOf({ maxTimeMs: 11_000 });
    expect(decide({ policy, at: 10_000 })).toMatchObject({ retry: true });
    expect(decide({ policy, at: 10_001 })).toEqual({
      retry: false,
      why: 'the next attempt would begin 11001 ms after the first, and maxTime is 11000 ms',
    });
  });
});

describe('learning', () => {
  const evidence = { ofSignature: [effectOf('again', 2, 60), effectOf('elsewhere', 40, 42)] };

  it('is off unless it is asked for', () => {
    expect(strategyAfter('network', { evidence })).toBe('again');
  });

  it('takes what has helped more, and says so', () => {
    const verdict = after('network', { evidence, explore: 0.05 });
    expect(verdict).toMatchObject({ plan: { strategy: 'elsewhere', avoid: ['w1'] } });
    expect(verdict.why).toContain('elsewhere has helped in 40 of 42');
  });

  it('gives up what nothing has mended, once that has been tried', () => {
    const hopeless = { ofSignature: [effectOf('again', 0, 90), effectOf('elsewhere', 0, 9)] };
    expect(after('network', { evidence: hopeless, explore: 0.05 })).toMatchObject({ retry: true });
    expect(after('network', { evidence: hopeless, explore: 0.05, failures: 2 })).toEqual({
      retry: false,
      why: 'network (97 %); 0 of 99 retries of this failure have helped',
    });
  });

  it('does not lead a node astray twice in the same way', () => {
    const last = { strategy: 'elsewhere', delayMs: 1, avoid: ['w0'] } as const;
    expect(strategyAfter('network', { evidence, explore: 0.05, last })).toBe('again');
  });
});

describe('whatever the facts', () => {
  const facts: fc.Arbitrary<RetryFacts> = fc.record({
    policy: fc
      .record({
        strategy: fc.constantFrom(...BACKOFF_STRATEGIES),
        jitter: fc.constantFrom(...JITTERS),
        initialDelayMs: fc.nat(10_000),
        maxDelayMs: fc.nat(100_000),
        maxAttempts: fc.integer({ min: 1, max: 6 }),
        delaysMs: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 3 }),
        patience: fc.option(fc.nat(400_000), { nil: undefined }),
      })
      .map(({ patience, ...policy }) => ({
        ...policy,
        ...(patience === undefined ? {} : { patienceMs: patience }),
        ...{ maxTimeMs: 500_000, bigger: { factor: 1.5, most: { slots: 5 } } },
      })),
    type: fc.constantFrom(...JOB_TYPES),
    diagnosis: fc.option(
      fc
        .tuple(fc.constantFrom(...FAILURE_CLASSES), fc.double({ min: 0, max: 1, noNaN: true }))
        .map((of) => diagnosisOf(...of)),
      { nil: undefined },
    ),
    evidence: fc
      .array(fc.tuple(fc.constantFrom('again', 'elsewhere', 'bigger'), fc.nat(50), fc.nat(50)))
      .map((rows) => ({
        ofSignature: rows.map(([strategy, a, b]) => effectOf(strategy, Math.min(a, b), Math.max(a, b, 1))),
      })),
    failures: fc.integer({ min: 1, max: 8 }),
    at: fc.nat(600_000),
    since: fc.constant(0),
    last: fc.option(fc.record({ delayMs: fc.nat(60_000), failingSince: fc.constant(0) }), { nil: undefined }),
    workerId: fc.option(fc.constant('w1'), { nil: undefined }),
    resources: fc.constant({ slots: 2 }),
    retryAfterMs: fc.option(fc.nat(100_000), { nil: undefined }),
    tests: fc.option(fc.constant([{ runner: 'jest', suites: [], title: 'adds' }]), { nil: undefined }),
    explore: fc.option(fc.double({ min: 0, max: 0.5, noNaN: true }), { nil: undefined }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  it('stays within attempts, time and resources, decides the same again, and says why', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const verdict = chooseStrategy(given);
        expect(chooseStrategy(given)).toEqual(verdict);
        expect(verdict.why).not.toBe('');
        if (!verdict.retry) return;
        const { delayMs, resources, avoid } = verdict.plan;
        const { failures, policy, diagnosis, at } = given;
        if (failures >= policy.maxAttempts) {
          expect(OUTSIDE).toContain(diagnosis?.class);
          expect(delayMs).toBeGreaterThanOrEqual(30_000);
          expect(at + delayMs - (given.last?.failingSince ?? at)).toBeLessThanOrEqual(policy.patienceMs ?? 0);
        }
        expect(given.at + delayMs).toBeLessThanOrEqual(500_000);
        expect(delayMs).toBeGreaterThanOrEqual(given.retryAfterMs ?? 0);
        expect(resources?.['slots'] ?? 2).toBeLessThanOrEqual(5);
        if (avoid) expect(avoid).toContain('w1');
      }),
      { numRuns: 2_000 },
    );
  });
});
