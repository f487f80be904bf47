import type { GraphIndex } from '../graph-index';
import { addRow, type BitTriangle, bitTriangle, hasBit, setBit } from './bits';

/** The order of a graph without the edges that other edges imply. */
export interface Reduction {
  /** Per node index: the needs that no other need implies, ascending. */
  readonly needs: readonly (readonly number[])[];
  /** Has bit (i, j) when the node at place i of `GraphIndex.order` comes somewhere after the one at place j. */
  readonly ancestors: BitTriangle;
}

/**
 * Transitive reduction and closure, O(edges * nodes / 32) time and nodes^2 / 16 bytes.
 * Needs are looked at from the latest in topological order: one that an earlier-seen need comes after is implied.
 */
export function reduce({ order, needs }: GraphIndex): Reduction {
  const ancestors = bitTriangle(order.length);
  const place = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) place[order[i]!] = i;
  const kept: number[][] = new Array(order.length);
  for (const node of order) {
    const row = place[node]!;
    const own: number[] = [];
    for (const need of latestFirst(needs[node]!, place)) {
      const column = place[need]!;
      if (hasBit(ancestors, row, column)) continue;
      addRow(ancestors, row, column);
      setBit(ancestors, row, column);
      own.push(need);
    }
    kept[node] = own.length > 1 ? own.sort((a, b) => a - b) : own;
  }
  return { needs: kept, ancestors };
}

function latestFirst(needs: readonly number[], place: Uint32Array): readonly number[] {
  return needs.length > 1 ? [...needs].sort((a, b) => place[b]! - place[a]!) : needs;
}
