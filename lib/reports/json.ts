import { z } from 'zod';
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

/** The names at the top of a JSON object; none of any other text. */
export function topNames(text: string): readonly string[] {
  if (!/^\s*\{/.test(text)) return [];
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
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
