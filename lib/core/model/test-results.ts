/** A test, as its runner knows it. Two tests are the same when all of this is the same. */
export interface TestId {
  /** Such as `playwright`, `jest`, `pytest`. */
  readonly runner: string;
  /** Where one run has several, such as browsers. */
  readonly project?: string;
  /** Relative to the working directory of the command, with `/`. */
  readonly file?: string;
  /** Its describes, classes or the like, outermost first. */
  readonly suites: readonly string[];
  readonly title: string;
  /** Among tests that are otherwise the same, in the order of the report; from 1, absent for the first. */
  readonly occurrence?: number;
}

/** `unfinished`: interrupted, or never begun though it should have run. It proves nothing, one way or the other. */
export const TEST_STATUSES = ['passed', 'failed', 'skipped', 'unfinished'] as const;
export type TestStatus = (typeof TEST_STATUSES)[number];

/** One try of a test. */
export interface TestResult {
  readonly id: TestId;
  readonly status: TestStatus;
  readonly durationMs?: number;
  /** Of a failure. */
  readonly message?: string;
}

/** What the report of one run says: every try of every test, in order, so a test that the runner itself repeats comes again. */
export interface TestReport {
  readonly results: readonly TestResult[];
  /** What went wrong outside of a test, such as a file that does not load; each means that the run has not passed. */
  readonly problems: readonly string[];
}
