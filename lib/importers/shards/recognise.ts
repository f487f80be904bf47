import { formatOf, runnerOfText } from '../../reports/formats';
import type { Looked } from '../imported';

/** `numTotalTests` beside `testResults`, and a count that Jest alone writes. */
export function looksLikeJest({ text }: Looked): boolean {
  return suitesOf(text) === 'jest';
}

export function looksLikeVitest({ text }: Looked): boolean {
  return suitesOf(text) === 'vitest';
}

function suitesOf(text: string): string | undefined {
  const format = formatOf(text)?.name;
  return format === 'jest-json' ? runnerOfText(format, text) : undefined;
}

/** Seconds by node id, or the suite to which pytest gives its name. */
export function looksLikePytest({ text, top }: Looked): boolean {
  if (isJUnit(text)) return /<testsuite [^>]*\bname="pytest"/.test(text);
  const durations = Object.entries(top ?? {});
  return (
    durations.length > 0 &&
    durations.every(([id, seconds]) => id.includes('::') && typeof seconds === 'number')
  );
}

/** Events, a line each, or the version of Go that gotestsum writes into its report. */
export function looksLikeGo({ text }: Looked): boolean {
  if (isJUnit(text)) return /<property name="go\.version"/.test(text);
  return /^\{.*"Action":"(start|run|build-output)"/m.test(text);
}

/** Of no runner that is known by it. */
export function looksLikeJUnit(file: Looked): boolean {
  return isJUnit(file.text) && !looksLikePytest(file) && !looksLikeGo(file);
}

function isJUnit(text: string): boolean {
  return formatOf(text)?.name === 'junit';
}
