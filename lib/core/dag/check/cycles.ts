/**
 * One cycle for every tangle of dependencies (a strongly connected component): the shortest through its first node, as
 * indexes in which every element needs the next one and the last needs the first. No node is in two of them.
 * O(nodes + edges) together, however many tangles there are.
 */
export function findCycles(needs: readonly (readonly number[])[]): number[][] {
  const tangleOf = tangles(needs);
  const seen = new Set<number>();
  const cycles: number[][] = [];
  for (let node = 0; node < needs.length; node++) {
    const tangle = tangleOf[node]!;
    if (seen.has(tangle)) continue;
    seen.add(tangle);
    const cycle = shortestCycle(needs, node, (other) => tangleOf[other] === tangle);
    if (cycle) cycles.push(cycle);
  }
  return cycles;
}

/** By node: the number of its strongly connected component (Tarjan 1972, with a stack of our own). */
function tangles(needs: readonly (readonly number[])[]): Int32Array {
  const tangleOf = new Int32Array(needs.length).fill(-1);
  const order = new Int32Array(needs.length);
  const lowest = new Int32Array(needs.length);
  const nextEdge = new Int32Array(needs.length);
  const open: number[] = [];
  let visited = 0;
  let found = 0;
  for (let root = 0; root < needs.length; root++) {
    const path = order[root] === 0 ? [root] : [];
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      if (nextEdge[node] === 0) {
        order[node] = lowest[node] = ++visited;
        open.push(node);
      }
      const need = needs[node]![nextEdge[node]!++];
      if (need === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) lowest[parent] = Math.min(lowest[parent]!, lowest[node]!);
        if (lowest[node] !== order[node]) continue;
        for (let member = open.pop(); member !== undefined; member = open.pop()) {
          tangleOf[member] = found;
          if (member === node) break;
        }
        found += 1;
      } else if (order[need] === 0) path.push(need);
      else if (tangleOf[need] === -1) lowest[node] = Math.min(lowest[node]!, order[need]!);
    }
  }
  return tangleOf;
}

/** Breadth first, inside of one tangle. Undefined where the node needs nothing of it: it is a tangle of its own. */
function shortestCycle(
  needs: readonly (readonly number[])[],
  start: number,
  isInside: (node: number) => boolean,
): number[] | undefined {
  const reachedFrom = new Map<number, number>();
  const queue = [start];
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!;
    for (const need of needs[node]!) {
      if (need === start) return pathTo(node, start, reachedFrom);
      if (!isInside(need) || reachedFrom.has(need)) continue;
      reachedFrom.set(need, node);
      queue.push(need);
    }
  }
  return undefined;
}

function pathTo(end: number, start: number, reachedFrom: ReadonlyMap<number, number>): number[] {
  const path = [end];
  for (let node = end; node !== start; path.push(node)) node = reachedFrom.get(node)!;
  return path.reverse();
}
