import { LIMITS } from '../limits';
import { OUTSIDE } from '../model/failure';
import type { RetryPolicy } from '../model/retry-policy';
import { type Backoff, backoff } from './backoff';
import { classOf, type RetryFacts } from './facts';

/** Of a `retry` that says neither how many attempts nor how patient: an outage of two minutes passes in the meantime. */
export const DEFAULT_PATIENCE_MS = 300_000;

/** Between attempts that are patience: uniform between half of it and all of it. So their number has a bound, too. */
const PATIENT_WAIT_MS = 60_000;

/** What undoes a node has so many attempts at least, whatever the node itself has: nobody else tidies up. */
const UNDO_ATTEMPTS = 5;

type Patient = Pick<
  RetryFacts,
  'policy' | 'diagnosis' | 'failures' | 'at' | 'last' | 'random' | 'retryAfterMs'
>;

/** Whether what failed is outside, and the policy waits that out for a while though all attempts have failed. */
export function isPatient({ policy, failures, diagnosis }: Patient): boolean {
  if (policy.patienceMs === undefined || failures < policy.maxAttempts) return false;
  return OUTSIDE.has(classOf({ diagnosis })) && failures < LIMITS.maxAttempts;
}

/** The wait before an attempt that is patience: whoever is not well is left alone for a while. */
export function patientWait({ policy, failures, random, last }: Patient): Backoff {
  const own = backoff(policy, failures, random, last?.delayMs);
  const patient = backoff(
    { strategy: 'fixed', initialDelayMs: PATIENT_WAIT_MS, maxDelayMs: PATIENT_WAIT_MS, jitter: 'equal' },
    failures,
    random,
  );
  return own.delayMs > patient.delayMs ? own : patient;
}

/** When what fails now failed first, milliseconds since the epoch. */
export function failingSince({ last, at }: Pick<RetryFacts, 'last' | 'at'>): number {
  return last?.failingSince ?? at;
}

/** How a node is undone: its own policy, with more attempts and more patience. */
export function undoPolicy(retry: RetryPolicy): RetryPolicy {
  const { maxAttempts, patienceMs = 0 } = retry;
  return {
    ...retry,
    maxAttempts: Math.max(maxAttempts, UNDO_ATTEMPTS),
    patienceMs: Math.max(patienceMs, DEFAULT_PATIENCE_MS),
  };
}
