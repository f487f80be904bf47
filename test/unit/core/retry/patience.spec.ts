import type { FailureClass } from '../../../../lib/core/model/failure';
import { DEFAULT_PATIENCE_MS, undoPolicy } from '../../../../lib/core/retry/patience';
import { chooseStrategy } from '../../../../lib/core/retry/strategy';
import { diagnosisOf, factsOf, policyOf } from '../../../support/retry-facts';

const policy = policyOf({ maxAttempts: 3, patienceMs: DEFAULT_PATIENCE_MS });

/** From the first failure on, all of a class, until it is given up: when each attempt failed, milliseconds. */
function failing(failureClass: FailureClass, random: number, tookMs = 500, of = policy): number[] {
  const times: number[] = [];
  let last: { delayMs: number } | undefined;
  for (let [at, failures] = [0, 1]; ; failures += 1) {
    times.push(at);
    if (failures > 100) throw new Error('it never ends');
    const diagnosis = diagnosisOf(failureClass);
    const verdict = chooseStrategy(factsOf({ policy: of, diagnosis, failures, at, random, last }));
    if (!verdict.retry) return times;
    last = verdict.plan;
    at += verdict.plan.delayMs + tookMs;
  }
}

describe('patience with what is outside', () => {
  it.each(['network', 'timeout', 'rate-limit', 'dependency'] as const)(
    'survives two minutes of %s, whatever is drawn, and is over after five',
    (failureClass) => {
      for (const random of [0, 0.5, 0.999]) {
        const times = failing(failureClass, random);
        expect(times.some((at) => at > 120_000)).toBe(true);
        expect(times.at(-1)).toBeLessThanOrEqual(DEFAULT_PATIENCE_MS + 500);
        expect(times.length).toBeLessThanOrEqual(3 + 10);
        expect(times.length).toBeGreaterThan(3);
      }
    },
  );

  it.each(['unknown', 'infrastructure', 'resource'] as const)(
    'is none with %s: its attempts are all it has',
    (failureClass) => {
      expect(failing(failureClass, 0.5)).toHaveLength(3);
    },
  );

  it('makes no node that takes long go on for longer: its attempts alone outlast the outage', () => {
    expect(failing('timeout', 0.5, 600_000)).toHaveLength(3);
  });

  it('leaves waits alone that are longer by the policy, and none where nobody has patience', () => {
    const slow = policyOf({ ...policy, initialDelayMs: 90_000, maxDelayMs: 90_000 });
    const facts = factsOf({ policy: slow, failures: 3, diagnosis: diagnosisOf('network') });
    expect(chooseStrategy(facts)).toMatchObject({ plan: { delayMs: 90_000 } });
    expect(failing('network', 0.5, 500, policyOf({ maxAttempts: 3 }))).toHaveLength(3);
  });

  it('says what it waits out, since when, and why it is over', () => {
    const diagnosis = diagnosisOf('dependency');
    const facts = factsOf({ policy, diagnosis, failures: 4, at: 50_000, random: 0 });
    const last = { delayMs: 30_000, failingSince: 10_000 };
    const verdict = chooseStrategy({ ...facts, last });
    expect(verdict).toMatchObject({ plan: { delayMs: 30_000, failingSince: 10_000 } });
    expect(verdict.why).toContain(
      'failure 4, past its 3 attempts, of what is waited out: uniform between 30000 and 60000 ms',
    );
    expect(chooseStrategy({ ...facts, last, at: 280_001 })).toEqual({
      retry: false,
      why: 'all 3 attempts failed, and the next would begin 300001 ms after the first failure: its patience is 300000 ms',
    });
  });

  it('is bounded by the time that a policy gives its retries, too', () => {
    const of = policyOf({ ...policy, maxTimeMs: 60_000 });
    expect(failing('dependency', 0.5, 500, of).at(-1)).toBeLessThanOrEqual(60_500);
  });
});

describe('what undoes a node', () => {
  it('has five attempts and five minutes of patience at least, and all else of its node', () => {
    expect(undoPolicy(policyOf({ maxAttempts: 1, jitter: 'full' }))).toEqual(
      policyOf({ maxAttempts: 5, jitter: 'full', patienceMs: 300_000 }),
    );
    const more = policyOf({ maxAttempts: 9, patienceMs: 3_600_000 });
    expect(undoPolicy(more)).toEqual(more);
  });
});
