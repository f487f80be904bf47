import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { isDirectory } from '../adapters/embedded/disk/durable';
import { compile } from '../core/dag/compile';
import { parseGraph } from '../core/dag/parse';
import { sanitiseId } from '../importers/ids';
import { renderGraph } from '../importers/render';
import { ciFiles, type FirstGraph, firstGraph, nothingFound } from '../init/first-graph';
import { writeText } from './files';
import { importedAs } from './import';
import { folderAt } from './init-folder';
import { invalid } from './invalid';
import { say } from './options';
import { printDocument } from './print';
import { renderFirstGraph } from './render/first-graph';

interface Options {
  readonly out: string;
  readonly from?: string;
  readonly name?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `reprise init`: a first graph of what a folder has. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .description(
      'write a first graph from what this folder has: scripts of package.json and its workspaces, Playwright, Jest, Vitest, pytest, Maven, Gradle, Go, Cargo, else a file of its CI system; it is compiled before it is written',
    )
    .argument('[folder]', 'where to look', '.')
    .option('--out <file>', 'where the graph goes', 'reprise.graph.yaml')
    .option('--from <file>', 'make it of this file of a CI system, as `reprise import` does')
    .option('--name <name>', 'the name of the graph')
    .option('--dry-run', 'print the graph, and write nothing')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print one JSON document: the graph, what was found and why, what was not used')
    .action(init);
}

async function init(path: string, options: Options): Promise<void> {
  const { out, from, dryRun, force, json } = options;
  if (!dryRun && !force && existsSync(out)) {
    const message = `${out} is there already: write to another file with --out, or over it with --force`;
    throw invalid(message);
  }
  const made = named(from === undefined ? await ofFolder(path) : await ofFile(from), options.name);
  const text = renderGraph(made, 'Written by `reprise init`; yours to change.');
  // What the next command would refuse is not written.
  const { graph, certificate } = compile(parseGraph(text, basename(out)), { workers: 50 });
  if (!dryRun) await writeText(out, text);
  const { graph: document, notes, found, aside } = made;
  if (json) {
    const file = dryRun ? {} : { file: out };
    printDocument({ ...file, graph: document, found, aside, notes, certificate });
    return;
  }
  if (dryRun) process.stdout.write(text);
  const report = renderFirstGraph({ found, aside, nodes: graph.nodes, ...(dryRun ? {} : { file: out }) });
  (dryRun ? process.stderr : process.stdout).write(report);
}

function named(made: FirstGraph, name: string | undefined): FirstGraph {
  return name === undefined ? made : { ...made, graph: { ...made.graph, name } };
}

/** Of what the folder itself says; where that is nothing, of what its CI system does. */
async function ofFolder(path: string): Promise<FirstGraph> {
  if (!isDirectory(path)) throw invalid(`${path} is no directory: name the one whose tests the graph is for`);
  const folder = folderAt(path);
  const made = firstGraph(folder);
  if (made) return made;
  const [file] = ciFiles(folder);
  if (file === undefined) throw nothingFound(folder);
  say(`nothing but ${file} says how tests are run here`);
  return ofFile(join(path, file));
}

async function ofFile(file: string): Promise<FirstGraph> {
  const { kind, imported } = await importedAs(
    file,
    sanitiseId(basename(file).replace(/\.ya?ml$/i, ''), 'imported'),
  );
  const { nodes } = imported.graph;
  const found = { what: kind, file, why: 'a node for each of its jobs', nodes };
  return { ...imported, found: [found], aside: [] };
}
