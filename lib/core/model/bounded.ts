import * as z from 'zod';

/** What schemas are made of: every one has a bound. The bounds stand in `LIMITS`. */

/** How large a record may be: its entries, and its bytes as JSON. */
interface RecordBounds {
  readonly most: number;
  readonly bytes?: number;
}

/** The bounds of records; the library has no word for them that a schema could be asked for. */
export const RECORD_BOUNDS = z.registry<RecordBounds>();

/** Text that is kept and shown, whatever is in it. */
export const text = (most: number) => z.string().max(most);

// Without classes of Unicode: JSON Schema says nothing of flags, and not every reader of one knows them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
const ONE_LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;

/** Text that becomes part of a line: of a log, of a list, of an event's name. */
export const line = (most: number) =>
  text(most).regex(ONE_LINE, 'must be one line, without control characters');

/** Text that a header or the environment of a command can carry. */
export const token = (most: number) =>
  text(most).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** How many of something there are. */
export const count = (most = Number.MAX_SAFE_INTEGER) => z.int().min(0).max(most);

/** As `count`, and at least one. */
export const positive = (most = Number.MAX_SAFE_INTEGER) => z.int().min(1).max(most);

/** An amount that need not be whole. */
export const amount = (most = Number.MAX_SAFE_INTEGER) => z.number().min(0).max(most);

/** The end of what dates can say, milliseconds since the epoch. */
const END_OF_TIME = 8.64e15;

/** A time, milliseconds since the epoch. */
export const time = () => amount(END_OF_TIME);

/** Values by name. */
export function recordOf<Key extends z.ZodString, Value extends z.ZodType>(
  key: Key,
  value: Value,
  bounds: RecordBounds,
) {
  const { most, bytes = Number.POSITIVE_INFINITY } = bounds;
  return z
    .record(key, value)
    .refine((entries) => Object.keys(entries).length <= most, `must have ${most} entries at most`)
    .refine((entries) => bytes === Number.POSITIVE_INFINITY || bytesOf(entries) <= bytes, {
      error: `must be at most ${bytes} bytes as JSON: put what is large elsewhere, and say where`,
    })
    .register(RECORD_BOUNDS, bounds);
}

/** Of a value as JSON. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
