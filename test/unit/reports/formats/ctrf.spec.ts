import { formatOf } from '../../../../lib/reports/formats';
import { ctrf } from '../../../../lib/reports/formats/ctrf';

function read(tests: readonly object[]) {
  const text = JSON.stringify({
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: { tool: { name: 'x' }, tests },
  });
  expect(formatOf(text)).toBe(ctrf);
  return ctrf.read(text, { runner: 'x', cwd: '/work' }).results;
}

describe('a CTRF report', () => {
  it.each([
    ['passed', 'passed'],
    ['failed', 'failed'],
    ['skipped', 'skipped'],
    ['pending', 'skipped'],
    ['other', 'unfinished'],
  ])('says %s of a test that is %s', (status, own) => {
    expect(read([{ name: 't', status, duration: 1 }])[0]?.status).toBe(own);
  });

  it.each([[['a', 'b']], ['a > b']])('has the suites as a list or as one text: %j', (suite) => {
    expect(
      read([{ name: 't', status: 'passed', duration: 1, suite, filePath: '/work/x.ts' }])[0]?.id,
    ).toEqual({
      ...{ runner: 'x', file: 'x.ts', suites: ['a', 'b'], title: 't' },
    });
  });

  it('has the tries of a flaky test, listed or counted', () => {
    const flaky = { name: 't', status: 'passed', duration: 1, flaky: true };
    const listed = [{ attempt: 1, status: 'failed', message: 'no' }];
    expect(read([{ ...flaky, retries: 1, retryAttempts: listed }])).toMatchObject([
      { status: 'failed', message: 'no' },
      { status: 'passed' },
    ]);
    expect(read([{ ...flaky, retries: 2 }]).map(({ status }) => status)).toEqual([
      'failed',
      'failed',
      'passed',
    ]);
    expect(read([flaky]).map(({ status }) => status)).toEqual(['failed', 'passed']);
  });

  it('has the lines of failures', () => {
    const one = { name: 't', duration: 1, status: 'failed', filePath: 'x.ts', line: 7 };
    const retryAttempts = [{ attempt: 1, status: 'failed', line: 5 }];
    expect(read([{ ...one, retries: 1, retryAttempts }])).toMatchObject([{ line: 5 }, { line: 7 }]);
    expect(read([{ ...one, line: 0 }])[0]).not.toHaveProperty('line');
  });

  it('counts a last try that is listed among the others once', () => {
    const tries = [
      { attempt: 1, status: 'failed' },
      { attempt: 2, status: 'passed' },
    ];
    const all = read([
      { name: 't', status: 'passed', duration: 1, flaky: true, retries: 1, retryAttempts: tries },
    ]);
    expect(all.map(({ status }) => status)).toEqual(['failed', 'passed']);
  });
});
