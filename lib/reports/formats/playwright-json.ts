import { posix } from 'node:path';
import * as z from 'zod';
import { present } from '../../core/model/present';
import type { TestReport, TestResult, TestStatus } from '../../core/model/test-results';
import { fromDirectory, numbered, testId } from '../identity';
import { list, milliseconds, readJson, topNames, words } from '../json';
import { messageOf, problemOf } from '../messages';
import type { ReportFormat } from '../report-format';
import { listLine } from './playwright-list';

const failure = z.object({
  message: words.optional(),
  value: words.optional(),
  stack: words.optional(),
  /** Where it was thrown, with the absolute path of the file. */
  location: z
    .object({ file: words, line: z.int().min(1) })
    .optional()
    .catch(undefined),
});

const test = z.object({
  projectName: words.optional(),
  expectedStatus: words,
  annotations: list(z.object({ type: words })).optional(),
  results: list(
    z.object({ status: words.optional(), duration: milliseconds, errors: list(failure).optional() }),
  ),
});
type Test = z.infer<typeof test>;

const spec = z.object({ title: words, file: words, tests: list(test) });
type Spec = z.infer<typeof spec>;

interface Suite {
  title: string;
  specs?: Spec[] | undefined;
  suites?: Suite[] | undefined;
}
const suite: z.ZodType<Suite> = z.lazy(() =>
  z.object({ title: words, specs: list(spec).optional(), suites: list(suite).optional() }),
);

const report = z.object({
  config: z.object({ rootDir: words }),
  suites: list(suite),
  errors: list(failure).optional(),
});

/**
 * The `json` reporter of Playwright Test 1.65 (https://playwright.dev/docs/test-reporters#json-reporter). What a spec
 * says of itself is true of its first project only, so it is not read; and a test that never ran is `skipped` there as
 * one that is not to run, which its expected status tells apart.
 */
export const playwrightJson: ReportFormat = {
  name: 'playwright-json',
  recognises: (text) => ['config', 'suites'].every((name) => topNames(text).includes(name)),
  read(text, { runner, cwd }): TestReport {
    const { config, suites, errors = [] } = readJson(text, report, 'Playwright');
    const tests: TestResult[][] = [];
    const visit = ({ specs = [], suites: inner = [] }: Suite, describes: readonly string[]) => {
      for (const each of specs) tests.push(...testsOf(each, describes));
      for (const each of inner) visit(each, [...describes, each.title]);
    };
    const testsOf = ({ title, file, tests }: Spec, describes: readonly string[]) =>
      tests.map((one) => {
        const names = { project: one.projectName ?? '', file, suites: describes, title };
        const isSerial = one.annotations?.some(({ type }) => type === 'serial') ?? false;
        const id = testId(runner, {
          ...names,
          file: fromDirectory(cwd, posix.join(config.rootDir, file)),
          address: listLine(isSerial ? { ...names, suites: [], title: undefined } : names),
        });
        return triesOf(one, posix.join(config.rootDir, file)).map(
          (result): TestResult => ({ id, ...result }),
        );
      });
    // The outermost suite is the file.
    for (const file of suites) visit(file, []);
    const problems = errors.map(({ message, value, stack }) =>
      problemOf(message ?? value ?? stack ?? 'an error'),
    );
    return { results: numbered(tests).flat(), problems };
  },
};

/** One that never began has no results, or one that says `skipped` though it was expected to pass. */
function triesOf({ results, expectedStatus }: Test, file: string): Omit<TestResult, 'id'>[] {
  if (results.length === 0) return [{ status: expectedStatus === 'skipped' ? 'skipped' : 'unfinished' }];
  return results.map(({ status, duration, errors = [] }) => ({
    status: tryStatus(status, expectedStatus),
    ...(typeof duration === 'number' ? { durationMs: duration } : {}),
    ...messageOf(errors.map(({ message, value }) => message ?? value)),
    ...present({ line: errors.find(({ location }) => location?.file === file)?.location?.line }),
  }));
}

function tryStatus(status: string | undefined, expected: string): TestStatus {
  if (status === 'skipped') return expected === 'skipped' ? 'skipped' : 'unfinished';
  if (status === undefined || status === 'interrupted') return 'unfinished';
  // A test that is expected to fail, and does.
  if (expected !== 'skipped') return status === expected ? 'passed' : 'failed';
  return status === 'passed' ? 'passed' : 'failed';
}
