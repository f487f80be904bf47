import type { Proper } from './proper';

/** Passes over all columns. */
const ROUNDS = 14;

/**
 * Where the middle of each vertex stands across the columns: near its neighbours, in the order of its column, with
 * enough room. Each column in turn is placed best possible, by least squares, between the columns beside it.
 * @param room the height each vertex needs, gap included.
 */
export function positionsOf(
  graph: Proper,
  columns: readonly (readonly number[])[],
  room: (vertex: number) => number,
): Float64Array {
  const at = new Float64Array(graph.layer.length);
  for (const column of columns) {
    let y = -column.reduce((sum, vertex) => sum + room(vertex), 0) / 2;
    for (const vertex of column) {
      at[vertex] = y + room(vertex) / 2;
      y += room(vertex);
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    const isLast = round >= ROUNDS - 4;
    const sides = isLast ? [graph.before, graph.after] : [round % 2 === 0 ? graph.before : graph.after];
    const turn = round % 2 === 0 ? columns : [...columns].reverse();
    for (const column of turn) placeColumn({ graph, column, sides, at, room });
  }
  const top = columns
    .flat()
    .reduce((least, v) => Math.min(least, at[v]! - room(v) / 2), Number.POSITIVE_INFINITY);
  return at.map((y) => y - top);
}

interface Turn {
  readonly graph: Proper;
  readonly column: readonly number[];
  readonly sides: readonly (readonly (readonly number[])[])[];
  readonly at: Float64Array;
  readonly room: (vertex: number) => number;
}

/** A run of vertices that touch each other and move as one: `offset` is the sum of wishes for its top. */
interface Run {
  readonly first: number;
  last: number;
  weight: number;
  sum: number;
}

/** Isotonic regression by pooling adjacent violators: wishes in the order of the column, room subtracted. */
function placeColumn({ graph, column, sides, at, room }: Turn): void {
  const offsets: number[] = [];
  let depth = 0;
  for (const vertex of column) {
    offsets.push(depth + room(vertex) / 2);
    depth += room(vertex);
  }
  const runs: Run[] = [];
  column.forEach((vertex, i) => {
    const { y, weight } = wish(graph, vertex, sides, at);
    let run: Run = { first: i, last: i, weight, sum: weight * (y - offsets[i]!) };
    for (let above = runs[runs.length - 1]; above && mean(above) > mean(run); above = runs[runs.length - 1]) {
      runs.pop();
      run = { first: above.first, last: i, weight: above.weight + run.weight, sum: above.sum + run.sum };
    }
    runs.push(run);
  });
  for (const run of runs) {
    for (let i = run.first; i <= run.last; i++) at[column[i]!] = mean(run) + offsets[i]!;
  }
}

function mean({ sum, weight }: Run): number {
  return sum / weight;
}

/** Long edges wish to be straight more than short ones; a vertex that nothing pulls stays, lightly. */
function wish(
  graph: Proper,
  vertex: number,
  sides: Turn['sides'],
  at: Float64Array,
): { y: number; weight: number } {
  let weight = 0.01;
  let sum = weight * at[vertex]!;
  for (const side of sides) {
    for (const neighbour of side[vertex]!) {
      const bends = Number(vertex >= graph.nodes) + Number(neighbour >= graph.nodes);
      const pull = bends === 2 ? 8 : bends === 1 ? 2 : 1;
      sum += pull * at[neighbour]!;
      weight += pull;
    }
  }
  return { y: sum / weight, weight };
}
