import type { TestId, TestReport, TestResult, TestStatus } from '../core/model/test-results';
import { identityOf } from './identity';

/** The report of an attempt of a node. */
export interface AttemptTests {
  readonly attempt: number;
  readonly report: TestReport;
  /** It was to run some tests only: what it skips, it was not asked for. */
  readonly isRerun: boolean;
}

export interface Try extends Omit<TestResult, 'id'> {
  readonly attempt: number;
  /** Of a failure: nothing was found wrong, as it ran out of its time, could not begin or was lost. */
  readonly isError?: true;
}

/** All that is known of one test of a node. */
export interface TestHistory {
  readonly id: TestId;
  /** In order, over all attempts; at least one. */
  readonly tries: readonly Try[];
  /** Of the last try that says something. */
  readonly status: TestStatus;
  /** It passed, and had failed before. */
  readonly isFlaky: boolean;
  /** Why it was skipped, did not finish, or failed without a try that did. */
  readonly why?: string;
}

/**
 * What became of each test over the attempts of a node, in the order in which tests were first reported. A rerun says
 * nothing of tests that it skipped, so theirs is the status they had.
 */
export function historiesOf(attempts: readonly AttemptTests[]): TestHistory[] {
  const tests = new Map<string, { id: TestId; tries: Try[] }>();
  for (const { attempt, report, isRerun } of attempts) {
    for (const { id, ...result } of report.results) {
      const key = identityOf(id);
      const known = tests.get(key);
      if (!known) tests.set(key, { id, tries: [{ ...result, attempt }] });
      else if (!isRerun || says(result.status)) known.tries.push({ ...result, attempt });
    }
  }
  return [...tests.values()].map(({ id, tries }) => {
    const status = (tries.at(-1) as Try).status;
    const isFlaky = status === 'passed' && tries.some((one) => one.status === 'failed');
    return { id, tries, status, isFlaky };
  });
}

/** The tests of one report. */
export function testsOf(report: TestReport): TestHistory[] {
  return historiesOf([{ attempt: 1, report, isRerun: false }]);
}

/** Whether it passed or failed, which a test that was skipped or did not finish did not. */
function says(status: TestStatus): boolean {
  return status === 'passed' || status === 'failed';
}
