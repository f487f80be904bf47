import type { GraphIndex } from '../graph-index';
import { addRow, type BitMatrix, bitMatrix, hasBit, setBit } from './bits';

/** The order of a graph without the edges that other edges imply. Positions index `GraphIndex.order`. */
export interface Reduction {
  /** Per node index: the needs that no other need implies, ascending. */
  readonly needs: readonly (readonly number[])[];
  readonly dependents: readonly (readonly number[])[];
  /** `ancestors` has bit (i, j) when node i comes somewhere after node j. */
  readonly ancestors: BitMatrix;
  readonly edges: number;
}

/**
 * Transitive reduction and closure, O(edges * nodes / 32) time and nodes^2 / 8 bytes.
 * Needs are looked at from the latest in topological order: one that an earlier-seen need comes after is implied.
 */
export function reduce(index: GraphIndex): Reduction {
  const size = index.order.length;
  const ancestors = bitMatrix(size);
  const position = new Uint32Array(size);
  index.order.forEach((node, i) => {
    position[node] = i;
  });
  const needs: number[][] = Array.from({ length: size }, () => []);
  const dependents: number[][] = Array.from({ length: size }, () => []);
  let edges = 0;
  for (const node of index.order) {
    const latestFirst = [...index.needs[node]!].sort((a, b) => position[b]! - position[a]!);
    for (const need of latestFirst) {
      if (hasBit(ancestors, node, need)) continue;
      addRow(ancestors, node, need);
      setBit(ancestors, node, need);
      needs[node]!.push(need);
      edges++;
    }
    needs[node]!.sort((a, b) => a - b);
  }
  needs.forEach((list, node) => {
    for (const need of list) dependents[need]!.push(node);
  });
  return { needs, dependents, ancestors, edges };
}
