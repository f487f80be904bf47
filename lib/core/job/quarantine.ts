import type { GraphNode } from '../dag/graph';
import { nodeHash } from '../history/durations';
import { forgiveness } from '../history/quarantine';
import { LIMITS } from '../limits';
import type { JobEvent } from './events';
import type { JobInput } from './input';
import { completed } from './settle';

/**
 * The end of a node that is not tried again after a failure. Where known flakes alone have failed it counts as succeeded,
 * with a warning; what has expired counts, and the reason says so.
 */
export function failedForGood(
  spec: GraphNode,
  input: Extract<JobInput, { type: 'attemptFailed' }>,
  reason: string,
): JobEvent {
  const { nodeId, attempt, at, tests, failure, evidence } = input;
  const quarantines = evidence?.quarantines ?? [];
  const forgiven =
    quarantines.length === 0
      ? undefined
      : forgiveness({
          ...{ node: nodeHash(spec), quarantines, at },
          // A report proves what ran when the runner came to its end.
          tests: failure.kind === 'exit' ? tests : undefined,
        });
  if (!forgiven) return completed(nodeId, 'failed', attempt, reason);
  if ('expired' in forgiven) {
    const why = `${forgiven.expired}: ${reason}`.slice(0, LIMITS.messageLength);
    return completed(nodeId, 'failed', attempt, why);
  }
  return {
    type: 'node.completed',
    data: { nodeId, outcome: 'succeeded', attempts: attempt, ...forgiven },
  };
}
