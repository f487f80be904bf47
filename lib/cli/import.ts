import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { RepriseError } from '../core/errors';
import { importCircleci } from '../importers/circleci/import';
import { importGithubActions } from '../importers/github/import';
import { importGitlab } from '../importers/gitlab/import';
import { sanitiseId } from '../importers/ids';
import type { ForeignFile, ImportedGraph } from '../importers/imported';
import { importNx } from '../importers/nx/import';
import { importPlaywright } from '../importers/playwright/import';
import { renderGraph } from '../importers/render';
import { importTurbo, TURBO_RUNNERS, type TurboRunner } from '../importers/turbo/import';
import { readText, sourceOf } from './files';
import { repositoryFiles } from './repository-files';

interface Shared {
  readonly json?: boolean;
  readonly out?: string;
  readonly name?: string;
}

const MAX_SHARDS = 1_000;

/** `reprise import KIND FILE [--out FILE] [--json]`: a graph from what a team already has. */
export function registerImport(program: Command): void {
  const command = program
    .command('import')
    .description('write a graph from a CI workflow, a task graph or a test report');
  kind(command, 'github-actions', 'a workflow file: a node per job')
    .option('--set <path=value>', 'a value that GitHub would know, such as github.ref_name=main', pair, [])
    .action((file: string, options: Shared & { set: [string, string][] }) =>
      run(file, options, (foreign, name) =>
        importGithubActions(foreign, { name, given: new Map(options.set) }),
      ),
    );
  kind(command, 'gitlab', 'a pipeline file, with the files that it includes: a node per job')
    .option('--set <name=value>', 'a variable of the pipeline, such as CI_COMMIT_BRANCH=main', pair, [])
    .option('--unset <name>', 'a variable that the pipeline has not; may be given again', append, [])
    .option('--root <directory>', 'where included files are looked for; the directory of the file by default')
    .action((file: string, options: Shared & { set: [string, string][]; unset: string[]; root?: string }) =>
      run(file, options, (foreign, name) =>
        importGitlab(foreign, {
          name,
          given: { set: new Map(options.set), unset: new Set(options.unset) },
          files: repositoryFiles(options.root ?? (file === '-' ? '.' : dirname(file))),
        }),
      ),
    );
  kind(command, 'circleci', 'a configuration of CircleCI: a node per job that a workflow lists')
    .option('--set <name=value>', 'a value of the pipeline, such as pipeline.git.branch=main', pair, [])
    .option('--workflow <name>', 'the only workflow that becomes nodes')
    .action((file: string, options: Shared & { set: [string, string][]; workflow?: string }) =>
      run(file, options, (foreign, name) =>
        importCircleci(foreign, { name, given: new Map(options.set), workflow: options.workflow }),
      ),
    );
  kind(command, 'nx', 'what `nx run-many -t TARGETS --graph=FILE` writes: a node per task').action(
    (file: string, options: Shared) => run(file, options, importNx),
  );
  kind(command, 'turbo', 'what `turbo run TASKS --dry=json` prints: a node per task')
    .addOption(
      new Option('--run-with <runner>', 'turbo runs each task, or its own script').choices(TURBO_RUNNERS),
    )
    .action((file: string, options: Shared & { runWith?: TurboRunner }) =>
      run(file, options, (foreign, name) =>
        importTurbo(foreign, { name, runner: options.runWith ?? 'turbo' }),
      ),
    );
  kind(command, 'playwright', "a report of Playwright's JSON reporter: its files in shards of even duration")
    .requiredOption('--shards <n>', 'how many shards', shardCount)
    .addOption(
      new Option('--by <unit>', 'what goes to one shard as a whole').choices(['file']).default('file'),
    )
    .option('--setup <project>', 'a project that others depend on; may be given again', append, [])
    .action((file: string, options: Shared & { shards: number; setup: string[] }) =>
      run(file, options, (foreign, name) =>
        importPlaywright(foreign, { name, shards: options.shards, setup: options.setup }),
      ),
    );
}

function kind(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .argument('<file>', 'the file to read, - for standard input')
    .option('--out <file>', 'write the graph to this file')
    .option('--name <name>', 'the name of the graph')
    .option('--json', 'print one JSON document: the graph and the notes');
}

type Importer = (file: ForeignFile, name: string) => ImportedGraph;

async function run(file: string, options: Shared, importer: Importer): Promise<void> {
  const source = sourceOf(file);
  const name = options.name ?? sanitiseId(basename(file).replace(/\.(ya?ml|json)$/i, ''), 'imported');
  const made = importer({ text: await readText(file), source }, name);
  const imported = options.name === undefined ? made : { ...made, graph: { ...made.graph, name } };
  const yaml = renderGraph(imported, source);
  if (options.out !== undefined) await write(options.out, yaml);
  if (options.json) process.stdout.write(`${JSON.stringify(imported)}\n`);
  else if (options.out === undefined) process.stdout.write(yaml);
  else process.stderr.write(summary(imported, options.out));
}

function summary({ graph, notes }: ImportedGraph, out: string): string {
  const lines = notes.map(({ path, message, line, source }) => {
    const place = [source, line, path].filter((part) => part !== undefined).join(': ');
    return `  ${place}: ${message}`;
  });
  return `${[`${out}: ${graph.nodes.length} nodes, ${notes.length} notes`, ...lines].join('\n')}\n`;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new RepriseError('INPUT_INVALID', `cannot write ${file}: ${String(error)}`, { cause: error });
  }
}

function shardCount(text: string): number {
  const shards = Number(text);
  if (Number.isInteger(shards) && shards >= 1 && shards <= MAX_SHARDS) return shards;
  throw new RepriseError(
    'INPUT_INVALID',
    `--shards must be a whole number from 1 to ${MAX_SHARDS}, not ${text}`,
  );
}

function pair(text: string, before: [string, string][]): [string, string][] {
  const at = text.indexOf('=');
  if (at > 0) return [...before, [text.slice(0, at), text.slice(at + 1)]];
  throw new RepriseError('INPUT_INVALID', `--set ${text}: write --set PATH=VALUE`);
}

function append(text: string, before: string[]): string[] {
  return [...before, text];
}
