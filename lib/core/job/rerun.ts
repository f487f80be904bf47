import type { TestId, TestSummary } from '../model/test-results';

/**
 * The tests that the next attempt of a node runs: those that failed, where all of them are known by name and nothing
 * else went wrong. Undefined where it has to run as a whole: to pass the tests that are known would prove nothing then.
 */
export function rerunOf(tests: TestSummary | undefined): readonly TestId[] | undefined {
  if (!tests || tests.failed.length === 0) return undefined;
  return tests.unlisted === 0 && tests.problems.length === 0 ? tests.failed : undefined;
}
