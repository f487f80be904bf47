import { validateStrict } from 'ctrf';
import type { TestId, TestReport, TestStatus } from '../../../lib/core/model/test-results';
import { ctrf } from '../../../lib/reports/formats/ctrf';
import { type AttemptTests, historiesOf } from '../../../lib/reports/history';
import { readCases } from '../../../lib/reports/junit/cases';
import { writeCtrf } from '../../../lib/reports/write-ctrf';
import { writeJUnit } from '../../../lib/reports/write-junit';

const id = (title: string): TestId => ({
  runner: 'playwright',
  project: 'one',
  file: 'a.spec.ts',
  suites: ['cart'],
  title,
});
const attempt = (
  number: number,
  statuses: Readonly<Record<string, TestStatus>>,
  isRerun = number > 1,
): AttemptTests => {
  const results: TestReport['results'] = Object.entries(statuses).map(([title, status]) => ({
    ...{ id: id(title), status, durationMs: 5 },
    ...(status === 'failed' ? { message: `no ${number} <&"\u0000\u001b>\nat x` } : {}),
  }));
  return { attempt: number, isRerun, report: { results, problems: [] } };
};
const became = (...attempts: AttemptTests[]) =>
  historiesOf(attempts).map(
    ({ id: { title }, status, isFlaky }) => `${title} ${status}${isFlaky ? ' flaky' : ''}`,
  );

describe('the attempts of a node', () => {
  it('make a test flaky that failed and then passed', () => {
    expect(
      became(attempt(1, { a: 'failed', b: 'passed' }), attempt(2, { a: 'passed', b: 'skipped' })),
    ).toEqual(['a passed flaky', 'b passed']);
  });

  it('leave a test failed that a rerun skipped or did not finish', () => {
    expect(
      became(attempt(1, { a: 'failed', b: 'failed' }), attempt(2, { a: 'skipped', b: 'unfinished' })),
    ).toEqual(['a failed', 'b failed']);
  });

  it('take the word of a whole attempt for what it skips', () => {
    expect(became(attempt(1, { a: 'failed' }), attempt(2, { a: 'skipped' }, false))).toEqual(['a skipped']);
  });

  it('make no test flaky that was interrupted and then passed', () => {
    expect(became(attempt(1, { a: 'unfinished' }), attempt(2, { a: 'passed' }))).toEqual(['a passed']);
  });
});

const tests = historiesOf([
  attempt(1, { flaky: 'failed', broken: 'failed', fine: 'passed', off: 'skipped', cut: 'unfinished' }),
  attempt(2, { flaky: 'passed', broken: 'failed' }),
  attempt(3, { broken: 'failed' }),
]);

describe('the merged JUnit report', () => {
  const xml = writeJUnit({ name: 'unit', tests });
  const { cases, problems } = readCases(xml);
  const of = (title: string) => cases.find(({ attributes }) => attributes['name'] === title);

  it('has each test once, with its last status', () => {
    expect(cases.map(({ attributes, status }) => `${attributes['name']} ${status}`)).toEqual([
      ...['flaky passed', 'broken failed', 'fine passed', 'off skipped', 'cut skipped'],
    ]);
    expect(problems).toEqual([]);
  });

  it('has the failures of a flaky test as Surefire writes them', () => {
    expect(of('flaky')?.tries).toEqual([
      { kind: 'flakyFailure', message: 'no 1 <&"\ufffd\ufffd>\nno 1 <&"\ufffd\ufffd>\nat x' },
    ]);
  });

  it('has one failure of a broken test and the others as reruns', () => {
    expect(of('broken')?.message).toBe('no 1 <&"\ufffd\ufffd>\nat x');
    expect(of('broken')?.tries.map(({ kind }) => kind)).toEqual(['rerunFailure', 'rerunFailure']);
  });

  it('counts what it has', () => {
    expect(xml).toContain(
      '<testsuite name="a.spec.ts" hostname="one" tests="5" failures="1" errors="0" skipped="2" flakes="1"',
    );
  });
});

describe('the merged CTRF report', () => {
  const text = writeCtrf({ name: 'unit', tests }, { start: 1_000.5, stop: 2_000 });

  it('is one by the published schema', () => {
    expect(() => validateStrict(JSON.parse(text))).not.toThrow();
    expect(() => validateStrict({ ...JSON.parse(text), results: {} })).toThrow();
  });

  it('says which tests are flaky, with their tries', () => {
    const { results } = JSON.parse(text);
    expect(results.summary).toMatchObject({ tests: 5, passed: 2, failed: 1, skipped: 1, other: 1, flaky: 1 });
    expect(results.tests[0]).toMatchObject({
      name: 'flaky',
      flaky: true,
      retries: 1,
      retryAttempts: [{ attempt: 1, status: 'failed' }],
    });
    expect(results.tests[1]).toMatchObject({ name: 'broken', status: 'failed', retries: 2 });
  });

  it('is read as it was written', () => {
    const read = ctrf.read(text, { runner: 'playwright', cwd: '/' }).results;
    expect(read.map(({ id: { title }, status }) => `${title} ${status}`)).toEqual([
      ...['flaky failed', 'flaky passed', 'broken failed', 'broken failed', 'broken failed'],
      ...['fine passed', 'off skipped', 'cut unfinished'],
    ]);
  });

  it('is one for a node without tests too', () => {
    expect(() =>
      validateStrict(JSON.parse(writeCtrf({ name: 'n', tests: [] }, { start: 0, stop: 0 }))),
    ).not.toThrow();
  });
});
