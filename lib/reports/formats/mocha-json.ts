import * as z from 'zod';
import type { TestReport, TestResult } from '../../core/model/test-results';
import { fromDirectory, numbered, testId } from '../identity';
import { list, milliseconds, readJson, topNames, words } from '../json';
import { messageOf, problemOf } from '../messages';
import type { ReportFormat } from '../report-format';

const test = z.object({
  title: words,
  fullTitle: words,
  file: words.nullish(),
  duration: milliseconds,
  currentRetry: z.number().int().min(0).max(1_000).optional(),
  err: z.object({ message: words.optional(), stack: words.optional() }).optional(),
});
type Test = z.infer<typeof test>;

const report = z.object({
  stats: z.object({ tests: z.number() }),
  tests: list(test),
  pending: list(test),
  failures: list(test),
});

/**
 * The `json` reporter of Mocha 12. It joins the describes of a test by blanks, so they are one name here. What fails in
 * a hook stands among its failures and is no test, and the tests behind that hook are nowhere.
 */
export const mochaJson: ReportFormat = {
  name: 'mocha-json',
  recognises: (text) =>
    ['stats', 'tests', 'pending', 'failures'].every((name) => topNames(text).includes(name)),
  read(text, { runner, cwd }): TestReport {
    const { tests, pending, failures } = readJson(text, report, 'Mocha');
    const [isPending, isFailed] = [countOf(pending), countOf(failures)];
    const results = tests.map((one) => {
      const file = one.file ? fromDirectory(cwd, one.file) : '';
      const id = testId(runner, { file, suites: describesOf(one), title: one.title });
      return triesOf(one, { isPending, isFailed }).map((result): TestResult => ({ id, ...result }));
    });
    const problems = failures
      .filter((one) => take(isFailed, one))
      .map(({ fullTitle, err }) => problemOf(`${fullTitle} failed: ${err?.message ?? ''}`));
    return { results: numbered(results).flat(), problems };
  },
};

interface Marks {
  readonly isPending: Map<string, number>;
  readonly isFailed: Map<string, number>;
}

function triesOf(one: Test, { isPending, isFailed }: Marks): Omit<TestResult, 'id'>[] {
  if (take(isPending, one)) return [{ status: 'skipped' }];
  const status = take(isFailed, one) ? 'failed' : 'passed';
  const earlier = Array.from({ length: one.currentRetry ?? 0 }, () => ({ status: 'failed' as const }));
  const took = typeof one.duration === 'number' ? { durationMs: one.duration } : {};
  const message = status === 'failed' ? messageOf([one.err?.message, one.err?.stack]) : {};
  return [...earlier, { status, ...took, ...message }];
}

/** The lists repeat the entries of `tests`; equal ones are taken one by one. */
function countOf(tests: readonly Test[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of tests) counts.set(nameOf(one), (counts.get(nameOf(one)) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, one: Test): boolean {
  const left = counts.get(nameOf(one)) ?? 0;
  if (left > 0) counts.set(nameOf(one), left - 1);
  return left > 0;
}

function nameOf({ file, fullTitle, title, err }: Test): string {
  return JSON.stringify([file, fullTitle, title, err?.message]);
}

function describesOf({ fullTitle, title }: Test): string[] {
  const before = fullTitle.endsWith(title)
    ? fullTitle.slice(0, fullTitle.length - title.length).trimEnd()
    : '';
  return before === '' ? [] : [before];
}
