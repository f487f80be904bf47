import { partsOf, type Structure } from './structure';

/** A structure as arrays by the number of a part: 0 is all of it, and a part has a lower number than what is in it. */
export interface Ancestry {
  readonly parts: readonly Structure[];
  readonly parent: readonly number[];
  /** Its place among the parts beside it. */
  readonly rank: readonly number[];
  readonly depth: readonly number[];
  /** Per node its part. */
  readonly leaf: Int32Array;
}

/** Linear, iterative. */
export function ancestryOf(structure: Structure, nodes: number): Ancestry {
  const parts: Structure[] = [structure];
  const parent: number[] = [-1];
  const rank: number[] = [0];
  const depth: number[] = [0];
  const leaf = new Int32Array(nodes);
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    if (part.kind === 'node') leaf[part.node] = at;
    const inside = partsOf(part);
    for (let i = 0; i < inside.length; i++) {
      parts.push(inside[i]!);
      parent.push(at);
      rank.push(i);
      depth.push(depth[at]! + 1);
    }
  }
  return { parts, parent, rank, depth, leaf };
}

/** The two parts, beside each other, that hold a node each; the same part twice for a node and itself. O(depth). */
export function partsBeside(
  { parent, depth, leaf }: Ancestry,
  first: number,
  second: number,
): [number, number] {
  let a = leaf[first]!;
  let b = leaf[second]!;
  while (depth[a]! > depth[b]!) a = parent[a]!;
  while (depth[b]! > depth[a]!) b = parent[b]!;
  while (parent[a] !== parent[b]) {
    a = parent[a]!;
    b = parent[b]!;
  }
  return [a, b];
}

/** Whether the structure puts one node before another. */
export function isImplied(ancestry: Ancestry, first: number, second: number): boolean {
  const [a, b] = partsBeside(ancestry, first, second);
  return a !== b && isBefore(ancestry, a, b);
}

/** Of two parts beside each other: whether all of the one comes before all of the other. */
export function isBefore({ parts, parent, rank }: Ancestry, a: number, b: number): boolean {
  return parts[parent[a]!]!.kind === 'series' && rank[a]! < rank[b]!;
}
