import * as z from 'zod';
import { LIMITS } from '../../core/limits';
import type { TestReport, TestResult, TestStatus } from '../../core/model/test-results';
import { fromDirectory, testId } from '../identity';
import { list, unreadable, words } from '../json';
import { messageOf, problemOf } from '../messages';
import type { ReadContext, ReportFormat } from '../report-format';
import { gherkinDocument, namesOfFeature, type ScenarioNames } from './gherkin-names';

const duration = z.object({ seconds: z.number(), nanos: z.number() });
const stepResult = z.object({ status: words, message: words.optional(), duration });
type StepResult = z.infer<typeof stepResult>;

/** Of an envelope, what a result needs (https://github.com/cucumber/messages, protocol 32). */
const envelope = z.object({
  gherkinDocument: gherkinDocument.optional(),
  pickle: z
    .object({
      id: words,
      uri: words,
      name: words,
      location: z.object({ line: z.int().min(1) }).optional(),
      astNodeIds: list(words),
    })
    .optional(),
  testCase: z.object({ id: words, pickleId: words }).optional(),
  testCaseStarted: z.object({ id: words, testCaseId: words }).optional(),
  testStepFinished: z.object({ testCaseStartedId: words, testStepResult: stepResult }).optional(),
  testCaseFinished: z.object({ testCaseStartedId: words }).optional(),
  testRunHookFinished: z.object({ result: stepResult }).optional(),
  testRunFinished: z.object({ success: z.boolean(), message: words.optional() }).optional(),
  parseError: z.object({ source: z.object({ uri: words.optional() }), message: words }).optional(),
});
type Envelope = z.infer<typeof envelope>;
type Pickle = NonNullable<Envelope['pickle']>;

/** The `message` formatter of Cucumber 12: a line of JSON for each thing that happened. */
export const cucumberMessages: ReportFormat = {
  name: 'cucumber-messages',
  recognises: (text) => /^\s*\{"meta":\{[^\n]*"protocolVersion"/.test(text.slice(0, 4_096)),
  read(text, context): TestReport {
    const run = new Run(context);
    for (const line of text.split('\n')) if (line.trim() !== '') run.take(envelopeOf(line));
    return run.report();
  },
};

function envelopeOf(line: string): Envelope {
  try {
    const read = envelope.safeParse(JSON.parse(line));
    if (read.success) return read.data;
  } catch {
    // The same as a line that is no envelope.
  }
  throw unreadable('Cucumber', 'a line of it is no message');
}

class Run {
  private readonly names = new Map<string, ScenarioNames>();
  private readonly pickles = new Map<string, Pickle>();
  private readonly pickleOfCase = new Map<string, string>();
  private readonly caseOfTry = new Map<string, string>();
  private readonly steps = new Map<string, StepResult[]>();
  private readonly finished: string[] = [];
  private readonly problems: string[] = [];
  private end: Envelope['testRunFinished'];

  constructor(private readonly context: ReadContext) {}

  take(message: Envelope): void {
    const { pickle, testCase, testCaseStarted, testStepFinished, testCaseFinished } = message;
    if (message.gherkinDocument) {
      for (const [id, names] of namesOfFeature(message.gherkinDocument)) this.names.set(id, names);
    }
    if (pickle) this.pickles.set(pickle.id, pickle);
    if (testCase) this.pickleOfCase.set(testCase.id, testCase.pickleId);
    if (testCaseStarted) {
      this.caseOfTry.set(testCaseStarted.id, testCaseStarted.testCaseId);
      this.steps.set(testCaseStarted.id, []);
    }
    if (testStepFinished) {
      this.steps.get(testStepFinished.testCaseStartedId)?.push(testStepFinished.testStepResult);
    }
    if (testCaseFinished) this.finished.push(testCaseFinished.testCaseStartedId);
    this.takeProblem(message);
  }

  private takeProblem({ parseError, testRunHookFinished, testRunFinished }: Envelope): void {
    if (parseError)
      this.problems.push(problemOf(`${parseError.source.uri ?? 'a file'}: ${parseError.message}`));
    if (testRunHookFinished?.result.status === 'FAILED') {
      this.problems.push(
        problemOf(`a hook around the run failed: ${testRunHookFinished.result.message ?? ''}`),
      );
    }
    if (testRunFinished?.message) this.problems.push(problemOf(testRunFinished.message));
    this.end ??= testRunFinished;
  }

  report(): TestReport {
    if (this.caseOfTry.size > LIMITS.reportTests) throw unreadable('Cucumber', 'it has too many tests');
    // A hook around the run that throws ends Cucumber before it has written the rest.
    if (!this.end) this.problems.push('the run was stopped before its end');
    const over = new Set(this.finished);
    const unfinished = [...this.caseOfTry.keys()].filter((id) => !over.has(id));
    return {
      results: [
        ...this.finished.flatMap((id) => this.resultOf(id)),
        ...unfinished
          .flatMap((id) => this.resultOf(id))
          .map((one) => ({ ...one, status: 'unfinished' as const })),
      ],
      problems: this.problems,
    };
  }

  private resultOf(id: string): TestResult[] {
    const pickle = this.pickles.get(this.pickleOfCase.get(this.caseOfTry.get(id) ?? '') ?? '');
    if (!pickle) return [];
    const { uri, location, astNodeIds, name } = pickle;
    const file = fromDirectory(this.context.cwd, uri);
    const names = this.names.get(astNodeIds.at(-1) ?? '') ?? { suites: [], title: name };
    const steps = this.steps.get(id) ?? [];
    const bad = steps.find(({ status }) => FAILED.has(status));
    return [
      {
        id: testId(this.context.runner, {
          ...{ file, ...names },
          address: location === undefined ? undefined : `${file}:${location.line}`,
        }),
        status: statusOf(steps, this.end?.success === true),
        durationMs: Math.round(steps.reduce((sum, step) => sum + millisecondsOf(step), 0)),
        ...(bad ? messageOf([bad.message ?? MEANINGS[bad.status]]) : {}),
      },
    ];
  }
}

const FAILED: ReadonlySet<string> = new Set(['FAILED', 'UNDEFINED', 'AMBIGUOUS', 'PENDING', 'UNKNOWN']);
const MEANINGS: Readonly<Record<string, string>> = {
  UNDEFINED: 'a step is not defined',
  AMBIGUOUS: 'several definitions fit a step',
  PENDING: 'a step is pending',
};

/** A step that says `skipped` has run; one that no time was spent on was never reached, as after `--fail-fast`. */
function statusOf(steps: readonly StepResult[], runPassed: boolean): TestStatus {
  const bad = steps.find(({ status }) => FAILED.has(status));
  // Without strictness pending steps fail nothing.
  if (bad) return bad.status === 'PENDING' && runPassed ? 'skipped' : 'failed';
  if (!steps.some(({ status }) => status === 'SKIPPED')) return 'passed';
  const [first] = steps;
  return first?.status === 'SKIPPED' && millisecondsOf(first) === 0 ? 'unfinished' : 'skipped';
}

function millisecondsOf({ duration }: StepResult): number {
  return duration.seconds * 1_000 + duration.nanos / 1e6;
}
