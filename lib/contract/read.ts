import type * as z from 'zod';
import { formatPath } from '../core/dag/check/problems';
import { type Problem, RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';
import { counted } from '../core/model/counted';
import { many } from '../core/model/many';
import { quoted } from '../core/model/quoted';
import { shapeOf } from '../core/model/shape';
import { decodeUtf8 } from '../core/model/utf8';

/** How large a body may be. */
export interface BodyBounds {
  readonly bytes: number;
  readonly values: number;
}

export const SMALL_BODY: BodyBounds = { bytes: LIMITS.bodyBytes, values: LIMITS.bodyValues };
export const GRAPH_BODY: BodyBounds = { bytes: LIMITS.graphBodyBytes, values: LIMITS.documentValues };

/**
 * The value of a body: bounded in bytes before it is parsed, in depth and in values after. A call without a body has the
 * body `{}`: routes say themselves what they require.
 * @throws RepriseError INPUT_TOO_LARGE, INPUT_INVALID
 */
export function readBody(bytes: Uint8Array, bounds: BodyBounds = SMALL_BODY): unknown {
  if (bytes.length > bounds.bytes) throw bodyTooLarge(bounds);
  if (bytes.length === 0) return {};
  const value = parseJson(bytes);
  const { depth, values } = shapeOf(value);
  if (depth > LIMITS.nesting) {
    throw wrongBody(`the body is nested ${depth} levels deep, more than ${LIMITS.nesting}`);
  }
  if (values > bounds.values) {
    const message = `the body holds ${values} values, more than ${bounds.values}`;
    throw new RepriseError('INPUT_TOO_LARGE', message);
  }
  return value;
}

export function bodyTooLarge({ bytes }: BodyBounds): RepriseError {
  return new RepriseError('INPUT_TOO_LARGE', `the body is larger than ${bytes} bytes`);
}

/** What is wrong with a body as a whole has the whole of it for its place. */
function wrongBody(message: string, cause?: unknown): RepriseError {
  const problems = [{ code: 'INPUT_INVALID' as const, path: formatPath([]), message }];
  return new RepriseError('INPUT_INVALID', message, { problems, cause });
}

function parseJson(bytes: Uint8Array): unknown {
  const decoded = decodeUtf8(bytes);
  if ('problem' in decoded) throw wrongBody(`the body ${decoded.problem}`);
  try {
    return JSON.parse(decoded.text);
  } catch (cause) {
    throw wrongBody('The body is not valid JSON.', cause);
  }
}

/** @throws RepriseError INPUT_INVALID with a JSON path for every problem, the first of them where there are many. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { kept: problems, count } = counted(problemsIn(parsed.error.issues), LIMITS.problemsKept);
  const [first] = problems;
  const others = count - 1;
  const more = others > 0 ? ` (and ${many(others, 'more problem')})` : '';
  throw new RepriseError('INPUT_INVALID', `${first?.path}: ${first?.message}${more}`, { problems, count });
}

/** Each key that is not known is a problem of its own, at its own place. */
function* problemsIn(issues: readonly z.core.$ZodIssue[]): Generator<Problem> {
  for (const issue of issues) {
    const path = issue.path as (string | number)[];
    const at = (place: typeof path, message: string): Problem => {
      return { code: 'INPUT_INVALID', path: formatPath(place), message };
    };
    if (issue.code !== 'unrecognized_keys') yield at(path, messageOf(issue));
    else for (const key of issue.keys) yield at([...path, key], `unknown key ${quoted(key)}: take it out`);
  }
}

/** What is wrong with the name of a key stands one level deeper than what is wrong with a value. */
export function messageOf(issue: z.core.$ZodIssue): string {
  return (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined) ?? issue.message;
}
