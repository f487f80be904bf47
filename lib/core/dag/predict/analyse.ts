import { type GraphIndex, PRIOR_DURATION_MS } from '../graph-index';
import { lowestFirst, pile } from './heap';

/** Times of a graph, milliseconds. Every node succeeds at its first attempt and takes its expected duration. */
export interface Timing {
  /** The longest path: no number of workers is quicker. */
  readonly criticalPathMs: number;
  /** Nodes of a longest path, in order. */
  readonly criticalPath: readonly number[];
  /** How much later than its earliest start a node may start without delaying the graph. */
  readonly slackMs: readonly number[];
}

export function durationOf(index: GraphIndex, node: number): number {
  return index.graph.nodes[node]?.durationMs ?? PRIOR_DURATION_MS;
}

/** O(nodes + edges). */
export function timing(index: GraphIndex): Timing {
  const { order, needs, dependents, rank } = index;
  const start = new Array<number>(order.length).fill(0);
  let criticalPathMs = 0;
  for (const node of order) {
    for (const need of needs[node]!)
      start[node] = Math.max(start[node]!, start[need]! + durationOf(index, need));
    criticalPathMs = Math.max(criticalPathMs, start[node]! + rank[node]!);
  }
  const slackMs = start.map((at, node) => criticalPathMs - at - rank[node]!);
  const path: number[] = [];
  const isNext = (node: number) => slackMs[node] === 0 && (path.length > 0 || start[node] === 0);
  let next = order.find(isNext);
  while (next !== undefined) {
    path.push(next);
    const end: number = start[next]! + durationOf(index, next);
    next = dependents[next]!.find((node) => slackMs[node] === 0 && start[node] === end);
  }
  return { criticalPathMs, criticalPath: path, slackMs };
}

/** What list scheduling makes of a graph. */
export interface Schedule {
  readonly makespanMs: number;
  /** Nodes that ran at the same time at most. */
  readonly peak: number;
}

/**
 * List scheduling by upward rank (Graham 1969, within 2 - 1/workers of the best): a free worker takes the
 * runnable node with the longest remaining path. One node per worker, whatever its slots and labels.
 * O((nodes + edges) log nodes).
 */
export function listSchedule(index: GraphIndex, workers: number): Schedule {
  const { order, needs, dependents, rank } = index;
  const left = Int32Array.from(needs, (list) => list.length);
  const end = new Float64Array(order.length);
  // With a worker for each node, who goes first does not matter.
  const ready = workers >= order.length ? pile() : lowestFirst(Float64Array.from(rank, (own) => -own));
  const running = lowestFirst(end);
  for (const node of order) if (left[node] === 0) ready.push(node);
  let now = 0;
  let peak = 0;
  for (;;) {
    while (running.size() < workers) {
      const node = ready.pop();
      if (node === undefined) break;
      end[node] = now + durationOf(index, node);
      running.push(node);
    }
    peak = Math.max(peak, running.size());
    const done = running.pop();
    if (done === undefined) return { makespanMs: now, peak };
    now = end[done]!;
    for (const next of dependents[done]!) {
      left[next] = left[next]! - 1;
      if (left[next] === 0) ready.push(next);
    }
  }
}
