import type { GraphIndex } from '../dag/graph-index';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { skippedBelow } from './again';
import { cleanUpBehind } from './clean-up';
import type { JobEvent } from './events';
import type { JobInput } from './input';
import { type JobNode, jobNodes, nodeAt, nodeById } from './nodes';
import { isRollingBack } from './rollback-state';
import { dependencyResult, type JobState } from './state';

type Overrule = Extract<JobInput, { type: 'overrule' }>;

/**
 * A person says how a node that failed counts from now on. What was skipped because of it runs, and what its failure ended
 * with it, and what cleans up behind that; a job that had ended comes to a new end. Nothing follows in a job that was cancelled, or from what is no failure.
 */
export function overrule(index: GraphIndex, state: ReadOnly<JobState>, input: Overrule): JobEvent[] {
  const { nodeId, outcome, outputs, reason, by } = input;
  const found = nodeById(index, state, nodeId);
  const isGoing = state.status === 'running' || state.status === 'failed';
  if (!found || !isGoing || state.cancelReason !== undefined || isRollingBack(state)) return [];
  const { node } = found;
  // What a fan-out comes to, its items say.
  if (node.phase !== 'final' || node.outcome !== 'failed' || node.fanOut) return [];
  const nodes = runningAgain(index, state, found);
  const isEnded = isOver(state.status);
  const data = {
    nodeId,
    outcome,
    reason,
    by,
    ...present({ outputs: outcome === 'succeeded' ? outputs : undefined }),
  };
  return [
    // First, so that a batch which a crash cuts short is decided again.
    ...(isEnded || nodes.length > 0
      ? [{ type: 'job.resumed' as const, data: { nodes, reason, entered: true as const } }]
      : []),
    { type: 'node.overruled', data },
  ];
}

/** What runs again as a node does not count as failed any more, in the order of the graph. */
function runningAgain(index: GraphIndex, state: ReadOnly<JobState>, overruled: JobNode): string[] {
  const again = new Set<number>();
  const parent = overruled.node.item && nodeAt(index, state, overruled.node.item.parent);
  const open = [overruled];
  for (let node = open.pop(); node; node = open.pop()) {
    for (const i of skippedBelow(index, state, node)) {
      const below = nodeAt(index, state, i);
      if (again.has(i) || dependencyResult(below.node) !== 'failure') continue;
      again.add(i);
      open.push(below);
    }
  }
  if (state.failedFastBy === overruled.id) {
    state.nodes.forEach((node, i) => {
      if (node.phase === 'final' && node.outcome === 'cancelled') again.add(i);
    });
  }
  for (const i of cleanUpBehind(index, state, again)) again.add(i);
  // Of a fan-out that has its outcome, that is gathered again.
  if (parent?.node.phase === 'final') again.add(parent.i);
  return jobNodes(index, state)
    .filter(({ i }) => again.has(i))
    .map(({ id }) => id);
}
