import type { TestId, TestSummary } from '../model/test-results';

/**
 * The tests that the next attempt of a node runs: those that failed, where all of them are known by name, others passed,
 * and nothing else went wrong. Undefined where it has to run as a whole: to pass the tests that are known would prove
 * nothing then.
 */
export function rerunOf(tests: TestSummary | undefined): readonly TestId[] | undefined {
  if (!tests || tests.failed.length === 0) return undefined;
  const { counts, unlisted, problems, rerun } = tests;
  if (unlisted > 0 || problems.length > 0) return undefined;
  return counts.passed > 0 || rerun ? tests.failed : undefined;
}
