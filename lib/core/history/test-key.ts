import { LIMITS } from '../limits';
import { present } from '../model/present';
import type { TestId, TestSummary } from '../model/test-results';
import { digest } from './digest';

/** What the report of an attempt says of tests that failed. */
export type FailedTests = Pick<TestSummary, 'failed' | 'unlisted' | 'problems' | 'rerun'>;

/** A test by its key, with what a person calls it. */
export interface NamedTest {
  readonly key: string;
  readonly name: string;
}

/** The same for the same test, whichever node runs it: 16 hex digits of a SHA-256. */
export function testKey({ runner, project, file, suites, title, occurrence }: TestId): string {
  return digest(present({ runner, project, file, suites, title, occurrence }));
}

/** For a person: `[firefox] cart.spec.ts › Cart › adds an item`. */
export function testName({ project, file, suites, title, occurrence }: TestId): string {
  const place = [file, ...suites, title].filter((part) => part !== undefined && part !== '').join(' › ');
  const which = occurrence === undefined ? '' : ` (${occurrence})`;
  return `${project === undefined ? '' : `[${project}] `}${place}${which}`;
}

export const namedTest = (id: TestId): NamedTest => ({ key: testKey(id), name: shortened(testName(id)) });

const shortened = (name: string): string =>
  name.length <= LIMITS.testLabelLength ? name : `${name.slice(0, LIMITS.testLabelLength - 1)}…`;

/** Whether every failure of the attempt is a test that `failed` names. */
export function namesAll({ failed, unlisted, problems }: FailedTests): boolean {
  return failed.length > 0 && unlisted === 0 && problems.length === 0;
}
