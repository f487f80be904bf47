import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { RetryFacts } from '../retry/facts';
import { chooseStrategy } from '../retry/strategy';
import type { JobEvent } from './events';
import type { JobInput } from './input';
import type { JobNode } from './nodes';
import { failedForGood } from './quarantine';
import { exhausted } from './recovery';
import { rerunOf } from './rerun';
import { cancelReason, completed } from './settle';
import type { JobState } from './state';

type Failed = Extract<JobInput, { type: 'attemptFailed' }>;

/** What follows from an attempt that failed: another one, or the end of its node. */
export function failed(state: ReadOnly<JobState>, found: JobNode, input: Failed): JobEvent[] {
  const { node, spec } = found;
  const { nodeId, attempt, durationMs, failure, outputs, diagnosis, tests } = input;
  const data = { nodeId, attempt, durationMs, failure, ...present({ outputs, diagnosis, tests }) };
  const event: JobEvent = { type: 'attempt.failed', data };
  if (node.cancelRequested) return [event, completed(nodeId, 'cancelled', attempt, cancelReason(state))];
  const verdict = chooseStrategy(factsOf(state, found, input));
  if (!verdict.retry) {
    const ending = failedForGood(spec, input, verdict.why);
    const isForgiven = ending.data.outcome !== 'failed';
    return [event, ...(isForgiven ? [] : exhausted(found, input, verdict.why)), ending];
  }
  const { plan, why } = verdict;
  const next = { nodeId, attempt: attempt + 1, dueAt: input.at + plan.delayMs, ...plan, why };
  return [event, { type: 'node.retryScheduled', data: next }];
}

function factsOf(state: ReadOnly<JobState>, { node, spec }: JobNode, input: Failed): RetryFacts {
  const { attempt, at, random, failure, diagnosis, evidence, explore } = input;
  return {
    ...{ at, random, diagnosis, evidence, explore },
    policy: spec.retry,
    type: state.submitted?.jobType ?? 'STANDARD',
    // A batch cut short by a crash makes the same report decide again.
    failures: node.failures + (node.failedAttempt === attempt ? 0 : 1),
    since: node.since ?? at,
    last: node.retry,
    workerId: input.workerId ?? node.workerId,
    resources: { slots: spec.slots, ...spec.resources },
    dependencies: spec.dependencies,
    tests: rerunOf(input.tests),
    retryAfterMs: failure.retryAfterMs,
  };
}
