import type { GraphIndex } from '../../lib/core/dag/graph-index';
import { PRIOR_DURATION_MS } from '../../lib/core/dag/graph-index';

interface Busy {
  readonly start: number;
  readonly end: number;
}

/**
 * Makespan in milliseconds by HEFT as in the textbook (Topcuoglu, Hariri and Wu, "Performance-effective and
 * low-complexity task scheduling for heterogeneous computing", IEEE TPDS 13(3), 2002): nodes by upward rank, each
 * on the processor that ends it earliest, in a gap between nodes placed before if one is long enough. Alike
 * processors, free communication. O(nodes^2) in the worst case; for comparison only.
 */
export function heftMakespan({ graph, order, needs, dependents }: GraphIndex, processors: number): number {
  const cost = graph.nodes.map((node) => node.durationMs ?? PRIOR_DURATION_MS);
  const rank = cost.map(() => 0);
  for (const node of [...order].reverse()) {
    rank[node] = cost[node]! + Math.max(0, ...dependents[node]!.map((next) => rank[next]!));
  }
  // A stable sort of a topological order: a node of no duration stays after what it needs.
  const byRank = [...order].sort((a, b) => rank[b]! - rank[a]!);
  const timelines: Busy[][] = Array.from({ length: processors }, () => []);
  const end = cost.map(() => 0);
  for (const node of byRank) {
    const ready = Math.max(0, ...needs[node]!.map((need) => end[need]!));
    let best = { start: Number.POSITIVE_INFINITY, at: 0, timeline: timelines[0]! };
    for (const timeline of timelines) {
      const slot = earliestSlot(timeline, ready, cost[node]!);
      if (slot.start < best.start) best = { ...slot, timeline };
    }
    end[node] = best.start + cost[node]!;
    best.timeline.splice(best.at, 0, { start: best.start, end: end[node]! });
  }
  return Math.max(0, ...end);
}

function earliestSlot(timeline: readonly Busy[], ready: number, cost: number): { start: number; at: number } {
  // Gaps that end before the node is ready are of no use: begin behind the last entry that ends by then.
  let low = 0;
  let high = timeline.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeline[middle]!.end <= ready) low = middle + 1;
    else high = middle;
  }
  let start = ready;
  for (let at = low; at < timeline.length; at++) {
    if (timeline[at]!.start - start >= cost) return { start, at };
    start = Math.max(start, timeline[at]!.end);
  }
  return { start, at: timeline.length };
}
