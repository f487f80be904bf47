import type * as z from 'zod';
import { RepriseError } from '../../../core/errors';

/**
 * The version of the messages between functions. While a deployment runs, for minutes, functions of both versions send
 * and read, so a message carries the version of its sender as `v`, and:
 * - Keys that earlier readers may ignore need nothing: what a reader does not know it leaves out, at any depth.
 * - What earlier readers cannot read (another type, another shape), or must not ignore (as a type of its own), raises the
 *   number: those readers give the message back until they are updated.
 * Raise it with the fixture that `test/unit/adapters/aws/queues/versions.spec.ts` asks for.
 */
export const MESSAGE_VERSION = 4;

/** What SQS takes in no message, and JSON leaves as it is; the other characters that it refuses are escaped by JSON. */
const NOT_IN_MESSAGES = /[\ufffe\uffff]/g;

/** The text of a message, as its queue gets it. */
export function writeMessage(body: object): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16)}`;
  return JSON.stringify({ v: MESSAGE_VERSION, ...body }).replace(NOT_IN_MESSAGES, escaped);
}

/**
 * Reads a message of a queue, whichever version sent it.
 * @param version of the reader.
 * @throws RepriseError INPUT_INVALID when it is none of this queue, and MESSAGE_NEWER when a later version may read it.
 */
export function readMessage<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  version = MESSAGE_VERSION,
): z.output<Schema> {
  const body = parseJson(text);
  const read = lenient(schema, body);
  if ('data' in read) return read.data;
  const sender = (body as { readonly v?: unknown } | null)?.v;
  if (typeof sender === 'number' && sender > version) {
    const message = `a message of version ${sender} is not read by version ${version}: it waits for the update`;
    throw new RepriseError('MESSAGE_NEWER', message);
  }
  const problems = read.issues.map(({ path, message }) => `${path.join('.') || 'the message'}: ${message}`);
  throw new RepriseError('INPUT_INVALID', `a message is none of its queue: ${problems.join('; ')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RepriseError('INPUT_INVALID', 'a message is no JSON');
  }
}

type Issues = z.core.$ZodError['issues'];

/** Parses what is left when the keys that a strict object does not know are taken away, until there are none. */
function lenient<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { readonly data: z.output<Schema> } | { readonly issues: Issues } {
  const read = schema.safeParse(body);
  if (read.success) return { data: read.data };
  const keys = unknownKeys(read.error.issues);
  if (keys === undefined) return { issues: read.error.issues };
  return lenient(schema, without(body, keys));
}

interface UnknownKeys {
  readonly path: readonly PropertyKey[];
  readonly keys: readonly string[];
}

/** Undefined where something else is wrong too. Of a union that is the first member of which nothing else is. */
function unknownKeys(issues: Issues, at: readonly PropertyKey[] = []): UnknownKeys[] | undefined {
  const found: UnknownKeys[] = [];
  for (const issue of issues) {
    const path = [...at, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      found.push({ path, keys: issue.keys });
      continue;
    }
    const members = issue.code === 'invalid_union' ? issue.errors : [];
    const member = members.map((errors) => unknownKeys(errors, path)).find((keys) => keys?.length);
    if (!member) return undefined;
    found.push(...member);
  }
  return found;
}

function without(body: unknown, unknown: readonly UnknownKeys[]): unknown {
  const copy = structuredClone(body);
  for (const { path, keys } of unknown) {
    const place = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], copy);
    for (const key of keys) delete (place as Record<string, unknown>)[key];
  }
  return copy;
}
