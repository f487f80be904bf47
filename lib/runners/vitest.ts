import type { TestId } from '../core/model/test-results';
import { casesNamed } from '../reports/junit/results';
import { rerunByName } from './by-name';
import type { Command } from './command';
import { earlyStop, optionsOf, tableOf } from './options';
import type { Rerun, Runner } from './runner';

const OPTIONS = tableOf(
  '-c --config -r --root -t --testNamePattern --outputFile --shard --reporter --project --pool --environment --maxWorkers --testTimeout --retry --mode --dir --bail --changed --exclude',
  '--run --silent --no-color --coverage --no-coverage --passWithNoTests --globals --dom --typecheck --allowOnly --no-isolate --no-file-parallelism',
);

const HINDRANCES = ['-t', '--testNamePattern', '--shard', '--changed', '--passWithNoTests'];
const COMMANDS = ['run', 'watch', 'dev', 'related', 'list', 'bench', 'init'];

/**
 * Vitest 4 (https://vitest.dev/guide/cli). `-t` is a regular expression over the names joined by blanks, of which none
 * matching passes; files are selected by any part of their path.
 */
export const vitest: Runner = {
  name: 'vitest',
  formats: ['jest-json', 'junit', 'ctrf'],
  recognises: ({ program }) => program === 'vitest',
  rerun,
  /** Its class is the file, its name the describes and the title joined by ` > `, as which a title may look too. */
  resultsOfCases: (cases, context) =>
    casesNamed(cases, context, ({ attributes: { classname = '', name = '' } }) => {
      const names = name.split(' > ');
      return { file: classname, suites: names.slice(0, -1), title: names.at(-1) ?? '' };
    }),
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  const own = COMMANDS.includes(command.args[0]?.text ?? '') ? command.args[0]?.text : undefined;
  if (own !== undefined && own !== 'run')
    return { scope: 'whole', why: `vitest ${own} selects tests otherwise` };
  const options = optionsOf(command, OPTIONS, own === undefined ? 0 : 1);
  const early = earlyStop(options, '--bail');
  if (early !== undefined) return { scope: 'whole', why: early };
  const pathOf = (file: string) => file;
  return rerunByName(command, tests, { options, hindrances: HINDRANCES, pathOf, title: 'Vitest' });
}
