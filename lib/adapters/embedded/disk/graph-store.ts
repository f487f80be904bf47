import { utimesSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Graph } from '../../../core/dag/graph';
import { graphHash } from '../../../core/dag/hash';
import { weightOf } from '../../../core/dag/weight';
import { RepriseError } from '../../../core/errors';
import { LIMITS } from '../../../core/limits';
import type { GraphStore } from '../../../core/ports/stores';
import { exists, makeDir, replaceFile } from './durable';
import { hasCode } from './has-code';

/**
 * Graphs as files named by their hash, which is checked when one is read. Durable when `put` resolves. The latest are held: whoever
 * puts one is about to need it, and jobs that are looked at together follow the same.
 */
export function createFileGraphStore(dir: string): GraphStore {
  const pathOf = (hash: string): string => {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw notFound(hash);
    return join(dir, `${hash}.json`);
  };
  const held = new LRUCache<string, Graph>({ maxSize: LIMITS.heldGraphNodes, sizeCalculation: weightOf });
  return {
    async put(hash, graph) {
      const path = pathOf(hash);
      if (!touch(path)) {
        await makeDir(dir);
        await replaceFile(path, `${JSON.stringify(graph)}\n`, { durable: true });
      }
      held.set(hash, graph);
    },
    async get(hash) {
      const known = held.get(hash);
      if (known) return known;
      const graph = parse(hash, await readText(hash, pathOf(hash)));
      if (graphHash(graph) !== hash) throw damaged(hash, 'its content does not match its hash');
      held.set(hash, graph);
      return graph;
    },
  };
}

/**
 * Says of a graph that it is of use now, so that no cleanup takes it for one that nobody needs: a job that is about to
 * be submitted is nowhere yet. @returns false where there is none.
 */
function touch(path: string): boolean {
  try {
    const now = new Date();
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    // Somebody else's file, which nobody of ours removes.
    if (hasCode(error, 'EPERM') || hasCode(error, 'EACCES')) return exists(path);
    throw error;
  }
}

async function readText(hash: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw notFound(hash);
    throw error;
  }
}

function parse(hash: string, text: string): Graph {
  try {
    return JSON.parse(text) as Graph;
  } catch {
    throw damaged(hash, 'it is not JSON');
  }
}

function notFound(hash: string): RepriseError {
  return new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash} is stored in this journal directory`, {
    context: { hash },
  });
}

function damaged(hash: string, reason: string): RepriseError {
  return new RepriseError('JOURNAL_CORRUPT', `the stored graph ${hash} is damaged: ${reason}`, {
    context: { hash, reason },
  });
}
