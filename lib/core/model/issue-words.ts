import * as z from 'zod';
import { many } from './many';

/** What a schema expects, in words for people. */
export function expectedText(expected: string): string {
  if (expected === 'array') return 'a list';
  if (expected === 'object' || expected === 'record') return 'a mapping';
  if (expected === 'string') return 'text';
  return expected === 'int' ? 'a whole number' : `a ${expected}`;
}

/** What a value is, in the same words. */
export function kindText(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'text' : `the ${typeof value} ${String(value)}`;
}

/** What texts and collections have more or fewer of; other values are themselves more or less. */
const PARTS: Readonly<Record<string, string>> = {
  string: 'character',
  array: 'item',
  set: 'item',
  map: 'key',
};

function boundText(bound: number | bigint, side: 'least' | 'most', origin: string): string {
  const part = PARTS[origin];
  if (part === undefined) return `must be ${bound} at ${side}`;
  return `must have ${many(Number(bound), part)} at ${side}`;
}

/** What is wrong with a value, where its schema does not say so in words of its own. */
export function issueText(issue: z.core.$ZodRawIssue): string | undefined {
  const { code, input } = issue;
  if (code === 'invalid_type' && input === undefined) return 'is missing';
  if (code === 'invalid_type') return `expected ${expectedText(issue.expected)}, got ${kindText(input)}`;
  if (code === 'too_small')
    return issue.inclusive === false
      ? `must be more than ${issue.minimum}`
      : boundText(issue.minimum, 'least', issue.origin);
  if (code === 'too_big')
    return issue.inclusive === false
      ? `must be less than ${issue.maximum}`
      : boundText(issue.maximum, 'most', issue.origin);
  if (code !== 'invalid_value') return undefined;
  const among = issue.values.map(String).join(', ');
  // The value itself is not said: what is told may go on to a log.
  return input === undefined ? `is missing: one of ${among}` : `is not one of ${among}`;
}

// Whoever reads a schema by `lib/core/dag` or `lib/contract` has these words.
z.config({ customError: issueText });
