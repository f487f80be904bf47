import { mochaJson } from '../../../../lib/reports/formats/mocha-json';

const test = (title: string, over: object = {}) => ({
  ...{ title, fullTitle: `cart ${title}`, file: '/work/a.cjs', duration: 1, currentRetry: 0, err: {} },
  ...over,
});

function read(
  tests: readonly object[],
  { failures = [], pending = [] }: { failures?: object[]; pending?: object[] } = {},
) {
  const text = JSON.stringify({ stats: { tests: tests.length }, tests, pending, failures, passes: [] });
  expect(mochaJson.recognises(text)).toBe(true);
  return mochaJson.read(text, { runner: 'mocha', cwd: '/work' });
}

describe('the JSON report of Mocha', () => {
  it('names a test by its file, all describes as one, and its title', () => {
    expect(read([test('adds')]).results[0]?.id).toEqual({
      runner: 'mocha',
      file: 'a.cjs',
      suites: ['cart'],
      title: 'adds',
    });
    expect(read([test('top', { fullTitle: 'top' })]).results[0]?.id.suites).toEqual([]);
  });

  it('finds failures and skips in their lists, equal names one by one', () => {
    const [bad, off] = [test('a', { err: { message: 'no' } }), test('b')];
    const { results } = read([test('a'), bad, off], { failures: [bad], pending: [off] });
    expect(results.map(({ status }) => status)).toEqual(['passed', 'failed', 'skipped']);
    expect(results[1]?.id.occurrence).toBe(2);
  });

  it('knows a flaky test by its retries', () => {
    expect(read([test('a', { currentRetry: 2 })]).results.map(({ status }) => status)).toEqual([
      'failed',
      'failed',
      'passed',
    ]);
  });

  it('has a problem where a hook failed, as the tests behind it are nowhere', () => {
    const hook = test('"before all" hook', { err: { message: 'no base' } });
    expect(read([], { failures: [hook] }).problems).toEqual(['cart "before all" hook failed: no base']);
  });
});
