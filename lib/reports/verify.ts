import { grouped } from '../core/model/grouped';
import type { TestId, TestReport } from '../core/model/test-results';
import { type TestHistory, testsOf } from './history';
import { sharedKey } from './identity';

/** What a rerun proves of the tests that it was asked for. */
export interface Verification {
  readonly passed: readonly TestId[];
  readonly failed: readonly TestId[];
  /** Not reported, or reported as skipped or unfinished: nothing is proved of them. */
  readonly unproven: readonly TestId[];
}

/**
 * Compares what was asked for with what was reported. Of tests that only their order tells apart none has passed until
 * all have: which of them is which may have changed.
 */
export function verify(asked: readonly TestId[], report: TestReport): Verification {
  const reported = grouped(testsOf(report), ({ id }) => sharedKey(id));
  const [passed, failed, unproven]: TestId[][] = [[], [], []];
  for (const [key, ids] of grouped(asked, sharedKey)) {
    const tests = reported.get(key) ?? [];
    const needed = Math.max(ids.length, ...ids.map(({ occurrence = 1 }) => occurrence));
    const passes = count(tests, 'passed');
    if (count(tests, 'failed') > 0) failed?.push(...ids);
    else if (passes >= needed) passed?.push(...ids);
    else unproven?.push(...ids);
  }
  return { passed: passed ?? [], failed: failed ?? [], unproven: unproven ?? [] };
}

function count(tests: readonly TestHistory[], status: TestHistory['status']): number {
  return tests.filter((test) => test.status === status).length;
}
