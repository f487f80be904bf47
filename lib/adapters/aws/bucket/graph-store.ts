import { LRUCache } from 'lru-cache';
import type { Graph } from '../../../core/dag/graph';
import { weightOf } from '../../../core/dag/weight';
import { RepriseError } from '../../../core/errors';
import { LIMITS } from '../../../core/limits';
import type { GraphStore } from '../../../core/ports/stores';
import type { JsonObjects } from './json-objects';

/** Graphs under `graphs/<hash>.json.gz`. A hash names its content: written once, read once per process. */
export function createS3GraphStore(objects: JsonObjects): GraphStore {
  const kept = new LRUCache<string, Graph>({
    ...{ max: LIMITS.heldGraphs, maxSize: LIMITS.indexedNodes, sizeCalculation: weightOf },
  });

  return {
    async put(hash, graph) {
      if (kept.has(hash)) return;
      await objects.put(keyOf(hash), graph, { once: true });
      kept.set(hash, graph);
    },
    async get(hash) {
      const known = kept.get(hash);
      if (known) return known;
      const graph = (await objects.get(keyOf(hash))) as Graph | undefined;
      if (!graph)
        throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} is stored`, { context: { hash } });
      kept.set(hash, graph);
      return graph;
    },
  };
}

const keyOf = (hash: string): string => `graphs/${hash}.json.gz`;
