import * as z from 'zod';
import { present } from '../../core/model/present';
import type { TestReport, TestResult } from '../../core/model/test-results';
import { fromDirectory, numbered, testId } from '../identity';
import { list, milliseconds, readJson, topNames, words } from '../json';
import { messageOf, statusOf } from '../messages';
import type { ReportFormat } from '../report-format';

/** A report with a strange one is no worse a report. */
const line = z.int().min(1).optional().catch(undefined);

const attempt = z.object({ status: words, duration: milliseconds, message: words.optional(), line });

const test = z.object({
  name: words,
  status: words,
  duration: milliseconds,
  suite: z.union([words, list(words)]).optional(),
  message: words.optional(),
  trace: words.optional(),
  filePath: words.optional(),
  line,
  browser: words.optional(),
  flaky: z.boolean().optional(),
  retries: z.int().min(0).max(1_000).optional(),
  retryAttempts: list(attempt).optional(),
});
type Test = z.infer<typeof test>;

const report = z.object({ results: z.object({ tests: list(test) }) });

const SKIPPED = ['skipped', 'pending'];

/** Common Test Report Format (https://ctrf.io). Suites are a list of names, or one text joined by ` > `. */
export const ctrf: ReportFormat = {
  name: 'ctrf',
  recognises: (text) => topNames(text).includes('results') && /"tests"\s*:/.test(text),
  read(text, { runner, cwd }): TestReport {
    const { results } = readJson(text, report, 'CTRF');
    const tests = results.tests.map((one) => {
      const { name: title, suite = [], filePath, browser: project } = one;
      const file = filePath === undefined ? undefined : fromDirectory(cwd, filePath);
      const suites = typeof suite === 'string' ? suite.split(' > ').filter(Boolean) : suite;
      const id = testId(runner, { project, file, suites, title });
      return triesOf(one).map((result): TestResult => ({ id, ...result }));
    });
    return { results: numbered(tests).flat(), problems: [] };
  },
};

/** Earlier tries in full where they are listed, else as many failures as it says that there were. */
function triesOf({
  status,
  duration,
  message,
  trace,
  line,
  flaky,
  retries = 0,
  retryAttempts,
}: Test): Omit<TestResult, 'id'>[] {
  const listed = retryAttempts?.map((each) => ({
    status: statusOf(each.status, SKIPPED),
    ...timeOf(each.duration),
    ...messageOf([each.message]),
    ...present({ line: each.line }),
  }));
  const count = Math.max(retries, flaky === true ? 1 : 0);
  const earlier = listed ?? Array.from({ length: count }, () => ({ status: 'failed' as const }));
  // Some list the last try among the others.
  const isListed = listed !== undefined && listed.length > count && listed.at(-1)?.status === status;
  const said = { ...messageOf([message, trace]), ...present({ line }) };
  const own = { status: statusOf(status, SKIPPED), ...timeOf(duration), ...said };
  return [...(isListed ? earlier.slice(0, -1) : earlier), own];
}

function timeOf(duration: number | null | undefined) {
  return typeof duration === 'number' ? { durationMs: duration } : {};
}
