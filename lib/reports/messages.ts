import { stripVTControlCharacters } from 'node:util';
import { LIMITS } from '../core/limits';
import type { TestStatus } from '../core/model/test-results';

/** What is kept of the message of a failure: without colours, within its bound. */
export function messageOf(parts: readonly (string | null | undefined)[]): { readonly message?: string } {
  const text = stripVTControlCharacters(parts.filter(Boolean).join('\n')).trim();
  return text === '' ? {} : { message: text.slice(0, LIMITS.messageLength) };
}

/** Of `TestReport.problems`. */
export function problemOf(text: string): string {
  const line = stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
  return line.slice(0, LIMITS.reasonLength);
}

/** A status as a report spells it, where it is one that reports share. */
export function statusOf(word: string, skipped: readonly string[]): TestStatus {
  if (word === 'passed' || word === 'failed') return word;
  return skipped.includes(word) ? 'skipped' : 'unfinished';
}
