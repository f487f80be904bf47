import { conditionFindings } from './condition';
import { findCycles } from './cycles';
import { didYouMean } from './nearest';
import { isMapping, type OutlineNode } from './outline';
import type { Finding } from './problems';

/**
 * Everything wrong between nodes: duplicates, dependencies that do not exist, cycles, conditions that do not
 * parse or name what is not upstream. O(nodes + edges), and O(nodes) more for each misspelt name.
 * @param expanded ids that `shards` and `matrix` produce, each with the id of the node it comes from; undefined
 *   when the document is too broken to tell, then a need that could be one of them is let pass.
 */
export function validateNodes(
  nodes: readonly OutlineNode[],
  expanded: ReadonlyMap<string, string> | undefined,
): Finding[] {
  const indexOf = new Map<string, number>();
  const findings: Finding[] = [];
  for (const [i, { id, index }] of nodes.entries()) {
    const first = indexOf.get(id);
    if (first === undefined) indexOf.set(id, i);
    else {
      const message = `the id ${JSON.stringify(id)} is taken by nodes[${nodes[first]?.index}]`;
      findings.push({ code: 'GRAPH_DUPLICATE_NODE', path: ['nodes', index, 'id'], message });
    }
  }
  const expanding = expanded ? [] : nodes.filter((node) => node.expands).map(({ id }) => `${id}-`);
  const origin = (need: string) => indexOf.get(need) ?? indexOf.get(expanded?.get(need) ?? '');
  const needs = nodes.map((node) => {
    const resolved: number[] = [];
    const seen = new Set<string>();
    for (const { id, at } of node.needs) {
      const path = ['nodes', node.index, 'needs', at];
      const target = origin(id);
      if (seen.has(id)) {
        findings.push({ code: 'GRAPH_INVALID', path, message: `${JSON.stringify(id)} is listed twice` });
      } else if (target === undefined) {
        if (expanding.some((prefix) => id.startsWith(prefix))) continue;
        const message = `node ${JSON.stringify(id)} does not exist${didYouMean(id, indexOf.keys())}`;
        findings.push({ code: 'GRAPH_UNKNOWN_DEPENDENCY', path, message });
      } else if (nodes[target] === node || nodes[target]?.id === node.id) {
        const message = `node ${JSON.stringify(node.id)} needs itself: ${node.id} -> ${node.id}`;
        findings.push({ code: 'GRAPH_CYCLE', path, message });
      } else resolved.push(target);
      seen.add(id);
    }
    return resolved;
  });
  for (const cycle of findCycles(needs)) findings.push(cycleFinding(nodes, cycle, origin));
  findings.push(...conditionFindings({ nodes, origin, isComplete: expanded !== undefined }));
  return findings;
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
  const path = [...members, first].map((node) => node.id).join(' -> ');
  return {
    code: 'GRAPH_CYCLE',
    path: ['nodes', first.index, 'needs', need?.at ?? 0],
    message: `the dependencies form a cycle, each node needs the next: ${path}`,
  };
}

const LATER = 'is part of the format and comes in a later version: leave it out for now';

/** Fields of the format that this version does not perform. */
export function unsupported(document: unknown): Finding[] {
  if (!isMapping(document)) return [];
  const nodes = Array.isArray(document.nodes) ? (document.nodes as unknown[]) : [];
  const findings: Finding[] = [];
  const report = (path: Finding['path'], what: string) =>
    findings.push({ code: 'GRAPH_UNSUPPORTED', path, message: `not yet supported: ${what} ${LATER}` });
  const check = (value: unknown, path: Finding['path']) => {
    if (!isMapping(value)) return;
    if (Object.hasOwn(value, 'compensate')) report([...path, 'compensate'], '`compensate`');
  };
  check(document.defaults, ['defaults']);
  nodes.forEach((node, i) => {
    check(node, ['nodes', i]);
  });
  if (document.onFailure === 'rollback') report(['onFailure'], '`onFailure: rollback`');
  return findings;
}
