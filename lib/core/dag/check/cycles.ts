/**
 * One cycle for every tangle of dependencies, each as indexes in which every element needs the next one and the
 * last needs the first. The shortest through the edge that closes it. Iterative depth-first search,
 * O(nodes + edges) plus a breadth-first search per reported cycle.
 */
export function findCycles(needs: readonly (readonly number[])[]): number[][] {
  const state = new Uint8Array(needs.length);
  const reported = new Set<number>();
  const cycles: number[][] = [];
  for (let root = 0; root < needs.length; root++) {
    if (state[root] !== FRESH) continue;
    const path = [root];
    const nextEdge = [0];
    state[root] = ON_PATH;
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      const need = needs[node]![nextEdge[nextEdge.length - 1]!++];
      if (need === undefined) {
        state[node] = DONE;
        path.pop();
        nextEdge.pop();
      } else if (state[need] === FRESH) {
        state[need] = ON_PATH;
        path.push(need);
        nextEdge.push(0);
      } else if (state[need] === ON_PATH && !reported.has(node) && !reported.has(need)) {
        const cycle = shortestPath(needs, need, node);
        for (const member of cycle) reported.add(member);
        cycles.push(cycle);
      }
    }
  }
  return cycles;
}

const FRESH = 0;
const ON_PATH = 1;
const DONE = 2;

function shortestPath(needs: readonly (readonly number[])[], from: number, to: number): number[] {
  const reachedFrom = new Map([[from, -1]]);
  const queue = [from];
  for (let head = 0; head < queue.length && !reachedFrom.has(to); head++) {
    for (const next of needs[queue[head]!]!) {
      if (reachedFrom.has(next)) continue;
      reachedFrom.set(next, queue[head]!);
      queue.push(next);
    }
  }
  const path: number[] = [];
  for (let node = to; node !== -1; node = reachedFrom.get(node)!) path.push(node);
  return path.reverse();
}
