import { testName } from '../../lib/core/history/test-key';
import type { RunnerName, TestId } from '../../lib/core/model/test-results';
import { judge } from '../../lib/reports/judge';
import type { Rerun } from '../../lib/runners/runner';
import { type Suite, suiteOf } from './suites';

export interface RerunCase {
  readonly runner: RunnerName;
  readonly report: string;
  readonly command: (suite: Suite) => string;
  readonly env?: (suite: Suite) => NodeJS.ProcessEnv;
  /** Names of the tests that fail at first, and what they note of themselves. */
  readonly failing: readonly string[];
  readonly notes: readonly string[];
  readonly scope?: 'tests' | 'files';
  /** A test that does not exist, in a place that does. */
  readonly gone?: Partial<TestId>;
}

/** What every runner has to do, on suites whose tests fail when they run for the first time. */
export function describeReruns(
  cases: readonly RerunCase[],
  suiteFor: (runner: RunnerName) => Suite = suiteOf,
): void {
  describe.each(cases)(
    'a suite of $runner with its $report report',
    ({ runner, command, env, failing, notes, scope, gone: over }) => {
      let suite: Suite;
      beforeEach(() => {
        suite = suiteFor(runner);
      });
      afterEach(() => suite.remove());

      const run = (text: string) => suite.run(text, env?.(suite));
      const names = (ids: readonly TestId[]) => ids.map(testName).sort();

      it('runs again with the tests alone that failed', () => {
        const first = run(command(suite));
        const judged = judge(first).tests;
        expect(names(judged.failed)).toEqual(failing);
        expect(judged.problems).toEqual([]);
        suite.ran();

        const rerun = suite.rerun(command(suite), judged.failed) as Extract<Rerun, { command: string }>;
        expect(rerun.scope).toBe(scope ?? 'tests');
        const second = run(rerun.command);
        expect(suite.ran()).toEqual(notes);
        const { tests, fault } = judge({
          ...second,
          rerun: { ...rerun, scope: rerun.scope, asked: judged.failed },
        });
        expect({ status: second.status, fault, failed: tests.failed }).toEqual({ status: 0, failed: [] });
      });

      it('has not passed when the rerun runs nothing', () => {
        run(command(suite));
        const gone: TestId = {
          runner,
          file: 'cart.check.cjs',
          suites: ['of old'],
          title: 'was renamed',
          address: 'cart.check.cjs › was renamed',
          ...over,
        };
        const rerun = suite.rerun(command(suite), [gone]) as Extract<Rerun, { command: string }>;
        const second = run(rerun.command);
        const { tests, fault } = judge({ ...second, rerun: { ...rerun, scope: rerun.scope, asked: [gone] } });
        expect(second.status === 0 ? fault : 'failed').toMatch(/proves nothing for |left no report|failed/);
        expect(names(tests.failed)).toContain(testName(gone));
        expect(tests.problems).not.toEqual([]);
      });
    },
  );
}
