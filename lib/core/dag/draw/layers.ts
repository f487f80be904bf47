/** A graph as a layout sees it: vertices by number, edges by their ends. */
export interface Adjacency {
  /** In topological order. */
  readonly order: readonly number[];
  readonly needs: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
}

/**
 * The column of each node, from 0: right of all it needs. A node with more dependents than needs stands as far to
 * the right as they allow, which shortens more edges than it lengthens. O(nodes + edges).
 */
export function layersOf({ order, needs, dependents }: Adjacency): Int32Array {
  const layer = new Int32Array(order.length);
  for (const node of order) {
    for (const need of needs[node]!) layer[node] = Math.max(layer[node]!, layer[need]! + 1);
  }
  for (let k = order.length - 1; k >= 0; k--) {
    const node = order[k]!;
    const next = dependents[node]!;
    if (next.length <= needs[node]!.length) continue;
    layer[node] = next.reduce((least, d) => Math.min(least, layer[d]! - 1), Number.POSITIVE_INFINITY);
  }
  return layer;
}
