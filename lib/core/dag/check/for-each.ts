import { GRAPH_LIMITS } from '../limits';
import type { Expansion } from './expand';
import type { Finding } from './problems';
import type { GraphDocument } from './schema';

/** Room in an id for a hyphen and the number of an item. */
const SUFFIX = `-${GRAPH_LIMITS.items}`.length;

/** What is wrong with fan-outs at run time that their expressions alone do not show. O(nodes). */
export function forEachFindings(document: GraphDocument, { instances }: Expansion): Finding[] {
  const findings: Finding[] = [];
  const parents = new Map<string, number>();
  document.nodes.forEach((node, i) => {
    if (node.forEach === undefined) return;
    const path = ['nodes', i, 'forEach'];
    if (node.shards !== undefined || node.matrix !== undefined) {
      const other = node.shards === undefined ? 'matrix' : 'shards';
      findings.push({
        code: 'GRAPH_INVALID',
        path,
        message: `\`forEach\` and \`${other}\` exclude each other`,
      });
      return;
    }
    if (node.id.length > GRAPH_LIMITS.idLength - SUFFIX) {
      const message = `the items are named by this id and a number: shorten it to ${GRAPH_LIMITS.idLength - SUFFIX} characters`;
      findings.push({ code: 'GRAPH_INVALID', path: ['nodes', i, 'id'], message });
    }
    parents.set(node.id, i);
  });
  if (parents.size === 0) return findings;
  for (const { id } of instances.flat()) {
    const parent = parents.get(id.replace(/-[0-9]+$/, ''));
    if (parent === undefined || parents.has(id)) continue;
    const message = `an item of this node would have the id of the node ${JSON.stringify(id)}: rename one of them`;
    findings.push({ code: 'GRAPH_DUPLICATE_NODE', path: ['nodes', parent, 'forEach'], message });
  }
  return findings;
}
