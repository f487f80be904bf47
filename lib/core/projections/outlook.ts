import { type GraphIndex, PRIOR_DURATION_MS } from '../dag/graph-index';
import { type JobNode, jobNodes } from '../job/nodes';
import { isRollingBack } from '../job/rollback-state';
import type { JobState } from '../job/state';
import { isOver } from '../model/outcome';
import type { ReadOnly } from '../model/read-only';

/** What is known of a job that runs, and what can be expected of it. */
export interface Outlook {
  /** Share of the expected work that is done, 0 to 100. */
  readonly progressPercentage: number;
  /** Ids of the nodes that run now, or are being undone. */
  readonly currentNodes: readonly string[];
  /** When the job will be over if nothing fails, milliseconds since the epoch; undefined once it is, and while it is undone. */
  readonly estimatedCompletionAt?: number;
}

export interface Capacity {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Slots of the workers that this job can count on. */
  readonly slots: number;
}

/**
 * A job cannot end before its longest remaining path has, nor before its remaining work has passed through the slots
 * there are: the later of the two is the estimate. O(nodes).
 */
export function outlookOf(index: GraphIndex, state: ReadOnly<JobState>, { now, slots }: Capacity): Outlook {
  let [done, left, longest] = [0, 0, 0];
  const currentNodes: string[] = [];
  for (const each of jobNodes(index, state)) {
    // The work of a fan-out is that of its items.
    if (each.node.phase === 'expanded' || (each.node.fanOut && each.node.phase === 'final')) continue;
    const expected = each.spec.durationMs ?? PRIOR_DURATION_MS;
    const isUndone = state.rollback?.steps.get(each.i)?.phase === 'running';
    if (each.node.phase === 'running' || isUndone) currentNodes.push(each.id);
    const past = pastOf(each, expected, now);
    done += past * each.spec.slots;
    if (each.node.phase === 'final') continue;
    left += (expected - past) * each.spec.slots;
    longest = Math.max(longest, (index.rank[each.node.item?.parent ?? each.i] ?? expected) - past);
  }
  const total = done + left;
  const progressPercentage = total === 0 ? 100 : Math.floor((done / total) * 1_000) / 10;
  if (isOver(state.status) || isRollingBack(state)) return { progressPercentage, currentNodes };
  const estimatedCompletionAt = Math.ceil(now + Math.max(longest, left / Math.max(1, slots)));
  return { progressPercentage, currentNodes, estimatedCompletionAt };
}

/** How much of its expected duration a node has behind it. */
function pastOf({ node }: JobNode, expected: number, now: number): number {
  if (node.phase === 'final') return expected;
  if (node.phase !== 'running') return 0;
  if (node.percentage !== undefined) return (expected * node.percentage) / 100;
  // A node that takes longer than expected is about to end, as far as anybody knows.
  return Math.min(expected, Math.max(0, now - (node.startedAt ?? now)));
}
