import * as z from 'zod';
import type { TestReport, TestResult } from '../../core/model/test-results';
import { fromDirectory, numbered, testId } from '../identity';
import { list, milliseconds, readJson, topNames, words } from '../json';
import { messageOf, problemOf, statusOf } from '../messages';
import type { ReportFormat } from '../report-format';

const test = z.object({
  ancestorTitles: list(words),
  title: words,
  status: words,
  duration: milliseconds,
  failureMessages: list(words).nullish(),
  /** How often it ran; Vitest does not say it. */
  invocations: z.number().optional(),
  retryReasons: list(words).nullish(),
});
type Test = z.infer<typeof test>;

const file = z.object({ name: words, status: words, message: words.nullish(), assertionResults: list(test) });
type TestFile = z.infer<typeof file>;

const report = z.object({
  testResults: list(file),
  numFailedTestSuites: z.number(),
  /** Jest's own: its suites are files. */
  numRuntimeErrorTestSuites: z.number().optional(),
});

const SKIPPED = ['pending', 'skipped', 'disabled', 'todo'];

/** `--json` of Jest 30 and the `json` reporter of Vitest 4, which has the same form. */
export const jestJson: ReportFormat = {
  name: 'jest-json',
  recognises: (text) => ['testResults', 'numTotalTests'].every((name) => topNames(text).includes(name)),
  read(text, { runner, cwd }): TestReport {
    const { testResults, ...counts } = readJson(text, report, 'Jest or Vitest');
    const files = testResults.map((each) => ({ ...each, name: fromDirectory(cwd, each.name) }));
    const tests = files.flatMap(({ name, assertionResults }) =>
      assertionResults.map((one) => {
        const id = testId(runner, { file: name, suites: one.ancestorTitles, title: one.title });
        return triesOf(one).map((result): TestResult => ({ id, ...result }));
      }),
    );
    const problems = files.flatMap(problemsOf);
    if (counts.numRuntimeErrorTestSuites === undefined && hidden(counts.numFailedTestSuites, files)) {
      problems.push('a describe failed outside of its tests, in beforeAll or afterAll');
    }
    return { results: numbered(tests).flat(), problems };
  },
};

/** A pass after failures: Jest counts how often the test ran, Vitest keeps the messages. */
function triesOf(one: Test): Omit<TestResult, 'id'>[] {
  const { status, duration, failureMessages, retryReasons, invocations = 1 } = one;
  const messages = failureMessages ?? [];
  const isPass = status === 'passed';
  const reasons = isPass && messages.length > 0 ? messages : (retryReasons ?? []);
  const before = isPass ? Math.max(invocations - 1, reasons.length) : 0;
  return [
    ...Array.from({ length: Math.min(before, 100) }, (_, i) => {
      return { status: 'failed' as const, ...messageOf([reasons[i]]) };
    }),
    {
      status: statusOf(status, SKIPPED),
      ...(typeof duration === 'number' ? { durationMs: duration } : {}),
      ...(isPass ? {} : messageOf(messages)),
    },
  ];
}

/** A file that does not load has no tests; one whose `afterAll` fails says so in its message only. */
function problemsOf({ name, status, message, assertionResults }: TestFile): string[] {
  if (status !== 'failed') return [];
  const failedToRun = message?.includes('● Test suite failed to run') ?? false;
  const failedTests = assertionResults.some((one) => one.status === 'failed');
  return failedToRun || !failedTests
    ? [problemOf(`${name} failed outside of its tests: ${message ?? ''}`)]
    : [];
}

/** Vitest counts files and describes that failed. Where there are more than hold failed tests, a hook of one failed. */
function hidden(failedSuites: number, files: readonly TestFile[]): boolean {
  const explained = new Set<string>();
  for (const { name, status, assertionResults } of files) {
    if (status === 'failed') explained.add(JSON.stringify([name]));
    for (const { ancestorTitles, status: one } of assertionResults) {
      if (one !== 'failed') continue;
      ancestorTitles.forEach(
        (_, i) => void explained.add(JSON.stringify([name, ancestorTitles.slice(0, i + 1)])),
      );
    }
  }
  return failedSuites > explained.size;
}
