import type { TestReport } from '../../core/model/test-results';
import { readCases } from '../junit/cases';
import { resultsOfCases } from '../junit/results';
import type { ReportFormat } from '../report-format';

/** JUnit XML in the dialects that runners write; each says by `resultsOfCases` how it fills it in. */
export const junit: ReportFormat = {
  name: 'junit',
  recognises: (text) => /<testsuites?[\s>/]/.test(text.slice(0, 4_096)),
  read(text, context): TestReport {
    const { cases, problems } = readCases(text);
    return {
      results: (context.resultsOfCases ?? resultsOfCases)(cases, context),
      problems: [...problems, ...(context.problemsOfCases?.(cases) ?? [])],
    };
  },
};
