import type { Proper } from './proper';

/** Rounds of the search, each once to the right and once to the left. */
const ROUNDS = 12;
/** Vertices up to which neighbours are also tried in each other's place. */
const SWAP_UP_TO = 600;

/**
 * The order of the vertices in each column, with few crossings: columns in turn sorted by the barycentre of their
 * neighbours (Sugiyama, Tagawa and Toda, IEEE SMC 11(2), 1981), then neighbours swapped while that helps. The best
 * order seen. Deterministic; O(rounds * edges * log edges).
 */
export function orderColumns(graph: Proper): number[][] {
  let columns = graph.columns.map((column) => [...column]);
  const place = new Float64Array(graph.layer.length);
  const note = (column: readonly number[]) => {
    for (const [i, vertex] of column.entries()) place[vertex] = i;
  };
  columns.forEach(note);
  let best = columns;
  let fewest = crossings(graph, columns);
  for (let round = 0; round < ROUNDS && fewest > 0; round++) {
    columns = columns.map((column) => [...column]);
    for (const column of columns) sortBy(column, graph.before, place, note);
    for (const column of [...columns].reverse()) sortBy(column, graph.after, place, note);
    if (graph.layer.length <= SWAP_UP_TO) swapNeighbours(graph, columns, place);
    const count = crossings(graph, columns);
    if (count < fewest) [best, fewest] = [columns, count];
  }
  return best;
}

function sortBy(
  column: number[],
  neighbours: readonly (readonly number[])[],
  place: Float64Array,
  note: (column: readonly number[]) => void,
): void {
  const centre = new Map(
    column.map((vertex) => {
      const list = neighbours[vertex]!;
      const sum = list.reduce((total, n) => total + place[n]!, 0);
      return [vertex, list.length === 0 ? place[vertex]! : sum / list.length];
    }),
  );
  column.sort((a, b) => centre.get(a)! - centre.get(b)! || place[a]! - place[b]!);
  note(column);
}

function swapNeighbours({ before, after }: Proper, columns: readonly number[][], place: Float64Array): void {
  const cost = (a: number, b: number) =>
    pairCrossings(before[a]!, before[b]!, place) + pairCrossings(after[a]!, after[b]!, place);
  for (const column of columns) {
    for (let i = 0; i + 1 < column.length; i++) {
      const [a, b] = [column[i]!, column[i + 1]!];
      if (cost(b, a) >= cost(a, b)) continue;
      [column[i], column[i + 1]] = [b, a];
      place[b] = i;
      place[a] = i + 1;
    }
  }
}

/** Crossings between the edges of two vertices when the first stands above the second. */
function pairCrossings(upper: readonly number[], lower: readonly number[], place: Float64Array): number {
  let count = 0;
  for (const u of upper) for (const l of lower) if (place[u]! > place[l]!) count++;
  return count;
}

/** Crossings of a whole order, by counting inversions in a Fenwick tree. O(edges log vertices). */
export function crossings({ after, layer }: Proper, columns: readonly (readonly number[])[]): number {
  const place = new Int32Array(layer.length);
  for (const column of columns) for (const [i, vertex] of column.entries()) place[vertex] = i;
  let total = 0;
  columns.slice(0, -1).forEach((column, c) => {
    const tree = new Int32Array(columns[c + 1]!.length + 1);
    let seen = 0;
    for (const vertex of column) {
      const ends = after[vertex]!.map((next) => place[next]!).sort((a, b) => a - b);
      for (const end of ends) total += seen - upTo(tree, end);
      for (const end of ends) add(tree, end);
      seen += ends.length;
    }
  });
  return total;
}

function add(tree: Int32Array, at: number): void {
  for (let i = at + 1; i < tree.length; i += i & -i) tree[i] = tree[i]! + 1;
}

function upTo(tree: Int32Array, at: number): number {
  let sum = 0;
  for (let i = at + 1; i > 0; i -= i & -i) sum += tree[i]!;
  return sum;
}
