import { posix } from 'node:path';
import type { TestId, TestResult } from '../core/model/test-results';
import { fromDirectory } from '../reports/identity';
import { casesNamed } from '../reports/junit/results';
import { problemOf } from '../reports/messages';
import type { JUnitCase, ReadContext } from '../reports/report-format';
import { type Command, changed } from './command';
import { type Options, optionsOf, tableOf, variableIn } from './options';
import { counted } from './patterns';
import type { Rerun, Runner } from './runner';

const OPTIONS = tableOf(
  '-f --file -pl --projects -P --activate-profiles -s --settings -gs --global-settings -t --toolchains -T --threads -l --log-file -D --define -rf --resume-from -b --builder',
  '-q --quiet -B --batch-mode -o --offline -e --errors -X --debug -U --update-snapshots -am --also-make -amd --also-make-dependents -fae --fail-at-end -ff --fail-fast -fn --fail-never -ntp --no-transfer-progress -N --non-recursive -C -c -nsu -V',
);

/**
 * Maven Surefire 3 with JUnit 5 (https://maven.apache.org/surefire/maven-surefire-plugin/examples/single-test.html).
 * `-Dtest` knows classes and methods, not the rows of a parametrised test, and finds nothing by a name with brackets.
 */
export const surefire: Runner = {
  name: 'surefire',
  formats: ['junit'],
  recognises: ({ program }) => ['mvn', 'mvnw', 'mvnd'].includes(program),
  resultsOfCases,
  problemsOfCases: (cases) =>
    cases
      // A class whose set-up or end failed; of its tests none is reported that did not run.
      .filter(({ attributes: { name = '' }, status }) => name === '' && status !== 'passed')
      .map(({ attributes, message }) => problemOf(`${attributes['classname']}: ${message ?? ''}`)),
  rerun,
};

/** Of each module its folder: another class may have the same name there. */
function resultsOfCases(cases: readonly JUnitCase[], context: ReadContext): TestResult[] {
  const tests = cases.filter(({ attributes: { name = '' } }) => name !== '');
  return casesNamed(tests, context, ({ attributes: { name = '', classname = '' }, suiteProperties }) => {
    const { basedir } = suiteProperties;
    const module = basedir === undefined ? undefined : moduleOf(context.cwd, basedir);
    return {
      project: module === '.' ? undefined : module,
      suites: [classname],
      title: name,
      address: module,
    };
  });
}

function moduleOf(cwd: string, basedir: string): string {
  return posix.normalize(cwd) === posix.normalize(basedir) ? '.' : fromDirectory(cwd, basedir);
}

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  const options = optionsOf(command, OPTIONS);
  const why = hindrance(command, tests, options);
  if (why !== undefined) return { scope: 'whole', why };
  const classes = new Map<string, Set<string> | 'all'>();
  for (const { suites, title } of tests) {
    const [name = ''] = suites;
    const method = methodOf(title);
    const known = classes.get(name);
    if (method === undefined || known === 'all') classes.set(name, 'all');
    else classes.set(name, (known ?? new Set()).add(method));
  }
  const selection = [...classes].map(([name, of]) => (of === 'all' ? name : `${name}#${[...of].join('+')}`));
  const drop = command.args.filter(({ text }) => text.startsWith('-Dtest='));
  const text = changed(command, { drop, add: [`-Dtest=${selection.join(',')}`] });
  if (tests.every(({ title }) => methodOf(title) === title)) {
    return {
      scope: 'tests',
      command: text,
      why: `Surefire runs ${counted(tests.length)} by class and method`,
    };
  }
  return { scope: 'files', command: text, why: 'Surefire selects methods with all their rows, or classes' };
}

/** The method of a test, without its parameters and its row; undefined where Surefire would not find it. */
function methodOf(title: string): string | undefined {
  const name = title.replace(/[([].*$/s, '');
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : undefined;
}

function hindrance(
  { isScript, args }: Command,
  tests: readonly TestId[],
  options: Options,
): string | undefined {
  if (isScript) return 'a script hides the arguments of Maven';
  const early = args.find(({ text }) => /^-D(surefire\.|failsafe\.)?skipAfterFailureCount=/.test(text));
  if (early) return `with ${early.text} not every test has run, and the report does not say which`;
  const odd = tests.find(({ suites: [name = ''] }) => !/^[A-Za-z_$][\w$.]*$/.test(name));
  if (odd) return `Surefire cannot be given the class ${odd.suites[0] ?? ''}`;
  const later = tests.find(({ suites: [name = ''] }) => /(^|\.)(IT[^.]*|[^.]*(IT|ITCase))$/.test(name));
  if (later) return `${later.suites[0]} looks like a test of Failsafe, which runs at another time`;
  if (tests.some(({ address }) => address === undefined)) {
    return 'the report does not say of which module its tests are';
  }
  const unknown = variableIn([...options.positionals, ...options.unsure]);
  if (unknown !== undefined) return unknown;
  return tests.every(({ address }) => isOnlyModule(address ?? '', args, options))
    ? undefined
    : 'Maven stops at the first module with failures, so modules behind it may not have run: give a node one module';
}

/** The build has this module and no other. A parent, whose folder this is, has no tests of its own. */
function isOnlyModule(module: string, args: Command['args'], options: Options): boolean {
  if (options.named('-am', '--also-make', '-amd', '--also-make-dependents').length > 0) return false;
  if (module === '.') return true;
  const file = options
    .named('-f', '--file')
    .at(-1)
    ?.text.replace(/^--file=/, '');
  const only = options
    .named('-pl', '--projects')
    .at(-1)
    ?.text.replace(/^--projects=/, '');
  const folder = file?.endsWith('.xml') ? posix.dirname(file) : file;
  return (
    [folder, only].some((path) => path !== undefined && posix.normalize(path) === module) && args.length > 0
  );
}
