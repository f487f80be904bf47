import type { Adjacency } from './layers';

/**
 * A graph in which every edge leads from one column to the next: a longer one passes through a bend in each column
 * between. The first vertices are the nodes, by their own numbers; bends follow.
 */
export interface Proper {
  readonly layer: readonly number[];
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  /** The vertices of each column, in the order in which the nodes came. */
  readonly columns: readonly (readonly number[])[];
  /** Per edge its vertices from one end to the other. */
  readonly routes: readonly {
    readonly from: number;
    readonly to: number;
    readonly through: readonly number[];
  }[];
  readonly nodes: number;
}

/** Bends in all; beyond it the longest edges get none and are drawn straight: the drawing stays quick. */
const MOST_BENDS = 30_000;

export function properGraph({ order, dependents }: Adjacency, layers: Int32Array): Proper {
  const layer = [...layers];
  const before: number[][] = layer.map(() => []);
  const after: number[][] = layer.map(() => []);
  const edges = order.flatMap((from) => dependents[from]!.map((to) => ({ from, to })));
  const longest = longestWithBends(edges.map(({ from, to }) => layers[to]! - layers[from]!));
  const link = (a: number, b: number) => {
    after[a]!.push(b);
    before[b]!.push(a);
  };
  const routes = edges.map(({ from, to }) => {
    const through: number[] = [];
    let last = from;
    if (layers[to]! - layers[from]! > longest) return { from, to, through };
    for (let column = layers[from]! + 1; column < layers[to]!; column++) {
      const bend = layer.push(column) - 1;
      before.push([]);
      after.push([]);
      link(last, bend);
      through.push(bend);
      last = bend;
    }
    link(last, to);
    return { from, to, through };
  });
  const count = layer.reduce((most, l) => Math.max(most, l + 1), 0);
  const columns: number[][] = Array.from({ length: count }, () => []);
  for (const [vertex, column] of layer.entries()) columns[column]!.push(vertex);
  return { layer, before, after, columns, routes, nodes: order.length };
}

/** The length of edge up to which all bends together stay within the bound. */
function longestWithBends(lengths: readonly number[]): number {
  let bends = 0;
  for (const length of [...lengths].sort((a, b) => a - b)) {
    bends += length - 1;
    if (bends > MOST_BENDS) return length - 1;
  }
  return Number.POSITIVE_INFINITY;
}
