import { isAbsolute, relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Graph } from '../core/dag/graph';
import { RepriseError } from '../core/errors';
import { present } from '../core/model/present';
import { exportGithubActions } from '../exporters/github-actions';
import { exportGitlab } from '../exporters/gitlab';
import { type CiJob, secretsOf, slotsOf } from '../exporters/job';
import { readGraph, writeText } from './files';
import { readSuites, say } from './options';
import { printDocument } from './print';
import { slotsOption } from './run';

const SYSTEMS: Readonly<Record<string, (job: CiJob, graph: Graph) => string>> = {
  'github-actions': exportGithubActions,
  gitlab: exportGitlab,
};

interface Options {
  readonly out?: string;
  readonly install: string;
  readonly env: readonly string[];
  readonly slots?: number;
  readonly suites?: string;
  readonly json?: boolean;
}

/** `reprise export SYSTEM GRAPH [--out FILE]`: a workflow of one job that runs the graph. */
export function registerExport(program: Command): void {
  const command = program.command('export').description('write a CI workflow of one job that runs a graph');
  for (const [system, write] of Object.entries(SYSTEMS)) {
    command
      .command(system)
      .description(`write a workflow for ${system}`)
      .argument('<graph>', 'the graph file, as the repository has it: YAML or JSON')
      .option('--out <file>', 'write to this file instead of standard output')
      .option('--install <command>', 'what installs Reprise and what the graph needs', 'npm ci')
      .addOption(envNameOption())
      .addOption(slotsOption())
      .option('--suites <file>', 'the file that says which command a suite is')
      .option('--json', 'print one JSON document')
      .action((file: string, options: Options) => exportGraph(file, options, write));
  }
}

async function exportGraph(
  file: string,
  options: Options,
  write: (job: CiJob, graph: Graph) => string,
): Promise<void> {
  const graph = await readGraph(file);
  const { slots = slotsOf(graph), install, out } = options;
  const suites = options.suites === undefined ? undefined : fromHere(options.suites);
  await checkSuites(graph, options.suites);
  const secrets = secretsOf(graph);
  const variables = [...new Set(options.env)].filter((name) => !secrets.includes(name)).sort();
  const job = { name: graph.name, file: fromHere(file), install, secrets, variables };
  const text = write({ ...job, ...present({ slots, suites }) }, graph);
  tellLabels(graph);
  if (out !== undefined) await writeText(out, text);
  if (options.json) printDocument({ workflow: text, secrets, variables });
  else if (out === undefined) process.stdout.write(text);
}

/** Found out now, and not in the first run. */
async function checkSuites({ nodes }: Graph, file: string | undefined): Promise<void> {
  const needed = nodes.flatMap(({ work }) => (work.kind === 'suite' ? [work.suite] : []));
  if (needed.length === 0) return;
  const known = file === undefined ? {} : await readSuites(file);
  const missing = needed.filter((suite) => !suite.includes('{{') && !Object.hasOwn(known, suite));
  if (file !== undefined && missing.length === 0) return;
  const message = `no command is known for the suite ${missing[0] ?? needed[0]}: say with --suites FILE which commands suites are`;
  throw new RepriseError('SUITE_UNKNOWN', message);
}

function tellLabels({ nodes }: Graph): void {
  const labels = [...new Set(nodes.flatMap((node) => node.labels))];
  if (labels.length === 0) return;
  say(`the one machine of the job runs every node, whatever its labels: ${labels.slice(0, 8).join(', ')}`);
}

/** The workflow runs at the root of the repository, which is where we are. */
function fromHere(file: string): string {
  const path = relative(process.cwd(), resolve(file)).replaceAll('\\', '/');
  if (path !== '' && !path.startsWith('..') && !isAbsolute(path)) return path;
  throw new RepriseError(
    'INPUT_INVALID',
    `${file} is not below this directory: run export at the root of the repository`,
  );
}

function envNameOption(): Option {
  const what = 'a variable to pass on to commands, beside those of the CI system that they read; repeatable';
  return new Option('--env <name>', what)
    .argParser((name: string, before: string[]) => {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return [...before, name];
      throw new RepriseError('INPUT_INVALID', `--env ${name}: write the name of a variable`);
    })
    .default([], 'none');
}
