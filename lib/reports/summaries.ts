import type { TestId, TestSummary } from '../core/model/test-results';
import type { TestHistory, Try } from './history';
import { identityOf } from './identity';

/** What the journal has of the tests of an attempt. */
export interface SummarisedAttempt {
  readonly attempt: number;
  readonly tests?: TestSummary;
}

/**
 * The tests that failed in some attempt, as far as the journal names them: of those that passed at once it has the number
 * alone. A test passed where a later attempt ran it, names all that failed, and does not name it.
 */
export function summarisedTests(attempts: readonly SummarisedAttempt[]): TestHistory[] {
  const known = new Map<string, { id: TestId; tries: Try[] }>();
  for (const { attempt, tests } of attempts) {
    if (!tests) continue;
    const failed = new Map(tests.failed.map((id) => [identityOf(id), id]));
    for (const [key, test] of known) {
      if (!failed.has(key) && saysAll(tests)) test.tries.push({ attempt, status: 'passed' });
    }
    for (const [key, id] of failed) {
      const test = known.get(key) ?? { id, tries: [] };
      known.set(key, test);
      test.tries.push({ attempt, status: 'failed' });
    }
  }
  return [...known.values()].map(({ id, tries }) => {
    const status = tries.at(-1)?.status ?? 'failed';
    return { id, tries, status, isFlaky: status === 'passed' };
  });
}

/** A run that something else went wrong in may not have come to a test that it does not name. */
function saysAll({ unlisted, problems }: TestSummary): boolean {
  return unlisted === 0 && problems.length === 0;
}
