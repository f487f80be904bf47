import { LIMITS } from '../../limits';
import type { Expansion } from './expand';
import type { Finding } from './problems';
import type { GraphDocument } from './schema';

/** Room in an id for a hyphen and the number of an item. */
const SUFFIX = `-${LIMITS.items}`.length;

/** What is wrong with fan-outs at run time that their expressions alone do not show. O(nodes). */
export function* forEachFindings(document: GraphDocument, { instances }: Expansion): Generator<Finding> {
  const parents = new Map<string, number>();
  for (const [i, node] of document.nodes.entries()) {
    if (node.forEach === undefined) continue;
    const path = ['nodes', i, 'forEach'];
    if (node.shards !== undefined || node.matrix !== undefined) {
      const other = node.shards === undefined ? 'matrix' : 'shards';
      const message = `\`forEach\` and \`${other}\` exclude each other`;
      yield { code: 'GRAPH_INVALID', path, message };
      continue;
    }
    if (node.id.length > LIMITS.idLength - SUFFIX) {
      const message = `the items are named by this id and a number: shorten it to ${LIMITS.idLength - SUFFIX} characters`;
      yield { code: 'GRAPH_INVALID', path: ['nodes', i, 'id'], message };
    }
    parents.set(node.id, i);
  }
  if (parents.size === 0) return;
  for (const { id } of instances.flat()) {
    const parent = parents.get(id.replace(/-[0-9]+$/, ''));
    if (parent === undefined || parents.has(id)) continue;
    const message = `an item of this node would have the id of the node ${JSON.stringify(id)}: rename one of them`;
    yield { code: 'GRAPH_DUPLICATE_NODE', path: ['nodes', parent, 'forEach'], message };
  }
}
