import type { GraphNode } from '../dag/graph';
import { nodeHash } from '../history/durations';
import { forgiveness } from '../history/quarantine';
import { LIMITS } from '../limits';
import { present } from '../model/present';
import type { NodeCompleted } from './events';
import type { JobInput } from './input';
import { evidenceOf } from './letters';

/**
 * The end of a node that is not tried again after a failure. Where known flakes alone have failed, or its graph allows
 * the failure, it counts as succeeded, with a warning; a quarantine that has expired counts, and the reason says so.
 * @param why it is not tried again.
 */
export function failedForGood(
  spec: GraphNode,
  input: Extract<JobInput, { type: 'attemptFailed' }>,
  why: string,
): { readonly type: 'node.completed'; readonly data: NodeCompleted } {
  const { nodeId, attempt, at, tests, failure, evidence, diagnosis } = input;
  const quarantines = evidence?.quarantines ?? [];
  const forgiven =
    quarantines.length === 0
      ? undefined
      : forgiveness({
          ...{ node: nodeHash(spec), quarantines, at },
          // A report proves what ran when the runner came to its end.
          tests: failure.kind === 'exit' ? tests : undefined,
        });
  const ending = { nodeId, attempts: attempt, why };
  const reason = failure.message;
  const last = present({ evidence: evidenceOf(diagnosis, tests) });
  if (spec.allowFailure && (!forgiven || 'expired' in forgiven)) {
    const warning = `failed, which its graph allows: ${reason}`.slice(0, LIMITS.messageLength);
    return { type: 'node.completed', data: { ...ending, outcome: 'succeeded', warning } };
  }
  if (!forgiven) return { type: 'node.completed', data: { ...ending, outcome: 'failed', reason, ...last } };
  if ('expired' in forgiven) {
    const told = `${forgiven.expired}: ${reason}`.slice(0, LIMITS.messageLength);
    return { type: 'node.completed', data: { ...ending, outcome: 'failed', reason: told, ...last } };
  }
  return { type: 'node.completed', data: { ...ending, outcome: 'succeeded', ...forgiven } };
}
