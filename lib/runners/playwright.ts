import type { TestId } from '../core/model/test-results';
import { listLine, namesExactly } from '../reports/formats/playwright-list';
import { casesNamed } from '../reports/junit/results';
import { type Command, changed } from './command';
import { optionsOf, tableOf } from './options';
import { counted, distinct } from './patterns';
import type { Rerun, RerunContext, Runner } from './runner';

const OPTIONS = tableOf(
  '-c --config -g --grep -G --grep-invert --shard --project --reporter --output --retries --repeat-each --timeout --global-timeout -j --workers --max-failures --trace --tsconfig --test-list --test-list-invert --last-failed-file -u --only-changed',
  '--headed --forbid-only --fully-parallel --quiet --no-deps --pass-with-no-tests --last-failed -x --fail-on-flaky-tests --list --debug --ignore-snapshots',
);

/** What would leave a listed test out, or call a run of nothing a pass. `--list` runs nothing at all. */
const HINDRANCES = [
  ...[
    '--shard',
    '--test-list',
    '--last-failed',
    '--only-changed',
    '--pass-with-no-tests',
    '--max-failures',
    '-x',
  ],
];

/**
 * Playwright Test 1.65 (https://playwright.dev/docs/test-cli). Tests are listed in a file; what a line cannot say is
 * widened to the describes around it, or to the file. A list that matches nothing passes with nothing run.
 */
export const playwright: Runner = {
  name: 'playwright',
  formats: ['playwright-json', 'junit', 'ctrf'],
  recognises: ({ program, args }) => program === 'playwright' && args[0]?.text === 'test',
  rerun,
  /** Its class is the file below the directory of tests, its name the names joined, and its suite names the project. */
  resultsOfCases: (cases, context) =>
    casesNamed(cases, context, ({ attributes: { classname = '', name = '' }, suites }) => {
      const names = name.split(' › ');
      const project = suites.at(-1)?.['hostname'];
      const parts = { project, file: classname, suites: names.slice(0, -1), title: names.at(-1) ?? '' };
      return { ...parts, address: listLine(parts) };
    }),
};

function rerun(command: Command, tests: readonly TestId[], { scratch }: RerunContext): Rerun {
  const options = optionsOf(command, OPTIONS, 1);
  if (options.named('--list', '--test-list-invert').length > 0) {
    return { scope: 'whole', why: '--list and --test-list-invert exclude a list of tests' };
  }
  const unlisted = tests.find(({ address }) => address === undefined);
  if (unlisted) return { scope: 'whole', why: `no line of a list can name the file of ${unlisted.title}` };
  const lines = distinct(tests.map(({ address = '' }) => address));
  const path = `${scratch}.tests.txt`;
  const isExact = tests.every((test) => namesExactly(test.address ?? '', test));
  return {
    scope: isExact ? 'tests' : 'files',
    command: changed(command, { drop: options.named(...HINDRANCES), add: ['--test-list', path] }),
    files: [{ path, text: `${lines.join('\n')}\n` }],
    why: isExact
      ? `Playwright runs ${counted(tests.length)} from a list`
      : `Playwright runs ${counted(tests.length)} from a list, some with what is around them: they run in series, or a list cannot name them`,
  };
}
