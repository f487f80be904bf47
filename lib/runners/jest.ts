import type { TestId } from '../core/model/test-results';
import { casesNamed } from '../reports/junit/results';
import { rerunByName } from './by-name';
import type { Command } from './command';
import { earlyStop, optionsOf, tableOf } from './options';
import { escapeRegExp } from './patterns';
import type { Rerun, Runner } from './runner';

const OPTIONS = tableOf(
  '-c --config -t --testNamePattern --outputFile --shard -w --maxWorkers --testTimeout --rootDir --env --maxConcurrency --seed --changedSince --cacheDirectory --coverageDirectory --testPathPatterns --testPathPattern',
  '--json --ci -i --runInBand --verbose --silent --forceExit --detectOpenHandles --no-coverage --coverage --colors --no-cache --randomize --runTestsByPath --bail -b --onlyFailures -f --passWithNoTests --no-watchman -o --onlyChanged',
);

/** What would leave a test out, or keep a report from being written. */
const HINDRANCES = [
  ...['-t', '--testNamePattern', '--shard', '--onlyFailures', '-f', '--onlyChanged', '-o', '--changedSince'],
  ...['--passWithNoTests', '--runTestsByPath'],
];

/**
 * Jest 30 (https://jestjs.io/docs/cli). `-t` is a regular expression over the names joined by blanks that ignores case,
 * and a path is one too, so both are escaped and anchored; equal names in one file all run.
 */
export const jestRunner: Runner = {
  name: 'jest',
  formats: ['jest-json', 'junit', 'ctrf'],
  recognises: ({ program }) => program === 'jest',
  rerun,
  /** As jest-junit writes it unless it is told otherwise: both names are all names joined, a blank before a lone one. */
  resultsOfCases: (cases, context) =>
    casesNamed(cases, context, ({ attributes: { name = '', file } }) => ({
      ...{ file, suites: [], title: name.replace(/^ /, '') },
    })),
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  const options = optionsOf(command, OPTIONS);
  const related = options.named('--findRelatedTests', '--listTests', '--watch', '--watchAll');
  if (related.length > 0) {
    return { scope: 'whole', why: `${related[0]?.text} changes what the paths of Jest mean` };
  }
  const early = earlyStop(options, '--bail', '-b');
  if (early !== undefined) return { scope: 'whole', why: early };
  const pathOf = (file: string) => `(^|/)${escapeRegExp(file)}$`;
  return rerunByName(command, tests, { options, hindrances: HINDRANCES, pathOf, title: 'Jest' });
}
