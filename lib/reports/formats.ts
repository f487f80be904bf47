import type { RunnerName } from '../core/model/test-results';
import { ctrf } from './formats/ctrf';
import { cucumberMessages } from './formats/cucumber-messages';
import { jestJson } from './formats/jest-json';
import { junit } from './formats/junit';
import { mochaJson } from './formats/mocha-json';
import { playwrightJson } from './formats/playwright-json';
import { robotXml } from './formats/robot-xml';
import type { FormatName, ReportFormat } from './report-format';

/** Formats of reports; the first one that recognises a text reads it. */
const ALL: readonly ReportFormat[] = [
  junit,
  playwrightJson,
  jestJson,
  mochaJson,
  cucumberMessages,
  robotXml,
  ctrf,
];

export function formatOf(text: string): ReportFormat | undefined {
  return ALL.find((format) => format.recognises(text));
}

/** The runner that writes a format which no other one writes. */
export function runnerOfText(format: FormatName | undefined, text: string): RunnerName | undefined {
  if (format === 'playwright-json') return 'playwright';
  if (format === 'mocha-json') return 'mocha';
  if (format === 'cucumber-messages') return 'cucumber';
  if (format === 'robot-xml') return 'robot';
  if (format !== 'jest-json') return undefined;
  return /"numRuntimeErrorTestSuites"/.test(text) ? 'jest' : 'vitest';
}
