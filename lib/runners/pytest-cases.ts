import type { TestResult } from '../core/model/test-results';
import { sharedKey } from '../reports/identity';
import { casesNamed } from '../reports/junit/results';
import { problemOf } from '../reports/messages';
import type { JUnitCase, ReadContext } from '../reports/report-format';

/**
 * Tests of pytest's JUnit report. A try that pytest-rerunfailures follows by another is a case of its own without a
 * child, so every case of a test but the last stands for a failure, whatever it looks like.
 */
export function resultsOfPytest(cases: readonly JUnitCase[], context: ReadContext): TestResult[] {
  const results = cases
    .filter((one) => problemOfCase(one) === undefined)
    .flatMap((one) => casesNamed([one], context, namesOf));
  const tests = new Map<string, TestResult[]>();
  for (const result of results) {
    const key = sharedKey(result.id);
    const before = tests.get(key);
    const last = before?.at(-1);
    if (!before || !last) tests.set(key, [result]);
    // A test that failed and whose teardown failed as well is one try in two cases.
    else if (last.status === 'failed' && isOfTeardown(result))
      before[before.length - 1] = joined(last, result);
    else before.push(result);
  }
  return [...tests.values()].flatMap((tries) =>
    tries.map((result, i) => (i < tries.length - 1 && result.status === 'passed' ? retried(result) : result)),
  );
}

export function problemsOfPytest(cases: readonly JUnitCase[]): string[] {
  return cases.flatMap((one) => problemOfCase(one) ?? []);
}

/** What stands among the cases and is no test. */
function problemOfCase({ attributes, status, message = '' }: JUnitCase): string | undefined {
  const { name = '', classname = '' } = attributes;
  // What `pytest.exit` and an interruption leave, also with exit status 0.
  if (name === '') return 'the run was stopped before its end';
  if (status !== 'error') return undefined;
  if (message.startsWith('collection failure'))
    return problemOf(`${classname} ${name} was not collected: ${message}`);
  if (classname === 'pytest' && name === 'internal') return problemOf(message);
  return undefined;
}

function namesOf({ attributes }: JUnitCase): { file?: string; suites: string[]; title: string } {
  const { name: title = '', classname = '', file } = attributes;
  if (file !== undefined) return { file, suites: classesBehind(classname, moduleOf(file)), title };
  const parts = classname.split('.');
  const modules = parts.flatMap((part, at) => (/^test_|_test$/.test(part) ? [at] : []));
  const [at] = modules;
  if (at === undefined || modules.length > 1) return { suites: classname === '' ? [] : [classname], title };
  return { file: `${parts.slice(0, at + 1).join('/')}.py`, suites: parts.slice(at + 1), title };
}

/** As pytest writes the file of a test in its class name. */
function moduleOf(file: string): string {
  return file.replace(/\.py$/, '').replaceAll('/', '.');
}

function classesBehind(classname: string, module: string): string[] {
  // In front of it may stand the prefix of `--junit-prefix`.
  const at = `.${classname}.`.indexOf(`.${module}.`);
  const rest = at < 0 ? '' : classname.slice(at + module.length + 1);
  return rest === '' ? [] : rest.split('.');
}

function isOfTeardown({ status, message }: TestResult): boolean {
  return status === 'failed' && (message ?? '').startsWith('failed on teardown');
}

function joined(first: TestResult, second: TestResult): TestResult {
  return { ...first, message: `${first.message ?? ''}\n${second.message ?? ''}`.trim() };
}

function retried(result: TestResult): TestResult {
  return { ...result, status: 'failed', message: 'tried again, and the report of pytest does not say why' };
}
