import { rerunOf } from '../../../../lib/core/job/rerun';
import type { TestSummary } from '../../../../lib/core/model/test-results';

const failed = [{ runner: 'jest', suites: ['cart'], title: 'adds' }];
const counts = { passed: 40, failed: 1, skipped: 0, unfinished: 0, flaky: 0 };
const summary = (over: Partial<TestSummary> = {}): TestSummary => ({
  ...{ counts, failed, unlisted: 0, problems: [] },
  ...over,
});

describe('the next attempt of a node with reports', () => {
  it('runs the tests that failed, where all of them are known and others passed', () => {
    expect(rerunOf(summary())).toEqual(failed);
  });

  it('runs them again where they are all that ran, as it was asked to', () => {
    const none = { ...counts, passed: 0 };
    const rerun = { asked: 1, scope: 'tests', why: 'by name' } as const;
    expect(rerunOf(summary({ counts: none, rerun }))).toEqual(failed);
    expect(rerunOf(summary({ counts: none }))).toBeUndefined();
  });

  it.each([
    ['there is no report', undefined],
    ['no test failed', summary({ failed: [] })],
    ['more failed than are listed', summary({ unlisted: 1 })],
    ['something else went wrong', summary({ problems: ['cart.spec.js does not load'] })],
  ])('runs as a whole where %s', (_, tests) => {
    expect(rerunOf(tests)).toBeUndefined();
  });
});
