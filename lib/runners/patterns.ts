import { LIMITS } from '../core/limits';
import type { TestId } from '../core/model/test-results';

/** A regular expression, of JavaScript, that matches this text and nothing else. */
export function exactly(text: string): string {
  return `^${escapeRegExp(text)}$`;
}

/** One that matches any of these texts and nothing else. */
export function anyOf(texts: readonly string[]): string {
  const [only] = texts;
  return texts.length === 1 ? exactly(only ?? '') : `^(?:${texts.map(escapeRegExp).join('|')})$`;
}

/** Line breaks too, which not every way to a program lets pass. */
export function escapeRegExp(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
}

/** Describes and title joined by blanks, as several runners name a test. */
export function spacedName({ suites, title }: Pick<TestId, 'suites' | 'title'>): string {
  return [...suites, title].join(' ');
}

export function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** Files of tests, once each; undefined where one has none. */
export function filesOf(tests: readonly TestId[]): string[] | undefined {
  const files = tests.map(({ file }) => file);
  return files.some((file) => file === undefined) ? undefined : distinct(files as string[]);
}

/** A name that may have been cut on its way here matches nothing, and one with NUL reaches no command. */
export function isWhole({ suites, title }: TestId): boolean {
  return [...suites, title].every((name) => name.length < LIMITS.testNameLength && !name.includes('\0'));
}

/** For the reason of a rerun. */
export function counted(n: number): string {
  return n === 1 ? '1 test' : `${n} tests`;
}
