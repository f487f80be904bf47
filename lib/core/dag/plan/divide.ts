import type { Neighbours } from './neighbours';

/** An acyclic, transitively reduced graph, as predecessors and successors by vertex. */
export interface Adjacency {
  readonly before: Neighbours;
  readonly after: Neighbours;
}

/** Vertices that no edge connects, even indirectly, in parts: ascending, by their smallest. O(V + E). */
export function components({ before, after }: Adjacency): number[][] {
  const size = before.start.length - 1;
  const seen = new Uint8Array(size);
  const parts: number[][] = [];
  for (let root = 0; root < size; root++) {
    if (seen[root] === 1) continue;
    seen[root] = 1;
    const part = [root];
    for (let head = 0; head < part.length && part.length < size; head++) {
      addUnseen(before, part[head]!, part, seen);
      addUnseen(after, part[head]!, part, seen);
    }
    parts.push(part);
  }
  return parts.map(ascending);
}

function addUnseen({ start, list }: Neighbours, vertex: number, part: number[], seen: Uint8Array): void {
  const end = start[vertex + 1]!;
  for (let k = start[vertex]!; k < end; k++) {
    const next = list[k]!;
    if (seen[next] === 1) continue;
    seen[next] = 1;
    part.push(next);
  }
}

function ascending(vertices: readonly number[]): number[] {
  return Array.from(new Int32Array(vertices).sort());
}

/**
 * The finest division into blocks that follow each other completely: every vertex of a block comes before every
 * vertex of the next. O(V + E).
 *
 * In any topological order such a block ends at a position where every vertex without a successor so far has an
 * edge to every vertex without a predecessor from there on. Of a position k, the first are the vertices v with
 * position(v) <= k < first successor of v; the second are those with last predecessor <= k < position(v). Counting
 * both, and the edges that are between two such vertices, is adding up intervals.
 */
export function seriesBlocks({ before, after }: Adjacency): number[][] {
  const order = topological({ before, after });
  const size = order.length;
  const position = new Int32Array(size);
  for (let i = 0; i < size; i++) position[order[i]!] = i;
  const firstAfter = new Int32Array(size).fill(size);
  const lastBefore = new Int32Array(size).fill(-1);
  for (let vertex = 0; vertex < size; vertex++) {
    for (let k = before.start[vertex]!; k < before.start[vertex + 1]!; k++) {
      const previous = before.list[k]!;
      if (position[previous]! > lastBefore[vertex]!) lastBefore[vertex] = position[previous]!;
      if (position[vertex]! < firstAfter[previous]!) firstAfter[previous] = position[vertex]!;
    }
  }
  const ends = new Int32Array(size + 1);
  const starts = new Int32Array(size + 1);
  const edges = new Int32Array(size + 1);
  for (let vertex = 0; vertex < size; vertex++) {
    cover(ends, position[vertex]!, firstAfter[vertex]!);
    cover(starts, lastBefore[vertex]!, position[vertex]!);
    for (let k = before.start[vertex]!; k < before.start[vertex + 1]!; k++) {
      cover(edges, lastBefore[vertex]!, firstAfter[before.list[k]!]!);
    }
  }
  const blocks: number[][] = [];
  let begin = 0;
  let open = 0;
  let waiting = 0;
  let between = 0;
  for (let k = 0; k < size; k++) {
    open += ends[k]!;
    waiting += starts[k]!;
    between += edges[k]!;
    if (k < size - 1 && (waiting === 0 || between !== open * waiting)) continue;
    blocks.push(order.slice(begin, k + 1));
    begin = k + 1;
  }
  return blocks.map(ascending);
}

/** Counts one more for every position of an interval: its start counts up, its end counts down. */
function cover(counts: Int32Array, from: number, to: number): void {
  const start = Math.max(from, 0);
  if (start >= to) return;
  counts[start]!++;
  counts[to]!--;
}

function topological({ before, after }: Adjacency): number[] {
  const size = before.start.length - 1;
  const left = new Int32Array(size);
  const order: number[] = [];
  for (let vertex = 0; vertex < size; vertex++) {
    left[vertex] = before.start[vertex + 1]! - before.start[vertex]!;
    if (left[vertex] === 0) order.push(vertex);
  }
  for (let head = 0; head < order.length; head++) {
    const vertex = order[head]!;
    for (let k = after.start[vertex]!; k < after.start[vertex + 1]!; k++) {
      if (--left[after.list[k]!]! === 0) order.push(after.list[k]!);
    }
  }
  return order;
}
