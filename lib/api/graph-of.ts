import type { Caller } from '../core/access/scopes';
import type { Graph } from '../core/dag/graph';
import { readGraph } from './graph-document';
import type { OwnedGraphs } from './owned-graphs';

/**
 * The graph that comes with a request and is kept, or the kept one that it names.
 * @throws RepriseError GRAPH_NOT_FOUND, QUOTA_EXCEEDED
 */
export async function graphOf(
  graphs: OwnedGraphs,
  { execution_graph, graph_hash }: SomeGraph,
  { caller, owner }: { readonly caller: Caller; readonly owner: string },
): Promise<{ readonly hash: string; readonly graph: Graph }> {
  if (graph_hash !== undefined) return { hash: graph_hash, graph: await graphs.get(caller, graph_hash) };
  const graph = readGraph(execution_graph);
  return { hash: await graphs.keep(owner, graph), graph };
}

interface SomeGraph {
  readonly execution_graph?: Readonly<Record<string, unknown>> | undefined;
  readonly graph_hash?: string | undefined;
}
