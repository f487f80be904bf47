import { parseGraphDocument } from '../core/dag/parse';
import { asInputInvalid } from './foreign';
import type { ImportedDocument, ImportedGraph, ImportedNode } from './imported';
import type { Notes } from './notes';

/**
 * The result of an import, after the compiler's own parser has accepted it: an importer never hands on a graph
 * that the next command refuses. @throws RepriseError INPUT_INVALID
 */
export function finish(graph: ImportedDocument, notes: Notes): ImportedGraph {
  try {
    parseGraphDocument(graph);
  } catch (error) {
    throw asInputInvalid(error);
  }
  return { graph, notes: notes.list() };
}

/** A node's keys in the order in which people read them. */
const ORDER = [
  'id',
  'run',
  'needs',
  'trigger',
  'when',
  'with',
  'allowFailure',
  'matrix',
  'shards',
  'labels',
  'concurrency',
  'secrets',
  'reports',
  'retry',
  'timeout',
  'duration',
] as const satisfies readonly (keyof ImportedNode)[];

type Parts = { readonly id: string; readonly run: string } & {
  readonly [K in (typeof ORDER)[number]]?: ImportedNode[K] | undefined;
};

/** A node without the keys that say nothing. */
export function nodeOf(parts: Parts): ImportedNode {
  const entries = ORDER.flatMap((key) => {
    const value = parts[key];
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    return isEmpty ? [] : [[key, value] as const];
  });
  return { ...Object.fromEntries(entries), id: parts.id, run: parts.run };
}
