import { createHash } from 'node:crypto';
import { canonicalJson } from '../model/canonical';
import type { Graph } from './graph';

/** The same graph whatever order the file gave: nodes by id; needs and labels sorted by UTF-16 code units. */
export function canonicalGraph(graph: Graph): Graph {
  const nodes = graph.nodes
    .map((node) => ({ ...node, needs: [...node.needs].sort(), labels: [...node.labels].sort() }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { ...graph, nodes };
}

/**
 * SHA-256 in hex of the canonical graph as RFC 8785 canonical JSON (https://www.rfc-editor.org/rfc/rfc8785).
 * Stable under reordering of nodes, needs, labels and keys; everything else in the graph changes it.
 */
export function graphHash(graph: Graph): string {
  return canonicalHash(canonicalGraph(graph));
}

/** `graphHash` of a graph in canonical order. */
export function canonicalHash(canonical: Graph): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(canonical)) hash.update(piece);
  return hash.digest('hex');
}

/** The canonical JSON of a graph, a node at a time: what was made of one is garbage before the next. */
function* piecesOf(graph: Graph): Generator<string> {
  let between = '{';
  for (const key of (Object.keys(graph) as (keyof Graph)[]).sort()) {
    if (graph[key] === undefined) continue;
    yield `${between}${JSON.stringify(key)}:`;
    if (key === 'nodes') yield* listOf(graph.nodes);
    else yield canonicalJson(graph[key]);
    between = ',';
  }
  yield '}';
}

function* listOf(items: readonly unknown[]): Generator<string> {
  for (let i = 0; i < items.length; i++) yield (i === 0 ? '[' : ',') + canonicalJson(items[i]);
  yield items.length === 0 ? '[]' : ']';
}
