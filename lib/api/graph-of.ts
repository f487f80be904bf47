import type { Graph } from '../core/dag/graph';
import { graphHash } from '../core/dag/hash';
import type { GraphStore } from '../core/ports/stores';
import { readGraph } from './graph-document';

/** The graph that comes with a request and is kept, or the kept one that it names. @throws RepriseError GRAPH_NOT_FOUND */
export async function graphOf(
  graphs: GraphStore,
  { execution_graph, graph_hash }: SomeGraph,
): Promise<{ readonly hash: string; readonly graph: Graph }> {
  if (graph_hash !== undefined) return { hash: graph_hash, graph: await graphs.get(graph_hash) };
  const graph = readGraph(execution_graph);
  const hash = graphHash(graph);
  await graphs.put(hash, graph);
  return { hash, graph };
}

interface SomeGraph {
  readonly execution_graph?: Readonly<Record<string, unknown>> | undefined;
  readonly graph_hash?: string | undefined;
}
