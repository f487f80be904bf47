import { LIMITS } from '../../limits';
import { conditionFindings } from './condition';
import { findCycles } from './cycles';
import { isMapping, type OutlineNode } from './outline';
import type { Finding } from './problems';

/**
 * Everything wrong between nodes: duplicates, dependencies that do not exist, cycles, conditions that do not
 * parse or name what is not upstream. O(nodes + edges).
 * @param expanded ids that `shards` and `matrix` produce, each with the id of the node it comes from; undefined
 *   when the document is too broken to tell, then a need that could be one of them is let pass.
 */
export function* validateNodes(
  nodes: readonly OutlineNode[],
  expanded: ReadonlyMap<string, string> | undefined,
): Generator<Finding> {
  const indexOf = new Map<string, number>();
  for (const [i, { id, index }] of nodes.entries()) {
    const first = indexOf.get(id);
    if (first === undefined) indexOf.set(id, i);
    else {
      const message = `the id ${JSON.stringify(id)} is taken by nodes[${nodes[first]?.index}]`;
      yield { code: 'GRAPH_DUPLICATE_NODE', path: ['nodes', index, 'id'], message };
    }
  }
  const ids = [...indexOf.keys()];
  const isExpanded = expanded ? () => false : expansions(nodes);
  const origin = (need: string) => indexOf.get(need) ?? indexOf.get(expanded?.get(need) ?? '');
  const needs: number[][] = [];
  for (const node of nodes) {
    const resolved: number[] = [];
    const seen = new Set<string>();
    for (const { id, at } of node.needs) {
      const path = ['nodes', node.index, 'needs', at];
      const target = origin(id);
      if (seen.has(id)) {
        yield { code: 'GRAPH_INVALID', path, message: `${JSON.stringify(id)} is listed twice` };
      } else if (target === undefined) {
        if (isExpanded(id)) continue;
        const message = `node ${JSON.stringify(id)} does not exist`;
        yield { code: 'GRAPH_UNKNOWN_DEPENDENCY', path, message, unknown: { word: id, among: ids } };
      } else if (nodes[target] === node || nodes[target]?.id === node.id) {
        const message = `node ${JSON.stringify(node.id)} needs itself: ${node.id} -> ${node.id}`;
        yield { code: 'GRAPH_CYCLE', path, message };
      } else resolved.push(target);
      seen.add(id);
    }
    needs.push(resolved);
  }
  for (const cycle of findCycles(needs)) yield cycleFinding(nodes, cycle, origin);
  yield* conditionFindings({ nodes, ids, origin, isComplete: expanded !== undefined });
}

/** Whether an id begins as those of a node that becomes several do: with its id and a hyphen. */
function expansions(nodes: readonly OutlineNode[]): (id: string) => boolean {
  const expanding = new Set(nodes.flatMap(({ id, expands }) => (expands ? [id] : [])));
  return (id) => {
    for (let at = id.indexOf('-'); at >= 0; at = id.indexOf('-', at + 1)) {
      if (expanding.has(id.slice(0, at))) return true;
    }
    return false;
  };
}

function cycleFinding(
  nodes: readonly OutlineNode[],
  cycle: readonly number[],
  origin: (need: string) => number | undefined,
): Finding {
  const members = cycle.map((i) => nodes[i]!);
  const first = members[0]!;
  const second = members[1 % members.length]!;
  const need = first.needs.find(({ id }) => nodes[origin(id) ?? -1]?.id === second.id);
  const ids = [...members, first].map((node) => node.id);
  const what = 'the dependencies form a cycle, each node needs the next';
  const code = 'GRAPH_CYCLE' as const;
  const path = ['nodes', first.index, 'needs', need?.at ?? 0];
  const finding: Finding = { code, path, message: `${what}: ${ids.join(' -> ')}` };
  if (cycle.length <= LIMITS.cycleShown) return finding;
  const ends = [...ids.slice(0, ENDS), `(${ids.length - 2 * ENDS} more)`, ...ids.slice(-ENDS)];
  return { ...finding, brief: `${what}, ${cycle.length} nodes: ${ends.join(' -> ')}` };
}

/** Nodes of either end that are shown of a long cycle. */
const ENDS = 10;

/** What is in a place where it means nothing. */
export function* misplaced(document: unknown): Generator<Finding> {
  if (!isMapping(document) || !isMapping(document.defaults)) return;
  if (!Object.hasOwn(document.defaults, 'compensate')) return;
  const message = '`compensate` undoes what one node did: write it at each node that is to be undone';
  yield { code: 'GRAPH_INVALID', path: ['defaults', 'compensate'], message };
}
