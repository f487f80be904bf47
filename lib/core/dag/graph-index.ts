import { RepriseError } from '../errors';
import type { Graph, GraphNode } from './graph';

/** Assumed for a node without a known duration, in milliseconds. */
export const PRIOR_DURATION_MS = 30_000;

/** A graph with its adjacency as indexes into `graph.nodes`. Built once per graph hash, shared, never changed. */
export interface GraphIndex {
  readonly graph: Graph;
  /** SHA-256 in hex of the canonical graph. */
  readonly hash: string;
  readonly indexOf: ReadonlyMap<string, number>;
  readonly needs: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  /** Indexes in an order in which every node stands after all it needs. */
  readonly order: readonly number[];
  /** Upward rank: the longest remaining path from the start of a node to the end of the graph, milliseconds. */
  readonly rank: readonly number[];
}

/**
 * O(nodes + edges). Expects a validated graph.
 * @throws RepriseError GRAPH_UNKNOWN_DEPENDENCY or GRAPH_CYCLE when it was not.
 */
export function indexGraph(graph: Graph, hash: string): GraphIndex {
  const indexOf = new Map(graph.nodes.map((node, i) => [node.id, i]));
  const needs = graph.nodes.map((node) => node.needs.map((id) => dependency(indexOf, node, id)));
  const dependents: number[][] = graph.nodes.map(() => []);
  needs.forEach((list, i) => {
    for (const need of list) dependents[need]?.push(i);
  });
  const order = kahn(needs, dependents);
  if (order.length < graph.nodes.length) {
    throw new RepriseError('GRAPH_CYCLE', 'the dependencies form a cycle: validate the graph first');
  }
  const rank: number[] = new Array(graph.nodes.length).fill(0);
  for (let k = order.length - 1; k >= 0; k--) {
    const i = order[k] as number;
    let longest = 0;
    for (const d of dependents[i] ?? []) longest = Math.max(longest, rank[d] ?? 0);
    rank[i] = longest + (graph.nodes[i]?.durationMs ?? PRIOR_DURATION_MS);
  }
  // A list that has grown has room for more than it will ever hold.
  return { graph, hash, indexOf, needs, dependents: dependents.map((list) => list.slice()), order, rank };
}

function dependency(indexOf: ReadonlyMap<string, number>, node: GraphNode, id: string): number {
  const index = indexOf.get(id);
  if (index === undefined) {
    throw new RepriseError('GRAPH_UNKNOWN_DEPENDENCY', `node ${node.id} needs ${id}, which does not exist`);
  }
  return index;
}

/** Kahn's topological sort; nodes on a cycle are missing from the answer. */
function kahn(needs: readonly (readonly number[])[], dependents: readonly (readonly number[])[]): number[] {
  const left = needs.map((list) => list.length);
  const order = left.flatMap((count, i) => (count === 0 ? [i] : []));
  for (let head = 0; head < order.length; head++) {
    for (const d of dependents[order[head] as number] ?? []) {
      left[d] = (left[d] ?? 0) - 1;
      if (left[d] === 0) order.push(d);
    }
  }
  return order;
}
