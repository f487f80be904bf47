import type { TestId, TestResult } from '../core/model/test-results';
import { casesNamed, triesOfCase } from '../reports/junit/results';
import type { JUnitCase, ReadContext } from '../reports/report-format';
import { type Command, changed } from './command';
import { optionsOf, tableOf } from './options';
import { counted, distinct, exactly, isWhole } from './patterns';
import type { Rerun, Runner } from './runner';

const OPTIONS = tableOf(
  '--test-name-pattern --test-shard --test-reporter --test-reporter-destination --test-concurrency --test-timeout --import --require -r --loader --env-file --conditions -C --test-skip-pattern',
  '--test --test-only --test-force-exit --experimental-test-coverage --enable-source-maps --experimental-strip-types --no-warnings',
);

const HINDRANCES = ['--test-name-pattern', '--test-shard'];

/**
 * `node --test`, Node.js 20 and later (https://nodejs.org/docs/latest-v20.x/api/test.html). A pattern is matched with
 * the name of a test alone. A test in a test runs only where the outer one matches as well, and JUnit does not tell a
 * test with tests from a describe, so what a test stands in is named too; of a describe that is named all tests run. All
 * of these names run, in all files.
 */
export const nodeTest: Runner = {
  name: 'node-test',
  formats: ['junit', 'ctrf'],
  recognises: ({ program, args }) =>
    (program === 'node' || program === 'tsx') && args.some(({ text }) => text === '--test'),
  rerun,
  resultsOfCases,
};

function rerun(command: Command, tests: readonly TestId[]): Rerun {
  if (!tests.every(isWhole)) return { scope: 'whole', why: 'a name is too long to select its test' };
  if (command.isScript) {
    // Options of Node.js stand in front of its files, and a script ends with them.
    return {
      scope: 'whole',
      why: 'an npm script takes options behind its files, where node --test reads none',
    };
  }
  const names = distinct(tests.flatMap(({ suites, title }) => [...suites, title]));
  const patterns = names.map((name) => `--test-name-pattern=/${exactly(name)}/`);
  const drop = optionsOf(command, OPTIONS).named(...HINDRANCES);
  const text = changed(command, { drop, add: patterns, where: 'front' });
  if (tests.every(({ suites }) => suites.length === 0)) {
    return { scope: 'tests', command: text, why: `node --test runs ${counted(tests.length)} by name` };
  }
  const why = `node --test runs ${counted(tests.length)} with the describes they stand in`;
  return { scope: 'files', command: text, why };
}

/**
 * Describes are suites, and so are tests with tests in them. A file that has no tests, or ends before they do, is a case
 * that has its path for a name: it is no test.
 */
function resultsOfCases(cases: readonly JUnitCase[], context: ReadContext): TestResult[] {
  const tests = cases.filter((one) => !isFile(one));
  const named = casesNamed(tests, context, ({ attributes: { name = '', file }, suites }) => {
    return { file, suites: suites.map((suite) => suite['name'] ?? ''), title: name };
  });
  const isCancelled = new Set(tests.flatMap((one, i) => (one.type === 'cancelledByParent' ? [i] : [])));
  let at = -1;
  const starts = tests.flatMap((one) => triesOfCase(one).map((_, i) => (i === 0 ? 1 : 0)));
  return named.map((result, i) => {
    at += starts[i] ?? 0;
    return isCancelled.has(at) && result.status === 'failed' ? { ...result, status: 'unfinished' } : result;
  });
}

function isFile({ attributes: { name = '' }, suites }: JUnitCase): boolean {
  return suites.length === 0 && name.startsWith('/') && /\.[cm]?[jt]sx?$/.test(name);
}
