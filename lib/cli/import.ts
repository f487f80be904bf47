import { basename, dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { RepriseError } from '../core/errors';
import { many } from '../core/model/many';
import { importArgo } from '../importers/argo/import';
import { importBuildkite } from '../importers/buildkite/import';
import { importCircleci } from '../importers/circleci/import';
import { detectKind } from '../importers/detect';
import { importGithubActions } from '../importers/github/import';
import { importGitlab } from '../importers/gitlab/import';
import { sanitiseId } from '../importers/ids';
import type { ImportedGraph } from '../importers/imported';
import { importNx } from '../importers/nx/import';
import { importPlaywright } from '../importers/playwright/import';
import { renderGraph } from '../importers/render';
import { importTurbo, TURBO_RUNNERS } from '../importers/turbo/import';
import { readText, sourceOf, writeText } from './files';
import { type Given, type Importer, type Kind, type Read, shardsOf, shardsOption } from './import-kind';
import { SHARD_KINDS } from './import-shards';
import { printDocument } from './print';
import { repositoryFiles } from './repository-files';

const KINDS: readonly Kind[] = [
  {
    name: 'github-actions',
    description: 'a workflow file: a node per job',
    options: [setOption()],
    importer:
      ({ set = [] }) =>
      (foreign, name) =>
        importGithubActions(foreign, { name, given: new Map(set) }),
  },
  {
    name: 'gitlab',
    description: 'a pipeline of GitLab CI, with the files that it includes: a node per job',
    options: [
      setOption(),
      new Option('--unset <name>', 'a variable that the pipeline has not; may be given again')
        .argParser(append)
        .default([], 'none'),
      new Option(
        '--root <directory>',
        'where included files are looked for; the directory of the file by default',
      ),
    ],
    importer:
      ({ set = [], unset = [], root }) =>
      (foreign, name) =>
        importGitlab(foreign, {
          name,
          given: { set: new Map(set), unset: new Set(unset) },
          files: repositoryFiles(root ?? (foreign.file === '-' ? '.' : dirname(foreign.file))),
        }),
  },
  {
    name: 'circleci',
    description: 'a configuration of CircleCI: a node per job that a workflow lists',
    options: [setOption(), new Option('--workflow <name>', 'the only workflow that becomes nodes')],
    importer:
      ({ set = [], workflow }) =>
      (foreign, name) =>
        importCircleci(foreign, { name, given: new Map(set), workflow }),
  },
  {
    name: 'argo',
    description: 'a manifest of Argo Workflows: a node for each script or container',
    options: [setOption()],
    importer:
      ({ set = [] }) =>
      (foreign, name) =>
        importArgo(foreign, { name, given: new Map(set) }),
  },
  {
    name: 'buildkite',
    description: 'a pipeline of Buildkite: a node for each command step',
    options: [setOption()],
    importer:
      ({ set = [] }) =>
      (foreign, name) =>
        importBuildkite(foreign, { name, given: new Map(set) }),
  },
  {
    name: 'nx',
    description: 'what `nx run-many -t TARGETS --graph=FILE` writes: a node per task',
    options: [],
    importer: () => importNx,
  },
  {
    name: 'turbo',
    description: 'what `turbo run TASKS --dry=json` prints: a node per task',
    options: [
      new Option('--run-with <runner>', 'turbo runs each task, or its own script').choices(TURBO_RUNNERS),
    ],
    importer:
      ({ runWith = 'turbo' }) =>
      (foreign, name) =>
        importTurbo(foreign, { name, runner: runWith }),
  },
  {
    name: 'playwright',
    description: "a report of Playwright's JSON reporter: its files in shards of even duration",
    options: [
      shardsOption(),
      new Option('--by <unit>', 'what goes to one shard as a whole').choices(['file']).default('file'),
      new Option('--setup <project>', 'a project that others depend on; may be given again')
        .argParser(append)
        .default([], 'none'),
    ],
    importer: (given) => {
      const { setup = [] } = given;
      const shards = shardsOf(given);
      return (foreign, name) => importPlaywright(foreign, { name, shards, setup });
    },
  },
  ...SHARD_KINDS,
];

/** `reprise import [KIND] FILE [--out FILE] [--json]`: a graph from what a team already has. */
export function registerImport(program: Command): void {
  const command = program
    .command('import')
    .description('write a graph from a CI workflow, a task graph or a test report, told by its content')
    .usage('[kind] <file> [options]');
  for (const kind of KINDS) {
    withOptions(command.command(kind.name), kind.options)
      .description(kind.description)
      .action(async (file: string, options: Given) => run(await read(file), options, kind.importer(options)));
  }
  // The command that runs where the first word names no kind; it takes what any kind takes.
  const options = new Map(KINDS.flatMap((kind) => kind.options.map((option) => [option.long, option])));
  withOptions(command.command('detect', { isDefault: true, hidden: true }), [...options.values()]).action(
    async (file: string, given: Given, self: Command) => {
      const foreign = await read(file);
      const name = detectKind(foreign);
      const kind = KINDS.find((each) => each.name === name)!;
      refuseOthers(kind, self);
      process.stderr.write(`reprise: ${foreign.source} is imported as ${name}\n`);
      return run(foreign, given, kind.importer(given));
    },
  );
}

/** Of several kinds, and the same option to each. */
function setOption(): Option {
  return new Option(
    '--set <path=value>',
    'a value that the CI system would know, such as github.ref_name=main',
  )
    .argParser(pair)
    .default([], 'none');
}

function withOptions(command: Command, own: readonly Option[]): Command {
  for (const option of own) command.addOption(option);
  return command
    .argument('<file>', 'the file to read, - for standard input')
    .option('--out <file>', 'write the graph to this file')
    .option('--name <name>', 'the name of the graph')
    .option('--json', 'print one JSON document: the graph and the notes');
}

/** An option that says nothing to the kind of the file was meant for another one. */
function refuseOthers(kind: Kind, command: Command): void {
  const own = kind.options.map(({ long }) => long);
  const others = KINDS.flatMap(({ options }) => options).filter(({ long }) => !own.includes(long));
  const given = others.find((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  if (!given) return;
  const message = `${given.long} is no option of ${kind.name}, which the file is: name the kind if it is another`;
  throw new RepriseError('INPUT_INVALID', message);
}

/** A file imported as what it is, where no option says how. @throws RepriseError INPUT_INVALID */
export async function importedAs(
  file: string,
  name: string,
): Promise<{ readonly kind: string; readonly imported: ImportedGraph }> {
  const foreign = await read(file);
  const kind = KINDS.find((each) => each.name === detectKind(foreign))!;
  return { kind: kind.name, imported: kind.importer({})(foreign, name) };
}

async function read(file: string): Promise<Read> {
  return { text: await readText(file), source: sourceOf(file), file };
}

async function run(read: Read, options: Given, importer: Importer): Promise<void> {
  const { file, source } = read;
  const name = options.name ?? sanitiseId(basename(file).replace(/\.(ya?ml|json)$/i, ''), 'imported');
  const made = importer(read, name);
  const imported = options.name === undefined ? made : { ...made, graph: { ...made.graph, name } };
  const yaml = renderGraph(imported, `Imported from ${source}.`);
  if (options.out !== undefined) await writeText(options.out, yaml);
  if (options.json) printDocument(imported);
  else if (options.out === undefined) process.stdout.write(yaml);
  else process.stderr.write(summary(imported, options.out));
}

function summary({ graph, notes }: ImportedGraph, out: string): string {
  const lines = notes.map(({ path, message, line, source }) => {
    const place = [source, line, path].filter((part) => part !== undefined).join(': ');
    return `  ${place}: ${message}`;
  });
  return `${[`${out}: ${many(graph.nodes.length, 'node')}, ${many(notes.length, 'note')}`, ...lines].join('\n')}\n`;
}

function pair(text: string, before: [string, string][]): [string, string][] {
  const at = text.indexOf('=');
  if (at > 0) return [...before, [text.slice(0, at), text.slice(at + 1)]];
  throw new RepriseError('INPUT_INVALID', `--set ${text}: write --set PATH=VALUE`);
}

function append(text: string, before: string[]): string[] {
  return [...before, text];
}
