import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { compile } from '../../../lib/core/dag/compile';
import type { Graph } from '../../../lib/core/dag/graph';
import { parseGraph, parseGraphDocument } from '../../../lib/core/dag/parse';
import { isRepriseError } from '../../../lib/core/errors';
import type { ForeignFile, ImportedGraph } from '../../../lib/importers/imported';
import { renderGraph } from '../../../lib/importers/render';

export function fixture(path: string): ForeignFile {
  return { text: readFileSync(`test/fixtures/import/${path}`, 'utf8'), source: path };
}

export function foreign(value: unknown): ForeignFile {
  return { text: typeof value === 'string' ? value : JSON.stringify(value), source: 'given' };
}

/** The graph as the compiler sees it, after checking that the written file says the same and compiles. */
export function compiled(imported: ImportedGraph): Graph {
  const graph = parseGraphDocument(imported.graph);
  const written = parseGraph(renderGraph(imported, 'the test'));
  expect(isDeepStrictEqual(written, graph)).toBe(true);
  compile(graph, { workers: 8 });
  return graph;
}

export function commandOf(graph: Graph, id: string): string {
  const work = graph.nodes.find((node) => node.id === id)?.work;
  return work?.kind === 'command' ? work.run : `no command: ${id}`;
}

export function needsOf(graph: Graph): Record<string, readonly string[]> {
  return Object.fromEntries(graph.nodes.map(({ id, needs }) => [id, needs]));
}

/** Notes as one line each, to look things up in. */
export function noteLines({ notes }: ImportedGraph): string[] {
  return notes.map(({ kind, path, message }) => `${kind} ${path}: ${message}`);
}

/** Everything that a refusal says. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (!isRepriseError(error, 'INPUT_INVALID')) throw error;
    expect(error.problems.every(({ code }) => code === 'INPUT_INVALID')).toBe(true);
    return [error.message, ...error.problems.map(({ message }) => message)].join('\n');
  }
  throw new Error('expected a refusal');
}
