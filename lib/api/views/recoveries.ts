import type { JobRecoveries, JobRetries } from '../../contract/recoveries';
import { present } from '../../core/model/present';
import type { ReadOnly } from '../../core/model/read-only';
import type { RetryPolicy } from '../../core/model/retry-policy';
import type { Recovery } from '../../core/projections/recovered';
import type { Retried, RetriedNode } from '../../core/projections/retried';
import { timeIfAny, timeOf } from './time';

const secondsOf = (ms: number): number => ms / 1_000;

/** What retries of a job came to as a whole. */
export function retryTotals({ nodes }: Retried): JobRetries['totals'] {
  const again = nodes.filter(({ retries }) => retries > 0);
  const sum = (of: (node: RetriedNode) => number) => nodes.reduce((all, node) => all + of(node), 0);
  return {
    nodes: nodes.length,
    retries: sum(({ retries }) => retries),
    mended: again.filter(({ outcome }) => outcome === 'succeeded').length,
    given_up: again.filter(({ outcome }) => outcome === 'failed').length,
    waited_seconds: secondsOf(sum(({ waitedMs }) => waitedMs)),
    spent_seconds: secondsOf(sum(({ spentMs }) => spentMs)),
  };
}

/** @param policy of a node that the graph has. */
export function retriedNodeBody(
  node: RetriedNode,
  policy?: ReadOnly<RetryPolicy>,
): JobRetries['nodes'][number] {
  const { nodeId, outcome, attempts, failed, lost, retries, classes, strategies, whyNotAgain } = node;
  return {
    ...{ node_id: nodeId, attempts, failed, lost, retries },
    ...{ waited_seconds: secondsOf(node.waitedMs), spent_seconds: secondsOf(node.spentMs) },
    ...{ classes: [...classes], strategies: [...strategies] },
    ...present({ outcome, why_not_again: whyNotAgain, policy: policy && policyBody(policy) }),
  };
}

function policyBody({
  strategy,
  maxAttempts,
  initialDelayMs,
  maxDelayMs,
  jitter,
  on,
}: ReadOnly<RetryPolicy>) {
  return {
    ...{ strategy, jitter, max_attempts: maxAttempts },
    ...{ initial_delay_seconds: secondsOf(initialDelayMs), max_delay_seconds: secondsOf(maxDelayMs) },
    ...present({ on: typeof on === 'object' ? [...on] : on }),
  };
}

type Status = JobRecoveries['recoveries'][number]['status'];

export const statusOf = ({ end }: Recovery): Status => end ?? 'open';

export function recoveryTotals(recoveries: readonly Recovery[]): JobRecoveries['totals'] {
  const totals = { open: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const recovery of recoveries) totals[statusOf(recovery)] += 1;
  return totals;
}

export function recoveryBody(recovery: Recovery): JobRecoveries['recoveries'][number] {
  const { recoveryId, nodeId, attempt, cause, strategy, workerId, why, times, startedAt } = recovery;
  const { endedAt, tookMs } = recovery;
  return {
    ...{ recovery_id: recoveryId, cause, strategy, status: statusOf(recovery), why, times },
    started_at: timeOf(startedAt),
    ...present({
      ...{ node_id: nodeId, attempt, worker_id: workerId, ended_at: timeIfAny(endedAt) },
      took_seconds: tookMs === undefined ? undefined : secondsOf(tookMs),
    }),
  };
}
