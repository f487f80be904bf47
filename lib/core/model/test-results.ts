import * as z from 'zod';
import { LIMITS } from '../limits';
import { count, positive, text } from './bounded';
import type { ReadOnly } from './read-only';

/** The test runners whose failed tests can be run again by themselves. */
export const RUNNERS = [
  'playwright',
  'jest',
  'vitest',
  'mocha',
  'node-test',
  'pytest',
  'robot',
  'cucumber',
  'surefire',
  'gotestsum',
] as const;
export type RunnerName = (typeof RUNNERS)[number];

const name = text(LIMITS.testNameLength);

/**
 * A test, as its runner knows it. Two tests are the same when all of this is the same, but for the address
 * (`lib/reports/identity.ts`).
 */
const testIdSchema = z.object({
  /** A name of `RUNNERS`, or another word where the report of an unknown runner was read. */
  runner: name,
  /** Where one run has several, such as browsers. */
  project: name.exactOptional(),
  /** Relative to the working directory of the command, with `/`. */
  file: name.exactOptional(),
  /** Its describes, classes or the like, outermost first. */
  suites: z.array(name).max(LIMITS.testSuites),
  title: name,
  /** Among tests that are otherwise the same, in the order of the report; from 2, absent for the first. */
  occurrence: positive(LIMITS.testOccurrence).exactOptional(),
  /**
   * How the runner itself addresses it, where its names do not do: `features/cart.feature:12`. It may change with the
   * lines of the file, so it tells nothing about being the same.
   */
  address: name.exactOptional(),
});
export type TestId = ReadOnly<z.infer<typeof testIdSchema>>;

/** Tests to run again, for the worker. */
export const testIdsSchema = z
  .array(testIdSchema)
  .max(LIMITS.testsListed)
  .refine((ids) => JSON.stringify(ids).length <= LIMITS.testsListedBytes, {
    error: `must be at most ${LIMITS.testsListedBytes} characters as JSON`,
  });

/** `unfinished`: interrupted, or never begun though it should have run. It proves nothing, one way or the other. */
export type TestStatus = 'passed' | 'failed' | 'skipped' | 'unfinished';

/** One try of a test. */
export interface TestResult {
  readonly id: TestId;
  readonly status: TestStatus;
  readonly durationMs?: number;
  /** Of a failure. */
  readonly message?: string;
  /** Of the failure in the test's own file, from 1, where the report says it apart from the message. */
  readonly line?: number;
}

/** What the report of one run says: every try of every test, in order, so a test that the runner itself repeats comes again. */
export interface TestReport {
  readonly results: readonly TestResult[];
  /** What went wrong outside of a test, such as a file that does not load; each means that the run has not passed. */
  readonly problems: readonly string[];
}

/** What a worker says of the tests of an attempt; the reports themselves stay where they are kept. */
export const testSummarySchema = z.object({
  /** Tests by their last status; `flaky` are those of `passed` that failed before, in the same attempt. */
  counts: z.object({
    passed: count(),
    failed: count(),
    skipped: count(),
    unfinished: count(),
    flaky: count(),
  }),
  /** Those that have to run again: failed, unfinished, or asked for and not reported. */
  failed: testIdsSchema,
  /** How many more there are than `failed` has room for. */
  unlisted: count(),
  /** What went wrong outside of tests, so that to run the listed ones again proves nothing for the rest. */
  problems: z.array(text(LIMITS.reasonLength)).max(LIMITS.testProblems),
  /** Of an attempt that was to run some tests only: how it did. */
  rerun: z
    .object({
      asked: count(),
      /** `tests`: these alone; `files`: their files, as they cannot be named alone; `whole`: the command as it is. */
      scope: z.enum(['tests', 'files', 'whole']),
      why: text(LIMITS.reasonLength),
    })
    .exactOptional(),
});
export type TestSummary = ReadOnly<z.infer<typeof testSummarySchema>>;

/** A path of a graph is shorter; the id of its node may stand in it again and again. */
const REPORT_PATH_LENGTH = 8 * LIMITS.reportPathLength;

/** Where a node leaves its reports. */
export const reportsSchema = z
  .array(
    z.object({
      /** Relative to the working directory of the command; `*` and `**` stand for more. */
      path: text(REPORT_PATH_LENGTH),
      /** Found from the command and the report where it is not named. */
      runner: z.enum(RUNNERS).exactOptional(),
    }),
  )
  .max(LIMITS.reports);
export type Reports = ReadOnly<z.infer<typeof reportsSchema>>;
