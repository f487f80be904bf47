import { resolve } from 'node:path';
import { Option } from 'commander';
import { RepriseError } from '../core/errors';
import { importShards } from '../importers/shards/import';
import type { ShardRunner } from '../importers/shards/runner';
import { anyShards, goShards, jestShards, pytestShards, vitestShards } from '../importers/shards/runners';
import { type Given, type Importer, type Kind, shardsOf, shardsOption } from './import-kind';

/** The tests of a suite in shards of even duration, by the report of their runner. */
export const SHARD_KINDS: readonly Kind[] = [
  kindOf('pytest', pytestShards, "pytest-split's .test_durations, or a JUnit report of pytest"),
  kindOf('jest', jestShards, "what Jest's `--json --outputFile=FILE` writes"),
  kindOf('vitest', vitestShards, "what Vitest's json reporter writes"),
  kindOf('go', goShards, 'the lines of `go test -json ./...`, or a JUnit report of gotestsum'),
  {
    name: 'junit',
    description: 'a report of any runner that names the files of its tests: these in shards of even duration',
    options: [
      ...sharedOptions(),
      new Option('--run <command>', 'what runs files of tests, with {files} for them'),
      new Option('--list <command>', 'what lists all files of tests, one a line, as the report names them'),
      new Option('--reports <path>', 'where a shard leaves its report; {{ node }} is its id'),
    ],
    importer: ({ run, list, ...given }) => {
      if (run === undefined || list === undefined) throw missingCommands();
      return importerOf(anyShards({ list }), { ...given, command: run });
    },
  },
];

function kindOf(name: Kind['name'], runner: ShardRunner, report: string): Kind {
  return {
    name,
    description: `${report}: its ${runner.unit} in shards of even duration`,
    options: [
      ...sharedOptions(),
      new Option('--command <command>', 'how the runner is started, such as `yarn jest --ci`'),
      new Option('--report-dir <dir>', 'a folder for the reports of shards, which has to be there'),
    ],
    importer: (given) => importerOf(runner, given),
  };
}

function sharedOptions(): Option[] {
  return [
    shardsOption(),
    new Option('--root <dir>', 'the folder that the tests ran in, as the report has it; else this one'),
    new Option('--merge <command>', 'what runs when all shards are over: a node `report`'),
  ];
}

function importerOf(runner: ShardRunner, given: Given): Importer {
  const { command, merge, reportDir, reports } = given;
  const shards = shardsOf(given);
  const root = resolve(given.root ?? '.');
  return (foreign, name) =>
    importShards(foreign, runner, { name, shards, root, command, merge, reportDir, reports });
}

function missingCommands(): RepriseError {
  const message =
    "the report does not say how its tests are run: say it with --run 'COMMAND {files}' and --list COMMAND, or name its runner";
  return new RepriseError('INPUT_INVALID', message);
}
