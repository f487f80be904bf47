import type { TestReport, TestResult } from '../core/model/test-results';

export type FormatName =
  | 'junit'
  | 'playwright-json'
  | 'jest-json'
  | 'mocha-json'
  | 'cucumber-messages'
  | 'robot-xml'
  | 'ctrf';

/** A way to write what tests did. Reading is pure: it is given the text. */
export interface ReportFormat {
  readonly name: FormatName;
  /** Whether a text is one of these, by a look at its beginning or its top level. */
  readonly recognises: (text: string) => boolean;
  /** @throws RepriseError INPUT_INVALID where the text is none, INPUT_TOO_LARGE past a bound. */
  readonly read: (text: string, context: ReadContext) => TestReport;
}

/** What a report does not say itself. */
export interface ReadContext {
  /** Becomes `TestId.runner`. */
  readonly runner: string;
  /** Absolute working directory of the command: paths below it become relative to it. */
  readonly cwd: string;
  /**
   * What the test cases of a JUnit report mean to this runner: who they are, and whether a case that comes again is
   * another try or another test. `resultsOfCases` (`junit/results.ts`) where it is not given.
   */
  readonly resultsOfCases?: (cases: readonly JUnitCase[], context: ReadContext) => readonly TestResult[];
  /** What stands among its test cases and is none, such as a class whose set-up failed. */
  readonly problemsOfCases?: (cases: readonly JUnitCase[]) => readonly string[];
}

/** A `<testcase>` as it stands in the file. */
export interface JUnitCase {
  /** From the outside in: `<testsuite>` elements around it, with their attributes. */
  readonly suites: readonly Attributes[];
  readonly attributes: Attributes;
  /** `passed` where it has no child that says otherwise. */
  readonly status: 'passed' | 'failed' | 'error' | 'skipped';
  /** Of its `<failure>` or `<error>`: attribute `message` and text. */
  readonly message?: string;
  readonly type?: string;
  /** Its tries before the last one, as Surefire writes them: `flakyFailure`, `flakyError`, `rerunFailure`, `rerunError`. */
  readonly tries: readonly JUnitTry[];
  readonly properties: Attributes;
  /** Of the suite that it stands in. */
  readonly suiteProperties: Attributes;
  readonly systemOut?: string;
}

export interface JUnitTry {
  readonly kind: 'flakyFailure' | 'flakyError' | 'rerunFailure' | 'rerunError';
  readonly message?: string;
}

type Attributes = Readonly<Record<string, string>>;
