/** An acyclic, transitively reduced graph, as predecessors and successors by vertex. */
export interface Adjacency {
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

export function adjacency(before: readonly (readonly number[])[]): Adjacency {
  const after: number[][] = before.map(() => []);
  before.forEach((list, vertex) => {
    for (const previous of list) after[previous]!.push(vertex);
  });
  return { before, after };
}

/** Vertices that no edge connects, even indirectly, in parts: ascending, by their smallest. O(V + E). */
export function components({ before, after }: Adjacency): number[][] {
  const seen = new Uint8Array(before.length);
  const parts: number[][] = [];
  for (let root = 0; root < before.length; root++) {
    if (seen[root] === 1) continue;
    seen[root] = 1;
    const part = [root];
    for (let head = 0; head < part.length; head++) {
      for (const list of [before[part[head]!]!, after[part[head]!]!]) {
        for (const next of list) {
          if (seen[next] === 1) continue;
          seen[next] = 1;
          part.push(next);
        }
      }
    }
    parts.push(part.sort((a, b) => a - b));
  }
  return parts;
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
  const position = new Array<number>(size);
  order.forEach((vertex, i) => {
    position[vertex] = i;
  });
  const firstAfter = after.map((list) => list.reduce((low, v) => Math.min(low, position[v]!), size));
  const lastBefore = before.map((list) => list.reduce((high, v) => Math.max(high, position[v]!), -1));
  const ends = new Int32Array(size + 1);
  const starts = new Int32Array(size + 1);
  const edges = new Int32Array(size + 1);
  const cover = (counts: Int32Array, from: number, to: number) => {
    const start = Math.max(from, 0);
    if (start >= to) return;
    counts[start] = counts[start]! + 1;
    counts[to] = counts[to]! - 1;
  };
  for (let vertex = 0; vertex < size; vertex++) {
    cover(ends, position[vertex]!, firstAfter[vertex]!);
    cover(starts, lastBefore[vertex]!, position[vertex]!);
    for (const previous of before[vertex]!) cover(edges, lastBefore[vertex]!, firstAfter[previous]!);
  }
  const blocks: number[][] = [];
  let block: number[] = [];
  let open = 0;
  let waiting = 0;
  let between = 0;
  for (let k = 0; k < size; k++) {
    block.push(order[k]!);
    open += ends[k]!;
    waiting += starts[k]!;
    between += edges[k]!;
    if (k < size - 1 && (waiting === 0 || between !== open * waiting)) continue;
    blocks.push(block.sort((a, b) => a - b));
    block = [];
  }
  return blocks;
}

function topological({ before, after }: Adjacency): number[] {
  const left = before.map((list) => list.length);
  const order = left.flatMap((count, vertex) => (count === 0 ? [vertex] : []));
  for (let head = 0; head < order.length; head++) {
    for (const next of after[order[head]!]!) {
      left[next] = left[next]! - 1;
      if (left[next] === 0) order.push(next);
    }
  }
  return order;
}
