import { partsOf, type Structure, walk } from './structure';

/**
 * The same structure with parallels nested at most `limit` deep. A part that would nest deeper becomes one
 * parallel of chains: its other order is lost to the structure, and so becomes residual. Iterative.
 * @param needs transitively reduced needs by node, from which the chains are taken.
 */
export function limitNesting(
  structure: Structure,
  limit: number,
  needs: readonly (readonly number[])[],
): Structure {
  const height = heights(structure);
  if (height.get(structure)! <= limit) return structure;
  const rebuild = (part: Structure, allowed: number): Structure => {
    if (height.get(part)! <= allowed) return part;
    if (part.kind === 'parallel' && allowed <= 1) return chains(part, needs);
    // Series directly inside a series do not occur, so this recursion is at most twice `limit` deep.
    const inner = part.kind === 'parallel' ? allowed - 1 : allowed;
    return { kind: part.kind, parts: partsOf(part).map((child) => rebuild(child, inner)) } as Structure;
  };
  return rebuild(structure, limit);
}

/** How deep parallels are nested in each part: innermost parts first. */
function heights(structure: Structure): Map<Structure, number> {
  const result = new Map<Structure, number>();
  for (const part of walk(structure).reverse()) {
    let inside = 0;
    for (const child of partsOf(part)) inside = Math.max(inside, result.get(child)!);
    result.set(part, inside + (part.kind === 'parallel' ? 1 : 0));
  }
  return result;
}

/**
 * The nodes of a part as chains side by side: each node goes on a chain that ends with one of its needs, the
 * longest such, or begins one.
 */
function chains(structure: Structure, needs: readonly (readonly number[])[]): Structure {
  const made: number[][] = [];
  const endedBy = new Map<number, number[]>();
  // Nodes come out of `walk` in an order that respects the structure, not the whole order: sort what remains.
  for (const node of inOrder(nodesOf(structure), needs)) {
    let best: number[] | undefined;
    for (const need of needs[node]!) {
      const chain = endedBy.get(need);
      if (chain && (!best || chain.length > best.length)) best = chain;
    }
    const chain = best ?? [];
    if (best) endedBy.delete(best[best.length - 1]!);
    else made.push(chain);
    chain.push(node);
    endedBy.set(node, chain);
  }
  const parts = made.map((chain): Structure => {
    const nodes = chain.map((node): Structure => ({ kind: 'node', node }));
    return nodes.length === 1 ? nodes[0]! : { kind: 'series', parts: nodes };
  });
  return parts.length === 1 ? parts[0]! : { kind: 'parallel', parts };
}

function nodesOf(structure: Structure): number[] {
  const nodes: number[] = [];
  for (const part of walk(structure)) if (part.kind === 'node') nodes.push(part.node);
  return nodes;
}

function inOrder(nodes: readonly number[], needs: readonly (readonly number[])[]): number[] {
  const inside = new Set(nodes);
  const followers = new Map<number, number[]>(nodes.map((node) => [node, []]));
  const left = new Map<number, number>();
  for (const node of nodes) {
    const own = needs[node]!.filter((need) => inside.has(need));
    left.set(node, own.length);
    for (const need of own) followers.get(need)!.push(node);
  }
  const order = nodes.filter((node) => left.get(node) === 0);
  for (let head = 0; head < order.length; head++) {
    for (const next of followers.get(order[head]!)!) {
      left.set(next, left.get(next)! - 1);
      if (left.get(next) === 0) order.push(next);
    }
  }
  return order;
}
