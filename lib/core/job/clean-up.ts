import type { GraphIndex } from '../dag/graph-index';
import type { ReadOnly } from '../model/read-only';
import type { JobState } from './state';

/**
 * Nodes that have run as they always do and stand behind these, near or far, with their items: what they cleaned up is
 * there again when these have run again. O(nodes + edges).
 * @param again indexes of the state's nodes.
 */
export function cleanUpBehind(
  index: GraphIndex,
  { nodes }: ReadOnly<JobState>,
  again: ReadonlySet<number>,
): number[] {
  const behind = new Set<number>();
  const open = [...again].map((i) => nodes[i]?.item?.parent ?? i);
  for (let i = open.pop(); i !== undefined; i = open.pop()) {
    for (const d of index.dependents[i] ?? []) {
      if (behind.has(d)) continue;
      behind.add(d);
      open.push(d);
    }
  }
  return [...behind].flatMap((i) => {
    const node = nodes[i];
    if (index.graph.nodes[i]?.trigger !== 'always' || node?.phase !== 'final') return [];
    const { first, total } = node.fanOut ?? { first: 0, total: 0 };
    return [i, ...Array.from({ length: total }, (_, k) => first + k)];
  });
}
