import type { StrategyEffect } from '../../lib/core/history/evidence';
import type { Diagnosis, FailureClass } from '../../lib/core/model/failure';
import type { RetryPolicy } from '../../lib/core/model/retry-policy';
import type { RetryFacts } from '../../lib/core/retry/facts';

export const policyOf = (rest: Partial<RetryPolicy> = {}): RetryPolicy => ({
  strategy: 'exponential',
  initialDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxAttempts: 4,
  jitter: 'none',
  ...rest,
});

export const diagnosisOf = (failureClass: FailureClass, confidence = 0.97): Diagnosis => ({
  class: failureClass,
  confidence,
  signature: '0123456789abcdef',
  by: 'model',
  why: 'as the test says',
});

/** The first failure of a node whose policy is `policyOf()`, on worker `w1`. */
export const factsOf = (rest: Partial<RetryFacts> = {}): RetryFacts => ({
  policy: policyOf(),
  type: 'STANDARD',
  failures: 1,
  at: 10_000,
  since: 0,
  workerId: 'w1',
  resources: { slots: 1 },
  random: 0.5,
  ...rest,
});

export const effectOf = (
  strategy: string,
  resolved: number,
  attempts: number,
  rest: Partial<StrategyEffect> = {},
): StrategyEffect => ({
  class: 'network',
  strategy,
  attempts,
  resolved,
  waitedMs: attempts * 1_000,
  spentMs: attempts * 9_000,
  slotMs: attempts * 9_000,
  ...rest,
});
