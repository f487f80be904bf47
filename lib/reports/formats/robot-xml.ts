import { LIMITS } from '../../core/limits';
import { present } from '../../core/model/present';
import type { TestReport, TestResult, TestStatus } from '../../core/model/test-results';
import { fromDirectory, numbered, testId } from '../identity';
import { unreadable } from '../json';
import { messageOf } from '../messages';
import type { ReadContext, ReportFormat } from '../report-format';
import { type Element, readXml } from '../xml';

/** The `output.xml` of Robot Framework 7, its own report. */
export const robotXml: ReportFormat = {
  name: 'robot-xml',
  recognises: (text) => /^\s*(<\?xml[^>]*\?>\s*)?<robot[\s>]/.test(text),
  read(text, context): TestReport {
    const root = readXml(text, 'Robot Framework');
    if (root.name !== 'robot')
      throw unreadable('Robot Framework', `its first element is <${root.name.slice(0, 50)}>`);
    const results: TestResult[] = [];
    for (const suite of named(root, 'suite')) visit(suite, [], { context, results });
    return { results: numbered(results.map((result) => [result])).flat(), problems: [] };
  },
};

interface Reading {
  readonly context: ReadContext;
  readonly results: TestResult[];
}

function visit(suite: Element, above: readonly string[], reading: Reading): void {
  const suites = [...above, suite.attributes['name'] ?? ''];
  for (const inner of named(suite, 'suite')) visit(inner, suites, reading);
  const source = suite.attributes['source'];
  for (const test of named(suite, 'test')) {
    if (reading.results.length >= LIMITS.reportTests)
      throw unreadable('Robot Framework', 'it has too many tests');
    reading.results.push(resultOf(test, suites, source, reading.context));
  }
}

function resultOf(
  test: Element,
  suites: readonly string[],
  source: string | undefined,
  context: ReadContext,
): TestResult {
  const [status] = named(test, 'status').slice(-1);
  const seconds = Number(status?.attributes['elapsed']);
  const file = source === undefined ? '' : fromDirectory(context.cwd, source);
  const isExit = named(test, 'tag').some(({ text }) => text === 'robot:exit');
  return unfinishedIfStopped({
    id: testId(context.runner, { file, suites, title: test.attributes['name'] ?? '' }),
    status: isExit ? 'unfinished' : (STATUSES[status?.attributes['status'] ?? ''] ?? 'unfinished'),
    ...present({
      durationMs: Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1_000) : undefined,
    }),
    ...messageOf([status?.text]),
  });
}

const STATUSES: Readonly<Record<string, TestStatus>> = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' };

const STOPPED =
  /^(Execution terminated by signal|Test execution stopped due to a fatal error\.|(Failure|Error) occurred and exit-on-(failure|error) mode is in use\.)/;

/** Robot Framework reports as failed what it did not run to its end, and what it never began. */
export function unfinishedIfStopped(result: TestResult): TestResult {
  const isStopped = result.status === 'failed' && STOPPED.test(result.message ?? '');
  return isStopped ? { ...result, status: 'unfinished' } : result;
}

function named(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}
