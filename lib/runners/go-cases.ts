import type { TestResult } from '../core/model/test-results';
import { casesNamed } from '../reports/junit/results';
import { problemOf } from '../reports/messages';
import type { JUnitCase, ReadContext } from '../reports/report-format';

/** Tests of gotestsum's JUnit report. What comes again was tried again: by `--rerun-fails`, or `-count`. */
export function resultsOfGo(cases: readonly JUnitCase[], context: ReadContext): TestResult[] {
  return cases
    .filter((one) => !isPackage(one))
    .flatMap((one) =>
      casesNamed([one], context, ({ attributes: { name = '', classname = '' } }) => ({
        ...{ suites: [classname], title: name },
      })),
    );
}

export function problemsOfGo(cases: readonly JUnitCase[]): string[] {
  return cases.flatMap((one) => problemOfCase(one) ?? []);
}

/** A package that failed where no test did: it was not built, timed out, or its `TestMain` ended badly. */
function isPackage({ attributes: { classname = '' } }: JUnitCase): boolean {
  return classname === '';
}

function problemOfCase(one: JUnitCase): string | undefined {
  const { attributes, suites, status, message = '' } = one;
  if (isPackage(one)) return problemOf(`${suites.at(-1)?.['name'] ?? 'a package'}: ${message}`);
  if (status !== 'failed') return undefined;
  // A panic ends the package; what ends the process leaves not even the line that tells of the failure.
  const isOver = message.includes('--- FAIL: ') && !/^panic: /m.test(message);
  if (isOver && !attributes['time']?.startsWith('-')) return undefined;
  return problemOf(`${attributes['classname']} ended in ${attributes['name']}, before its other tests`);
}
