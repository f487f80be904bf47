import type { Graph } from '../../../core/dag/graph';
import { RepriseError } from '../../../core/errors';
import type { GraphStore } from '../../../core/ports/stores';
import type { JsonObjects } from './json-objects';

/** Graphs that one process keeps at hand; the largest is some megabytes. */
const KEPT = 20;

/** Graphs under `graphs/<hash>.json.gz`. A hash names its content: written once, read once per process. */
export function createS3GraphStore(objects: JsonObjects): GraphStore {
  const kept = new Map<string, Graph>();

  function keep(hash: string, graph: Graph): Graph {
    kept.delete(hash);
    kept.set(hash, graph);
    const oldest = kept.keys().next().value;
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return graph;
  }

  return {
    async put(hash, graph) {
      if (kept.has(hash)) return;
      await objects.put(keyOf(hash), graph, { once: true });
      keep(hash, graph);
    },
    async get(hash) {
      const graph = kept.get(hash) ?? ((await objects.get(keyOf(hash))) as Graph | undefined);
      if (!graph)
        throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} is stored`, { context: { hash } });
      return keep(hash, graph);
    },
  };
}

const keyOf = (hash: string): string => `graphs/${hash}.json.gz`;
