import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseOutputs } from '../../../lib/adapters/embedded/process/outputs';
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

/** What a command does in an empty directory, with these variables and no others. */
export function sh(command: string, env: Record<string, string> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'reprise-import-'));
  try {
    const output = join(dir, 'outputs');
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      cwd: dir,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', REPRISE_OUTPUT: output, ...env },
    });
    let outputs: unknown;
    try {
      outputs = parseOutputs(readFileSync(output, 'utf8'));
    } catch {
      outputs = undefined;
    }
    return { status, stdout, stderr, outputs };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
