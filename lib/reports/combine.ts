import type { TestReport, TestResult } from '../core/model/test-results';
import { identityOf, numbered } from './identity';

/** Reports of one run as one. Tests of one name in two files are two tests. */
export function combined(reports: readonly TestReport[]): TestReport {
  return {
    results: numbered(reports.flatMap(({ results }) => testsOf(results))).flat(),
    problems: reports.flatMap(({ problems }) => problems),
  };
}

function testsOf(results: readonly TestResult[]): TestResult[][] {
  const tests = new Map<string, TestResult[]>();
  for (const result of results) {
    const key = identityOf(result.id);
    const known = tests.get(key);
    if (known) known.push(result);
    else tests.set(key, [result]);
  }
  return [...tests.values()];
}
