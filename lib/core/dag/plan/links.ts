/**
 * The edges of every vertex on one side, in the order in which they were added: doubly linked lists in arrays, so
 * that an edge comes and goes in O(1). An edge is a number, the same on both of its sides.
 */
export interface Links {
  /** Per vertex: its first edge and its last, -1 where it has none, and how many it has. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly count: Int32Array;
  /** Per edge: the one after it and the one before it in its list, -1 at the ends. */
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Per edge: the vertex at the other end. */
  readonly end: Int32Array;
}

export function links(vertices: number, edges: number): Links {
  return {
    first: new Int32Array(vertices).fill(-1),
    last: new Int32Array(vertices).fill(-1),
    count: new Int32Array(vertices),
    next: new Int32Array(edges),
    previous: new Int32Array(edges),
    end: new Int32Array(edges),
  };
}

export function append(side: Links, vertex: number, edge: number, end: number): void {
  const last = side.last[vertex]!;
  if (last < 0) side.first[vertex] = edge;
  else side.next[last] = edge;
  side.previous[edge] = last;
  side.next[edge] = -1;
  side.end[edge] = end;
  side.last[vertex] = edge;
  side.count[vertex]!++;
}

export function remove(side: Links, vertex: number, edge: number): void {
  const next = side.next[edge]!;
  const previous = side.previous[edge]!;
  if (previous < 0) side.first[vertex] = next;
  else side.next[previous] = next;
  if (next < 0) side.last[vertex] = previous;
  else side.previous[next] = previous;
  side.count[vertex]!--;
}
