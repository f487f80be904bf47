import type { Finding } from './problems';
import type { GraphDocument } from './schema';

/** Variables under `with` that are secrets of the same node too. O(nodes and their names). */
export function* givenFindings({ defaults, nodes, secrets = [] }: GraphDocument): Generator<Finding> {
  for (const [i, node] of nodes.entries()) {
    if (!node.with) continue;
    const taken = new Set([...secrets, ...(node.secrets ?? defaults?.secrets ?? [])]);
    for (const name of Object.keys(node.with)) {
      if (!taken.has(name)) continue;
      const message = `${name} is a secret of this node, which comes to the command in the same variable: choose another name`;
      yield { code: 'GRAPH_INVALID', path: ['nodes', i, 'with', name], message };
    }
  }
}
