import { testName } from '../../../../lib/core/history/test-key';
import { playwrightJson } from '../../../../lib/reports/formats/playwright-json';
import { judge } from '../../../../lib/reports/judge';

interface Tried {
  readonly project?: string;
  readonly expected?: string;
  readonly results: readonly string[];
  readonly serial?: true;
}

const test = ({ project = 'one', expected = 'passed', results, serial }: Tried) => ({
  projectName: project,
  expectedStatus: expected,
  annotations: serial ? [{ type: 'serial' }] : [],
  results: results.map((status) => ({
    status,
    duration: 7,
    errors: status === 'failed' ? [{ message: '\u001b[31mno\u001b[39m' }] : [],
  })),
  status: 'whatever',
});
const spec = (title: string, ...tests: readonly Tried[]) => ({
  title,
  ok: true,
  id: 'x',
  file: 'cart.spec.ts',
  tests: tests.map(test),
});

function read(
  specs: readonly object[],
  more: { describes?: readonly object[]; errors?: readonly object[] } = {},
) {
  const { describes = [], errors = [] } = more;
  const text = JSON.stringify({
    config: { rootDir: '/work/e2e' },
    suites: [{ title: 'cart.spec.ts', specs, suites: describes }],
    errors,
  });
  expect(playwrightJson.recognises(text)).toBe(true);
  return playwrightJson.read(text, { runner: 'playwright', cwd: '/work' });
}

const statuses = (specs: readonly object[]) =>
  read(specs).results.map(({ id, status }) => `${testName(id)}: ${status}`);

describe('the JSON report of Playwright', () => {
  it('has the line of a failure in its own file, and not that of a helper', () => {
    const at = (file: string) => ({
      ...spec('adds'),
      tests: [
        {
          ...test({ results: [] }),
          results: [
            { status: 'failed', errors: [{ message: 'no', location: { file, line: 12, column: 3 } }] },
          ],
        },
      ],
    });
    expect(read([at('/work/e2e/cart.spec.ts')]).results[0]?.line).toBe(12);
    expect(read([at('/work/e2e/helper.ts')]).results[0]).not.toHaveProperty('line');
  });

  it('is read by project, as a spec says of itself only what its first project did', () => {
    const two = spec('adds', { results: ['passed'] }, { project: 'two', results: ['failed'] });
    expect(statuses([two])).toEqual([
      '[one] e2e/cart.spec.ts › adds: passed',
      '[two] e2e/cart.spec.ts › adds: failed',
    ]);
  });

  it.each([
    ['was interrupted', { results: ['interrupted'] }, 'unfinished'],
    ['never ran though it should have', { results: ['skipped'] }, 'unfinished'],
    ['has no try at all', { results: [] }, 'unfinished'],
    ['is not to run', { expected: 'skipped', results: ['skipped'] }, 'skipped'],
    ['is expected to fail and does', { expected: 'failed', results: ['failed'] }, 'passed'],
    ['is expected to fail and passes', { expected: 'failed', results: ['passed'] }, 'failed'],
    ['ran out of time', { results: ['timedOut'] }, 'failed'],
  ])('says of a test that %s what is true of it', (_, tried, status) => {
    expect(statuses([spec('t', tried)])).toEqual([`[one] e2e/cart.spec.ts › t: ${status}`]);
  });

  it('has every try of a test, so that it is seen to be flaky', () => {
    const report = read([spec('t', { results: ['failed', 'passed'] })]);
    expect(report.results.map(({ status, message }) => [status, message])).toEqual([
      ['failed', 'no'],
      ['passed', undefined],
    ]);
    expect(judge({ status: 0, report }).tests.counts).toMatchObject({ passed: 1, flaky: 1, failed: 0 });
  });

  it('calls no test flaky that failed and was then skipped', () => {
    const report = read([spec('t', { expected: 'skipped', results: ['failed', 'skipped'] })]);
    expect(judge({ status: 0, report }).tests.counts).toMatchObject({ passed: 0, flaky: 0, skipped: 1 });
  });

  it('tells repeated tests apart by their order, as one id stands for several', () => {
    const repeated = spec('t', { results: ['passed'] }, { results: ['failed'] });
    expect(statuses([repeated])).toEqual([
      '[one] e2e/cart.spec.ts › t: passed',
      '[one] e2e/cart.spec.ts › t (2): failed',
    ]);
  });

  it('has the line of a list for each test, below the directory of tests', () => {
    const { results } = read([], {
      describes: [{ title: 'a > b', specs: [spec('t', { results: ['failed'] })] }],
    });
    expect(results[0]?.id).toMatchObject({ suites: ['a > b'], address: '[one] › cart.spec.ts › a > b › t' });
  });

  it('has the line of the file for tests in series, which need those before them', () => {
    const serial = spec('t', { results: ['failed'], serial: true });
    const { results } = read([], { describes: [{ title: 'd', specs: [serial] }] });
    expect(results[0]?.id.address).toBe('[one] › cart.spec.ts');
  });

  it('runs whole again after an error outside of tests: a file that does not load, two tests of one title', () => {
    const report = read([spec('t', { results: ['failed'] })], {
      errors: [{ message: 'duplicate test title' }],
    });
    expect(judge({ status: 1, report }).tests.problems).toEqual(['duplicate test title']);
  });
});
