import type { Graph } from '../core/dag/graph';
import { parseGraphDocument } from '../core/dag/parse';
import { isRepriseError, withProblems } from '../core/errors';

/**
 * The graph in the field `execution_graph` of a request.
 * @throws RepriseError of the compiler's front end; problems have the path they have in the request.
 */
export function readGraph(document: unknown): Graph {
  try {
    return parseGraphDocument(document);
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    throw withProblems(error, (problem) => ({
      ...problem,
      path: problem.path === '$' ? 'execution_graph' : `execution_graph.${problem.path}`,
    }));
  }
}
