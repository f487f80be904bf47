import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ForeignFile, ImportedGraph } from '../importers/imported';
import { importShards } from '../importers/shards/import';
import type { ShardRunner } from '../importers/shards/runner';
import { anyShards, goShards, jestShards, pytestShards, vitestShards } from '../importers/shards/runners';

interface Options {
  readonly shards: number;
  readonly root?: string;
  readonly merge?: string;
}

interface OwnOptions extends Options {
  readonly command?: string;
  readonly reportDir?: string;
}

interface AnyOptions extends Options {
  readonly run: string;
  readonly list: string;
  readonly reports?: string;
}

export interface ShardImports {
  /** A kind of import, with what all of them take. */
  readonly kind: (name: string, description: string) => Command;
  readonly shardCount: (text: string) => number;
  readonly run: (
    file: string,
    options: object,
    importer: (foreign: ForeignFile, name: string) => ImportedGraph,
  ) => Promise<void>;
}

const RUNNERS: readonly (readonly [name: string, runner: ShardRunner, report: string])[] = [
  ['pytest', pytestShards, "pytest-split's .test_durations, or a JUnit report of pytest"],
  ['jest', jestShards, "what Jest's `--json --outputFile=FILE` writes"],
  ['vitest', vitestShards, "what Vitest's json reporter writes"],
  ['go', goShards, 'the lines of `go test -json ./...`, or a JUnit report of gotestsum'],
];

/** `reprise import KIND REPORT --shards N`: the tests of a suite in shards of even duration. */
export function registerShardImports({ kind, shardCount, run }: ShardImports): void {
  const shards = (name: string, description: string) =>
    kind(name, description)
      .requiredOption('--shards <n>', 'how many shards', shardCount)
      .option('--root <dir>', 'the folder that the tests ran in, as the report has it; else this one')
      .option('--merge <command>', 'what runs when all shards are over: a node `report`');
  for (const [name, runner, report] of RUNNERS)
    shards(name, `${report}: its ${runner.unit} in shards of even duration`)
      .option('--command <command>', 'how the runner is started', runner.command)
      .option('--report-dir <dir>', 'a folder for the reports of shards, which has to be there')
      .action((file: string, options: OwnOptions) =>
        run(file, options, (foreign, graph) =>
          importShards(foreign, runner, { ...options, name: graph, root: resolve(options.root ?? '.') }),
        ),
      );
  shards(
    'junit',
    'a report of any runner that names the files of its tests: these in shards of even duration',
  )
    .requiredOption('--run <command>', 'what runs files of tests, with {files} for them')
    .requiredOption('--list <command>', 'what lists all files of tests, one a line, as the report names them')
    .option('--reports <path>', 'where a shard leaves its report; {{ node }} is its id')
    .action((file: string, { run: command, list, ...options }: AnyOptions) =>
      run(file, options, (foreign, graph) =>
        importShards(foreign, anyShards({ list }), {
          ...options,
          ...{ command, name: graph, root: resolve(options.root ?? '.') },
        }),
      ),
    );
}
