import type { TestId } from '../core/model/test-results';
import { type Command, changed } from './command';
import { earlyStop, optionsOf, tableOf } from './options';
import { anyOf, counted, distinct, isWhole, spacedName } from './patterns';
import type { Rerun, Runner } from './runner';

const OPTIONS = tableOf(
  '-g --grep -f --fgrep -R --reporter -O --reporter-option --reporter-options -r --require --spec --config --package -t --timeout -s --slow --retries -j --jobs -u --ui --extension --ignore --exclude --file --node-option -n',
  '--parallel -p --exit --recursive --bail -b --forbid-only --forbid-pending --color --no-color -c -C --check-leaks --full-trace --sort -S --dry-run --fail-zero --pass-on-failing-test-suite --invert -i',
);

const HINDRANCES = [
  ...['-g', '--grep', '-f', '--fgrep', '--invert', '-i', '--dry-run'],
  ...['--pass-on-failing-test-suite', '--fail-zero'],
];

/**
 * Mocha 12 (https://mochajs.org/running/cli). `--grep` is a regular expression over the names joined by blanks; equal
 * names in all files run. Its files stay as they are, as its configuration adds to them.
 */
export const mocha: Runner = {
  name: 'mocha',
  formats: ['mocha-json', 'junit', 'ctrf'],
  recognises: ({ program }) => program === 'mocha' || program === '_mocha',
  rerun,
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  if (!tests.every(isWhole)) return { scope: 'whole', why: 'a name is too long to select its test' };
  const options = optionsOf(command, OPTIONS);
  const early = earlyStop(options, '--bail', '-b');
  if (early !== undefined) return { scope: 'whole', why: early };
  const drop = options.named(...HINDRANCES);
  const names = distinct(tests.map(spacedName));
  const text = changed(command, { drop, add: ['--grep', anyOf(names), '--fail-zero'] });
  return { scope: 'tests', command: text, why: `Mocha runs ${counted(tests.length)} by name` };
}
