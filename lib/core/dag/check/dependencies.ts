import { LIMITS } from '../../limits';
import type { Finding } from './problems';
import type { GraphDocument } from './schema';

/** The first name past as many external dependencies as one graph may have: each is kept, and told of attempts, for ever. */
export function* dependencyFindings({ defaults, nodes }: GraphDocument): Generator<Finding> {
  const names = new Set(defaults?.dependencies);
  for (const [i, node] of nodes.entries()) {
    for (const [at, name] of (node.dependencies ?? []).entries()) {
      names.add(name);
      if (names.size <= LIMITS.graphDependencies) continue;
      const message = `the graph names more than ${LIMITS.graphDependencies} dependencies`;
      yield { code: 'GRAPH_TOO_LARGE', path: ['nodes', i, 'dependencies', at], message };
      return;
    }
  }
}
