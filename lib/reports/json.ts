import * as z from 'zod';
import { RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { isNestedTooDeeply } from '../core/model/json-value';

/** @throws RepriseError INPUT_INVALID where the text is no such JSON. */
export function readJson<T extends z.ZodType>(text: string, schema: T, what: string): z.output<T> {
  const value = parsed(text);
  if (value === undefined || isNestedTooDeeply(value)) throw unreadable(what, 'it is no JSON of sane depth');
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw unreadable(what, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'does not fit'}`);
}

/**
 * The names at the top of what looks like a JSON object; none of any other text. Several formats ask this of one text, so
 * it is looked through and not read: whether it is JSON is found out by whoever reads it.
 */
export function topNames(text: string): readonly string[] {
  const names: string[] = [];
  if (!/^\s*\{/.test(text)) return names;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '{' || c === '[') depth += 1;
    else if (c === '}' || c === ']') depth -= 1;
    else if (c === '"') {
      const from = at + 1;
      at = endOfText(text, from);
      if (depth === 1 && text[nextMark(text, at + 1)] === ':') names.push(text.slice(from, at));
    }
  }
  return names;
}

/** Where the quote is that ends a text; the end of all where none does. */
function endOfText(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (at - 1 - escapes >= from && text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}

function nextMark(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] as string)) at += 1;
  return at;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function unreadable(what: string, why: string): RepriseError {
  return new RepriseError('INPUT_INVALID', `this is no report as ${what} writes it: ${why}`.slice(0, 400));
}

/** Text of a report: as long as its file may be. */
export const words = z.string().max(LIMITS.reportBytes);
export const list = <T extends z.ZodType>(of: T) => z.array(of).max(LIMITS.reportTests);
export const milliseconds = z.number().min(0).nullish().catch(undefined);
