import { present } from '../../core/model/present';
import type { TestResult, TestStatus } from '../../core/model/test-results';
import { fromDirectory, numbered, type TestNames, testId } from '../identity';
import { messageOf } from '../messages';
import type { JUnitCase, ReadContext } from '../report-format';

/** Names of a case where nothing is known of who wrote it: its class and its name, and its file if it says one. */
export function resultsOfCases(cases: readonly JUnitCase[], context: ReadContext): TestResult[] {
  return casesNamed(cases, context, ({ attributes, suites }) => {
    const { name = '', classname = '' } = attributes;
    const file = attributes['file'] ?? suites.find((suite) => suite['file'] !== undefined)?.['file'];
    return { suites: classname === '' ? [] : [classname], title: name, file };
  });
}

/** Results of cases with the names that a runner makes of them; a case that comes again is another test. */
export function casesNamed(
  cases: readonly JUnitCase[],
  { runner, cwd }: ReadContext,
  namesOf: (one: JUnitCase) => TestNames,
): TestResult[] {
  const tests = cases.map((one) => {
    const { file, ...names } = namesOf(one);
    const id = testId(runner, { ...names, file: file === undefined ? '' : fromDirectory(cwd, file) });
    return triesOfCase(one).map((result): TestResult => ({ id, ...result }));
  });
  return numbered(tests).flat();
}

/** The tries of a case, the last one at the end: a flaky one failed before, one that is rerun failed again and again. */
export function triesOfCase(one: JUnitCase): Omit<TestResult, 'id'>[] {
  const { status, tries, message, attributes } = one;
  const seconds = Number(attributes['time']);
  const durationMs = Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1_000) : undefined;
  const earlier = tries.map((each) => ({ status: 'failed' as const, ...messageOf([each.message]) }));
  const own = { status: STATUSES[status], ...present({ durationMs }), ...messageOf([message]) };
  return [...earlier, own];
}

const STATUSES: Readonly<Record<JUnitCase['status'], TestStatus>> = {
  passed: 'passed',
  failed: 'failed',
  error: 'failed',
  skipped: 'skipped',
};
