import { testName } from '../../../../lib/core/history/test-key';
import { jestJson } from '../../../../lib/reports/formats/jest-json';
import { judge } from '../../../../lib/reports/judge';

const test = (title: string, over: object = {}) => ({
  ...{
    ancestorTitles: ['d'],
    title,
    fullName: `d ${title}`,
    status: 'passed',
    duration: 3,
    failureMessages: [],
  },
  ...over,
});
const failed = { status: 'failed', failureMessages: ['Error: no'] };
const file = (tests: readonly object[], over: object = {}) => ({
  ...{ name: '/work/a.test.js', status: 'passed', message: '', assertionResults: tests },
  ...over,
});

function read(files: readonly object[], counts: object = { numRuntimeErrorTestSuites: 0 }) {
  const text = JSON.stringify({
    numTotalTests: 1,
    numFailedTestSuites: 0,
    success: true,
    testResults: files,
    ...counts,
  });
  expect(jestJson.recognises(text)).toBe(true);
  return jestJson.read(text, { runner: 'jest', cwd: '/work' });
}

describe('the JSON report of Jest', () => {
  it('names a test by its file, describes and title', () => {
    expect(read([file([test('t')])]).results[0]?.id).toEqual({
      runner: 'jest',
      file: 'a.test.js',
      suites: ['d'],
      title: 't',
    });
  });

  it.each(['pending', 'todo', 'skipped', 'disabled'])('takes a test that is %s for skipped', (status) => {
    expect(read([file([test('t', { status })])]).results[0]?.status).toBe('skipped');
  });

  it('knows a flaky test by how often it ran, though it reads as a plain pass', () => {
    const report = read([file([test('t', { invocations: 3 })])]);
    expect(report.results.map(({ status }) => status)).toEqual(['failed', 'failed', 'passed']);
    expect(judge({ status: 0, report }).tests.counts).toMatchObject({ passed: 1, flaky: 1 });
  });

  it('has a problem where a file does not load', () => {
    const broken = file([], { status: 'failed', message: '● Test suite failed to run\n\n  SyntaxError' });
    expect(read([broken]).problems).toEqual([
      'a.test.js failed outside of its tests: ● Test suite failed to run SyntaxError',
    ]);
  });

  it('has a problem where afterAll fails beside a test, which the rerun of that test would hide', () => {
    const message = '● d › t\n\n  no\n\n  ● Test suite failed to run\n\n    in afterAll';
    const report = read([file([test('t', failed)], { status: 'failed', message })]);
    expect(report.problems).toHaveLength(1);
  });

  it('keeps the entries of two projects with one file apart', () => {
    const names = read([file([test('t')]), file([test('t', failed)])]).results.map(({ id }) => testName(id));
    expect(names).toEqual(['a.test.js › d › t', 'a.test.js › d › t (2)']);
  });

  it('does not call a run without tests that failed a run whose tests failed', () => {
    const { tests } = judge({ status: 1, report: read([]) });
    expect(tests.failed).toEqual([]);
    expect(tests.problems).toEqual(['it ended with exit status 1, and its report names no test that failed']);
  });
});

describe('the JSON report of Vitest', () => {
  const vitest = (files: readonly object[], numFailedTestSuites: number) =>
    read(files, { numFailedTestSuites });

  it('knows a flaky test by the messages of its failures', () => {
    const report = vitest([file([test('t', { failureMessages: ['Error: first'] })])], 0);
    expect(report.results.map(({ status, message }) => [status, message])).toEqual([
      ['failed', 'Error: first'],
      ['passed', undefined],
    ]);
  });

  it('has a problem where a hook of a describe failed, whose tests read as skipped', () => {
    const tests = [test('t', failed), test('never', { ancestorTitles: ['e'], status: 'skipped' })];
    expect(vitest([file(tests, { status: 'failed' })], 2).problems).toEqual([]);
    expect(vitest([file(tests, { status: 'failed' })], 3).problems).toEqual([
      'a describe failed outside of its tests, in beforeAll or afterAll',
    ]);
  });
});

describe('what is no such report', () => {
  it.each(['', '{', '[]', '{"testResults": 1, "numTotalTests": 1}'])('is refused: %s', (text) => {
    expect(() => jestJson.read(text, { runner: 'jest', cwd: '/' })).toThrow(
      'this is no report as Jest or Vitest',
    );
  });

  it('is refused when it is nested without end', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(() => jestJson.read(`{"a": ${deep}}`, { runner: 'jest', cwd: '/' })).toThrow(
      'no JSON of sane depth',
    );
  });
});
