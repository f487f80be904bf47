import type { NodeExplanation } from '../../contract/explanations';
import { present } from '../../core/model/present';
import type { ExplainedAttempt } from '../../core/projections/explained-attempts';
import type { Explanation } from '../../core/projections/explanation';
import { timeIfAny, timeOf } from './time';

/** The explanation of a node as the API shows it. */
export function explanationBody(jobId: string, nodeId: string, explanation: Explanation): NodeExplanation {
  const { attempts, requests, edits, outcome, reason, whyNotAgain, whyNotUndone } = explanation;
  return {
    ...{ job_id: jobId, node_id: nodeId },
    attempts: attempts.map(attemptBody),
    ...present({ outcome, reason, why_not_again: whyNotAgain, why_not_undone: whyNotUndone }),
    requests: requests.map(({ at, ...rest }) => ({ at: timeOf(at), ...rest })),
    ...present({ edits: edits.length > 0 ? edits.map(editBody) : undefined }),
  };
}

function editBody({ at, by, input: { run, parameters, timeoutMs } }: Explanation['edits'][number]) {
  const timeout_seconds = timeoutMs === undefined ? undefined : timeoutMs / 1_000;
  return {
    at: timeOf(at),
    by,
    ...present({ run, parameters: parameters && { ...parameters }, timeout_seconds }),
  };
}

function attemptBody(explained: ExplainedAttempt): NodeExplanation['attempts'][number] {
  const {
    attempt,
    compensates,
    given,
    workerId,
    startedAt,
    endedAt,
    end,
    failure,
    diagnosis,
    next,
    recovery,
  } = explained;
  return {
    attempt,
    ...present({
      compensates,
      given: given && { ...given },
      worker_id: workerId,
      started_at: timeIfAny(startedAt),
      ended_at: timeIfAny(endedAt),
      ...{ end, failure, diagnosis },
      next: next && nextBody(next),
      recovery: recovery && recoveryBody(recovery),
    }),
  };
}

function recoveryBody({ cause, strategy, why, end, durationMs }: NonNullable<ExplainedAttempt['recovery']>) {
  const took_seconds = durationMs === undefined ? undefined : durationMs / 1_000;
  return { cause, strategy, why, ...present({ end, took_seconds }) };
}

function nextBody({
  strategy,
  delayMs,
  dueAt,
  avoid,
  resources,
  why,
}: NonNullable<ExplainedAttempt['next']>) {
  const avoided = avoid && [...avoid];
  return {
    delay_seconds: delayMs / 1_000,
    due_at: timeOf(dueAt),
    why,
    ...present({ strategy, avoid: avoided, resources }),
  };
}
