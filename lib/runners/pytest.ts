import { posix } from 'node:path';
import type { TestId } from '../core/model/test-results';
import { type Command, changed } from './command';
import { earlyStop, type Options, optionsOf, tableOf, variableIn } from './options';
import { counted, distinct, isWhole } from './patterns';
import { problemsOfPytest, resultsOfPytest } from './pytest-cases';
import type { Rerun, Runner } from './runner';

const OPTIONS = tableOf(
  [
    '-k -m -p -c --config-file -o --override-ini -W --pythonwarnings -r --maxfail --rootdir --junitxml --junit-xml',
    '--junitprefix --junit-prefix --durations --durations-min --tb --capture --color --code-highlight --basetemp',
    '--confcutdir --import-mode --ignore --ignore-glob --deselect --log-level --log-format --log-date-format --log-cli-level',
    '--log-cli-format --log-cli-date-format --log-file --log-file-mode --log-file-level --log-file-format --log-disable',
    '--show-capture --pastebin --lfnf --last-failed-no-failures --verbosity --assert --doctest-report --doctest-glob',
    '--pdbcls -n --numprocesses --maxprocesses --dist --tx --reruns --reruns-delay --only-rerun',
    '--rerun-except --cov-report --cov-config --timeout --html --alluredir --count --browser --base-url',
  ].join(' '),
  [
    '-q --quiet -v --verbose -x --exitfirst -s -l --showlocals --no-showlocals --lf --last-failed --ff --failed-first',
    '--nf --new-first --sw --stepwise --sw-skip --stepwise-skip --sw-reset --stepwise-reset --strict-config',
    '--strict-markers --strict --pdb --trace --cache-clear --no-header --no-summary --no-fold-skipped',
    '--disable-warnings --disable-pytest-warnings --runxfail --co --collect-only --pyargs --noconftest',
    '--keep-duplicates --collect-in-virtualenv --continue-on-collection-errors --doctest-modules --setup-only --setup-show',
    '--setup-plan --fixtures --markers --full-trace --xfail-tb --trace-config --no-cov --self-contained-html --headed -h -V',
  ].join(' '),
);

/** After these the report does not name every test that should have run, so that a rerun of the failed ones is not enough. */
const STOPS_EARLY = [
  '-x',
  '--exitfirst',
  '--maxfail',
  '--sw',
  '--stepwise',
  '--lf',
  '--last-failed',
] as const;
/** These change what an argument is, or whether anything runs. */
const OTHER_ARGUMENTS = [
  '--pyargs',
  '--co',
  '--collect-only',
  '--setup-plan',
  '--fixtures',
  '--markers',
] as const;

/**
 * pytest 9 (https://docs.pytest.org/en/stable/how-to/usage.html). A test is selected by its node id, which knows no
 * patterns; the file in it is relative to the root directory, so that is fixed with `--rootdir`.
 */
export const pytest: Runner = {
  name: 'pytest',
  formats: ['junit'],
  recognises: ({ program }) => program === 'pytest' || program === 'py.test',
  resultsOfCases: resultsOfPytest,
  problemsOfCases: problemsOfPytest,
  rerun,
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  const options = optionsOf(command, OPTIONS);
  const why = hindrance(command, options) ?? unselectable(tests, options);
  if (why !== undefined) return { scope: 'whole', why };
  const root = rootOf(options);
  const add = [
    ...(root === undefined ? ['--rootdir=.'] : []),
    ...distinct(tests.map((test) => argumentOf(test, root ?? '.'))),
  ];
  const text = changed(command, { drop: options.positionals, add });
  if (tests.every(isWhole)) {
    return { scope: 'tests', command: text, why: `pytest runs ${counted(tests.length)} by node id` };
  }
  return { scope: 'files', command: text, why: 'a name is too long to select its test: its file runs' };
}

function hindrance({ isScript, args }: Command, options: Options): string | undefined {
  if (isScript) return 'a script hides the arguments of pytest';
  const early = earlyStop(options, ...STOPS_EARLY);
  if (early !== undefined) return early;
  const [other] = options.named(...OTHER_ARGUMENTS);
  if (other) return `${other.text} changes what the arguments of pytest mean`;
  const [unsure] = options.unsure;
  if (unsure) return `${unsure.text} may be a path, or belong to the option before it`;
  const list = options.positionals.find(({ text }) => text.startsWith('@'));
  if (list) return `which tests ${list.text} asks for is not known`;
  if (args.some(({ text }) => text === '--')) return 'behind -- pytest takes no options';
  return variableIn(options.positionals);
}

/** Why node ids would not do, whatever the command. */
function unselectable(tests: readonly TestId[], options: Options): string | undefined {
  if (tests.some(({ file }) => file === undefined)) {
    return 'the report names no file of a test: have pytest write it with -o junit_family=xunit1';
  }
  const bracket = tests.find(({ file }) => file?.includes('['));
  if (bracket) return `pytest takes no path with a bracket: ${bracket.file}`;
  const isPlain = options.positionals.every(({ text, isLiteral }) => isLiteral && !posix.isAbsolute(text));
  const roots = options.positionals.map(({ text }) => posix.normalize(text.replace(/::.*$/s, '')));
  const root = rootOf(options) ?? '.';
  const isBelow = ({ file = '' }: TestId) =>
    roots.some((path) => path === '.' || isWithin(posix.join(root, file), path));
  if (roots.length > 0 && isPlain && !tests.every(isBelow)) {
    return "the report's files are not relative to the working directory: fix that with --rootdir=.";
  }
  return undefined;
}

function isWithin(file: string, path: string): boolean {
  const folder = path.replace(/\/$/, '');
  return file === folder || file.startsWith(`${folder}/`);
}

/** What the files of its report are relative to; undefined where pytest works it out from its arguments. */
function rootOf(options: Options): string | undefined {
  const root = lastValue(options, '--rootdir');
  if (root !== undefined) return root;
  const config = lastValue(options, '-c', '--config-file');
  return config === undefined ? undefined : posix.dirname(config);
}

function lastValue(options: Options, ...names: readonly string[]): string | undefined {
  const last = options.named(...names).at(-1)?.text;
  return last?.startsWith('--') ? last.slice(last.indexOf('=') + 1) : last;
}

function argumentOf(test: TestId, root: string): string {
  const path = posix.join(root, test.file ?? '');
  // What begins with one of these would be an option, or a file of arguments.
  const safe = /^[-@]/.test(path) ? `./${path}` : path;
  return isWhole(test) ? [safe, ...test.suites, test.title].join('::') : safe;
}
