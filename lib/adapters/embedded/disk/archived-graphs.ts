import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Graph } from '../../../core/dag/graph';
import { graphHash } from '../../../core/dag/hash';
import { isRepriseError, RepriseError } from '../../../core/errors';
import type { GraphStore } from '../../../core/ports/stores';
import { exists } from './durable';
import { createFileGraphStore } from './graph-store';
import type { Layout } from './layout';

/** The graphs of a directory, those included that are kept beside archived jobs. */
export function createArchivedGraphs({ graphs, archive }: Layout): Pick<GraphStore, 'get'> {
  const stored = createFileGraphStore(graphs);
  return {
    async get(hash) {
      try {
        return await stored.get(hash);
      } catch (error) {
        const path = join(archive, 'graphs', `${hash}.json.gz`);
        if (!isRepriseError(error, 'GRAPH_NOT_FOUND') || !exists(path)) throw error;
        return unpacked(path, hash, await readFile(path));
      }
    },
  };
}

function unpacked(path: string, hash: string, bytes: Buffer): Graph {
  try {
    const graph = JSON.parse(gunzipSync(bytes).toString('utf8')) as Graph;
    if (graphHash(graph) === hash) return graph;
  } catch {
    // Said below: it is not what its name says.
  }
  throw new RepriseError('JOURNAL_CORRUPT', `the archived graph ${path} is damaged: restore it from a copy`, {
    context: { hash },
  });
}
