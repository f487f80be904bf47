import fc from 'fast-check';
import { LIMITS } from '../../../lib/core/limits';
import {
  type TestId,
  type TestReport,
  type TestStatus,
  testSummarySchema,
} from '../../../lib/core/model/test-results';
import { judge } from '../../../lib/reports/judge';

const id = (title: string, occurrence?: number): TestId => ({
  ...{ runner: 'jest', suites: ['cart'], title },
  ...(occurrence === undefined ? {} : { occurrence }),
});
const report = (statuses: Readonly<Record<string, TestStatus>>, problems: string[] = []): TestReport => ({
  results: Object.entries(statuses).map(([title, status]) => ({ id: id(title), status })),
  problems,
});
const titles = (ids: readonly TestId[]) => ids.map(({ title }) => title);
const rerun = (...asked: TestId[]) => ({ asked, scope: 'tests' as const, why: 'by name' });

describe('an attempt', () => {
  it('has passed when its command ended with 0 and no test failed', () => {
    const { tests, fault } = judge({ status: 0, report: report({ a: 'passed', b: 'skipped' }) });
    expect(fault).toBeUndefined();
    expect(tests).toEqual({
      counts: { passed: 1, failed: 0, skipped: 1, unfinished: 0, flaky: 0 },
      ...{ failed: [], unlisted: 0, problems: [] },
    });
  });

  it('has to run again what failed and what did not finish', () => {
    const { tests } = judge({
      status: 1,
      report: report({ a: 'failed', b: 'unfinished', c: 'passed', d: 'skipped' }),
    });
    expect(titles(tests.failed)).toEqual(['a', 'b']);
    expect(tests.problems).toEqual([]);
  });

  it.each([
    ['it left no report', undefined, 'it left no report of its tests'],
    ['a test failed', report({ a: 'failed' }), 'it ended with exit status 0, though cart › a failed'],
    [
      'something failed outside of tests',
      report({ a: 'passed' }, ['x.js does not load']),
      'x.js does not load',
    ],
  ])('has failed in spite of exit status 0 when %s', (_, read, fault) => {
    expect(judge({ status: 0, report: read }).fault).toBe(fault);
  });

  it('has a problem when it fails and its report has no failure, as after a global teardown or for a flaky test', () => {
    const { tests, fault } = judge({ status: 1, report: report({ a: 'passed' }) });
    expect(fault).toBeUndefined();
    expect(tests.problems).toEqual(['it ended with exit status 1, and its report names no test that failed']);
  });

  it('names as many failed tests as there is room for, and counts the others', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`t${i}`, 'failed' as const]));
    const { tests } = judge({ status: 1, report: report(many) });
    expect(tests.failed).toHaveLength(LIMITS.testsListed);
    expect(tests.unlisted).toBe(50);
    const long = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`${i}${'x'.repeat(500)}`, 'failed' as const]),
    );
    const few = judge({ status: 1, report: report(long) }).tests;
    expect(few.unlisted).toBeGreaterThan(0);
    expect(few.failed.length + few.unlisted).toBe(50);
  });
});

describe('a rerun', () => {
  it('has passed when every test that was asked for passed', () => {
    const { tests, fault } = judge({
      status: 0,
      report: report({ a: 'passed', b: 'skipped' }),
      rerun: rerun(id('a')),
    });
    expect(fault).toBeUndefined();
    expect(tests).toMatchObject({
      failed: [],
      problems: [],
      rerun: { asked: 1, scope: 'tests', why: 'by name' },
    });
  });

  it.each([
    ['ran nothing', {}],
    ['ran another test', { b: 'passed' }],
    ['skipped the test', { a: 'skipped' }],
    ['did not finish the test', { a: 'unfinished' }],
  ] as const)('has failed when it %s, whatever its exit status', (_, statuses) => {
    const { tests, fault } = judge({ status: 0, report: report(statuses), rerun: rerun(id('a')) });
    expect(fault).toContain('of 1 tests to run again it proves nothing for cart › a');
    expect(titles(tests.failed)).toEqual(['a']);
    expect(tests.problems).toHaveLength(1);
  });

  it('has failed when it left no report, and everything it was asked for has to run again', () => {
    const { tests, fault } = judge({ status: 0, report: undefined, rerun: rerun(id('a'), id('b')) });
    expect(fault).toBe('it left no report of its tests');
    expect(titles(tests.failed)).toEqual(['a', 'b']);
  });

  it('runs again alone what failed again', () => {
    const { tests } = judge({
      status: 1,
      report: report({ a: 'failed', b: 'passed' }),
      rerun: rerun(id('a'), id('b')),
    });
    expect(titles(tests.failed)).toEqual(['a']);
    expect(tests.problems).toEqual([]);
  });

  it('has a problem when it fails though all that was asked for passed', () => {
    const { tests } = judge({ status: 1, report: report({ a: 'passed' }), rerun: rerun(id('a')) });
    expect(tests.problems).toHaveLength(1);
  });

  it('has not passed a test of a name that others have until all of that name passed', () => {
    const results = (...statuses: TestStatus[]): TestReport => ({
      problems: [],
      results: statuses.map((status, i) => ({ id: id('a', i === 0 ? undefined : i + 1), status })),
    });
    const second = rerun(id('a', 2));
    expect(judge({ status: 0, report: results('passed', 'passed'), rerun: second }).fault).toBeUndefined();
    expect(judge({ status: 0, report: results('passed'), rerun: second }).fault).toContain('proves nothing');
    expect(
      judge({ status: 1, report: results('failed', 'passed'), rerun: second }).tests.failed,
    ).toHaveLength(2);
  });

  const status = fc.constantFrom<TestStatus>('passed', 'failed', 'skipped', 'unfinished');
  const reports = fc.option(
    fc.record({
      tests: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), status),
      problems: fc.array(fc.string(), { maxLength: 2 }),
    }),
  );
  const asked = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });

  it('never passes without a pass of each test that was asked for, and is as its schema says', () => {
    fc.assert(
      fc.property(reports, asked, fc.constantFrom(0, 1), (read, wanted, exit) => {
        const read_ = read ? report(read.tests, read.problems) : undefined;
        const { tests, fault } = judge({
          status: exit,
          report: read_,
          rerun: rerun(...wanted.map((title) => id(title))),
        });
        expect(testSummarySchema.parse(tests)).toEqual(tests);
        const passes = exit === 0 && fault === undefined;
        if (passes) expect(wanted.every((title) => read?.tests[title] === 'passed')).toBe(true);
        // What is not proven is never lost: it runs again by name, or with the whole.
        const open = wanted.filter((title) => read?.tests[title] !== 'passed');
        expect(titles(tests.failed)).toEqual(expect.arrayContaining(open));
      }),
    );
  });
});
