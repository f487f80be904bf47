import { contract, contraction, type Order, remainder } from './contract';
import { type Neighbours, reversed } from './neighbours';
import type { Draft } from './structure';

/** An order of which every vertex keeps one edge on one side, so that it is a forest: series-parallel by itself. */
export interface Forest {
  /** On which side, and the vertex at the other end; -1 for none. */
  readonly keeps: 'before' | 'after';
  readonly end: Int32Array;
  /** Edges between nodes that are left out. */
  readonly cost: number;
}

/** The better of the two forests: each vertex after one other, or each vertex before one other. O(V + E). */
export function bestForest({ drafts, firsts, lasts, before: { start, list } }: Order): Forest {
  const size = drafts.length;
  const parent = new Int32Array(size).fill(-1);
  const child = new Int32Array(size).fill(-1);
  const parentWeight = new Float64Array(size);
  const childWeight = new Float64Array(size);
  let total = 0;
  for (let vertex = 0; vertex < size; vertex++) {
    for (let k = start[vertex]!; k < start[vertex + 1]!; k++) {
      const from = list[k]!;
      const weight = lasts[from]! * firsts[vertex]!;
      total += weight;
      if (weight > parentWeight[vertex]!) {
        parentWeight[vertex] = weight;
        parent[vertex] = from;
      }
      if (weight > childWeight[from]!) {
        childWeight[from] = weight;
        child[from] = vertex;
      }
    }
  }
  const before = parentWeight.reduce((sum, weight) => sum + weight, 0);
  const after = childWeight.reduce((sum, weight) => sum + weight, 0);
  return after > before
    ? { keeps: 'after', end: child, cost: total - after }
    : { keeps: 'before', end: parent, cost: total - before };
}

/** The structure of an order's forest. */
export function forestDraft(order: Order, { keeps, end }: Forest): Draft {
  const kept = single(end);
  const graph = contraction({ ...order, before: keeps === 'before' ? kept : reversed(kept) });
  contract(graph);
  return remainder(graph).drafts[0]!;
}

function single(end: Int32Array): Neighbours {
  const start = new Int32Array(end.length + 1);
  end.forEach((vertex, v) => {
    start[v + 1] = start[v]! + (vertex < 0 ? 0 : 1);
  });
  return { start, list: end.filter((vertex) => vertex >= 0) };
}
