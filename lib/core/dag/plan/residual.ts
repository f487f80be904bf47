import { partsOf, type Structure } from './structure';

/**
 * Per node the needs that a structure does not express. Of the reduced needs, none follows from others, so these
 * are exactly the edges to enforce beside the structure. O(edges * depth of the structure).
 */
export function residualNeeds(structure: Structure, needs: readonly (readonly number[])[]): number[][] {
  const implied = impliedBy(structure, needs.length);
  return needs.map((list, node) => list.filter((need) => !implied(need, node)));
}

/** Tells whether a structure puts one node before another. */
export function impliedBy(structure: Structure, nodes: number): (first: number, second: number) => boolean {
  const parent: number[] = [-1];
  const rank: number[] = [0];
  const depth: number[] = [0];
  const isSeries: boolean[] = [];
  const leaf = new Int32Array(nodes);
  const stack: { part: Structure; at: number }[] = [{ part: structure, at: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { part, at } = next;
    isSeries[at] = part.kind === 'series';
    if (part.kind === 'node') leaf[part.node] = at;
    for (const [i, child] of partsOf(part).entries()) {
      const id = parent.length;
      parent.push(at);
      rank.push(i);
      depth.push(depth[at]! + 1);
      stack.push({ part: child, at: id });
    }
  }
  return (first, second) => {
    let a = leaf[first]!;
    let b = leaf[second]!;
    while (depth[a]! > depth[b]!) a = parent[a]!;
    while (depth[b]! > depth[a]!) b = parent[b]!;
    while (parent[a] !== parent[b]) {
      a = parent[a]!;
      b = parent[b]!;
    }
    return a !== b && isSeries[parent[a]!] === true && rank[a]! < rank[b]!;
  };
}
