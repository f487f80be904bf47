import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DeployedGraph } from '../constructs/deployed-graphs';
import { compile } from '../core/dag/compile';
import { graphRunnerDefinition } from '../core/dag/emit/runner';
import { parseGraph } from '../core/dag/parse';
import { RepriseError } from '../core/errors';

const GRAPH_FILE = /\.graph\.(ya?ml|json)$/;

/**
 * Compiles the graphs of a folder, in order of their names; an empty folder has none.
 * @throws RepriseError the complaint of the compiler, or GRAPH_INVALID when two files hold the same graph.
 */
export function readGraphs(folder: string): DeployedGraph[] {
  const files = readdirSync(folder).filter((file) => GRAPH_FILE.test(file));
  const byHash = new Map<string, DeployedGraph>();
  for (const file of files.sort()) {
    const graph = compileFile(join(folder, file));
    const twin = byHash.get(graph.hash);
    if (twin) {
      const message = `${graph.source} and ${twin.source} hold the same graph, which is one state machine: remove one`;
      throw new RepriseError('GRAPH_INVALID', message);
    }
    byHash.set(graph.hash, graph);
  }
  return [...byHash.values()];
}

function compileFile(file: string): DeployedGraph {
  const { graph, machines } = compile(parseGraph(readFileSync(file, 'utf8'), file));
  return {
    source: basename(file),
    hash: graph.hash,
    machines: machines.map(({ name, definition }) => ({ name, definition: JSON.stringify(definition) })),
  };
}

/** The machine that runs graphs which have none of their own. */
export function runnerDefinition(): string {
  return JSON.stringify(graphRunnerDefinition());
}
