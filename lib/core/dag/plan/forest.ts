import { contract, contraction, remainder, type Vertex } from './contract';
import type { Draft } from './structure';

interface Block {
  readonly vertices: readonly Vertex[];
  readonly before: readonly (readonly number[])[];
}

/** A block of which every vertex keeps one edge on one side, so that it is a forest: series-parallel by itself. */
export interface Forest {
  readonly before: readonly (readonly number[])[];
  /** Edges between nodes that are left out. */
  readonly cost: number;
}

/** The better of the two forests: each vertex after one other, or each vertex before one other. O(V + E). */
export function bestForest({ vertices, before }: Block): Forest {
  const weight = (from: number, to: number) => vertices[from]!.lasts * vertices[to]!.firsts;
  let total = 0;
  let kept = 0;
  let keptOut = 0;
  const heaviestOut = new Array<number>(before.length).fill(-1);
  const parents = before.map((list, vertex) => {
    let best = -1;
    for (const from of list) {
      total += weight(from, vertex);
      if (best < 0 || weight(from, vertex) > weight(best, vertex)) best = from;
      const out = heaviestOut[from]!;
      if (out < 0 || weight(from, vertex) > weight(from, out)) heaviestOut[from] = vertex;
    }
    if (best < 0) return [];
    kept += weight(best, vertex);
    return [best];
  });
  const incoming: number[][] = before.map(() => []);
  heaviestOut.forEach((to, from) => {
    if (to < 0) return;
    keptOut += weight(from, to);
    incoming[to]!.push(from);
  });
  return keptOut > kept
    ? { before: incoming, cost: total - keptOut }
    : { before: parents, cost: total - kept };
}

/** The structure of a block's forest. */
export function forestDraft(vertices: readonly Vertex[], forest: Forest): Draft {
  const graph = contraction(vertices, forest.before);
  contract(graph);
  return remainder(graph).vertices[0]!.draft;
}
