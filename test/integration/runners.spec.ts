import type { RunnerName, TestId } from '../../lib/core/model/test-results';
import { testName } from '../../lib/reports/identity';
import { judge } from '../../lib/reports/judge';
import type { Rerun } from '../../lib/runners/runner';
import { type Suite, suiteOf } from '../support/suites';

interface Case {
  readonly runner: RunnerName;
  readonly report: string;
  readonly command: (suite: Suite) => string;
  readonly env?: (suite: Suite) => NodeJS.ProcessEnv;
  /** Names of the tests that fail at first, and what they note of themselves. */
  readonly failing: readonly string[];
  readonly notes: readonly string[];
  readonly scope?: 'tests' | 'files';
}

const JUNIT = (suite: Suite) => `--test-reporter=junit --test-reporter-destination=${suite.report}`;

const CASES: readonly Case[] = [
  {
    runner: 'jest',
    report: 'JSON',
    command: (suite) => `jest --ci --json --outputFile=${suite.report}`,
    failing: [
      '[id].check.js › of an odd file',
      'cart.check.js › cart (new) › adds $ 1 [a|b]',
      'cart.check.js › top',
    ],
    notes: ['flaky', 'odd', 'top'],
  },
  {
    runner: 'jest',
    report: 'JUnit',
    command: () => 'jest --ci --reporters=jest-junit',
    env: (suite) => ({ JEST_JUNIT_OUTPUT_FILE: suite.report }),
    failing: ['cart (new) adds $ 1 [a|b]', 'of an odd file', 'top'],
    notes: ['flaky', 'odd', 'top'],
  },
  {
    runner: 'vitest',
    report: 'JSON',
    command: (suite) => `npx --no vitest run --reporter=json --outputFile=${suite.report} cart`,
    failing: ['cart.check.mjs › cart (new) › inner › adds $ 1 [a|b]', 'cart.check.mjs › top'],
    notes: ['flaky', 'top'],
  },
  {
    runner: 'vitest',
    report: 'JUnit',
    command: (suite) => `vitest run --reporter=junit --outputFile=${suite.report}`,
    failing: ['cart.check.mjs › cart (new) › inner › adds $ 1 [a|b]', 'cart.check.mjs › top'],
    notes: ['flaky', 'top'],
  },
  {
    runner: 'mocha',
    report: 'JSON',
    command: (suite) => `mocha --reporter json --reporter-option output=${suite.report} cart.check.cjs`,
    failing: ['cart.check.cjs › cart (new) › adds $ 1 [a|b]', 'cart.check.cjs › top'],
    notes: ['flaky', 'top'],
  },
  {
    runner: 'node-test',
    report: 'JUnit',
    command: (suite) => `node --test ${JUNIT(suite)} cart.check.cjs`,
    failing: ['cart (new) › inner › adds $ 1 [a|b]/', 'outer › within'],
    // Its describes cannot be told from tests with tests in them, so all of a describe runs.
    notes: ['flaky', 'stable', 'top'],
    scope: 'files',
  },
  {
    runner: 'playwright',
    report: 'JSON',
    command: () => 'playwright test',
    env: (suite) => ({ PLAYWRIGHT_JSON_OUTPUT_FILE: suite.report }),
    failing: [
      '[one] tests/cart.check.cjs › cart › adds a > b',
      '[two words] tests/cart.check.cjs › one › two',
    ],
    // The title with the sign of the list cannot be listed: its file runs, in its project.
    notes: ['flaky', 'stable two words', 'top'],
    scope: 'files',
  },
];

describe.each(CASES)(
  'a suite of $runner with its $report report',
  ({ runner, command, env, failing, notes, scope }) => {
    let suite: Suite;
    beforeEach(() => {
      suite = suiteOf(runner);
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
      };
      const rerun = suite.rerun(command(suite), [gone]) as Extract<Rerun, { command: string }>;
      const second = run(rerun.command);
      const { tests, fault } = judge({ ...second, rerun: { ...rerun, scope: rerun.scope, asked: [gone] } });
      expect(second.status === 0 ? fault : 'failed').toMatch(/proves nothing for .*was renamed|failed/);
      expect(names(tests.failed)).toContain('cart.check.cjs › of old › was renamed');
      expect(tests.problems).not.toEqual([]);
    });
  },
);
