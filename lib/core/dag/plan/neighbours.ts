/** Lists of vertices by vertex, in two arrays: those of vertex v are `list[start[v]]` to `list[start[v + 1] - 1]`. */
export interface Neighbours {
  readonly start: Int32Array;
  readonly list: Int32Array;
}

export function neighbours(lists: readonly (readonly number[])[]): Neighbours {
  const start = new Int32Array(lists.length + 1);
  for (let v = 0; v < lists.length; v++) start[v + 1] = start[v]! + lists[v]!.length;
  const list = new Int32Array(start[lists.length]!);
  let k = 0;
  for (const own of lists) for (const vertex of own) list[k++] = vertex;
  return { start, list };
}

/** The same edges seen from their other ends: every list ascending. O(V + E). */
export function reversed({ start, list }: Neighbours): Neighbours {
  const size = start.length - 1;
  const end = new Int32Array(size + 1);
  for (let k = 0; k < list.length; k++) end[list[k]! + 1]!++;
  for (let v = 0; v < size; v++) end[v + 1]! += end[v]!;
  const back = new Int32Array(list.length);
  const free = end.slice(0, size);
  for (let v = 0; v < size; v++) {
    for (let k = start[v]!; k < start[v + 1]!; k++) back[free[list[k]!]!++] = v;
  }
  return { start: end, list: back };
}
