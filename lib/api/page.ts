import * as z from 'zod';
import { present } from '../core/model/present';
import { invalidInput } from './route';

interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** One of the keys, or with `-` before it the other way round. */
  readonly sort: string;
}

type Key = string | number;

interface Listed<T> {
  /** What no two items share. */
  readonly id: (item: T) => string;
  /** What a list can be ordered by. */
  readonly keys: Readonly<Record<string, (item: T) => Key>>;
}

/** What most lists are ordered by. */
export const byName = ({ name }: { readonly name: string }): string => name;

/** Key and id of the last item that a page shows: a list goes on behind it, whatever came or went meanwhile. */
const place = z.tuple([z.union([z.string(), z.number()]), z.string()]);

/**
 * A page of a list that is at hand as a whole.
 * @throws RepriseError INPUT_INVALID for a place that no page of this list ended with.
 */
export function pageOf<T>(
  items: readonly T[],
  { limit, cursor, sort }: ListQuery,
  { id, keys }: Listed<T>,
): { readonly shown: readonly T[]; readonly next_cursor?: string } {
  const isDown = sort.startsWith('-');
  const keyOf = keys[isDown ? sort.slice(1) : sort];
  if (!keyOf) throw new Error(`a list that cannot be ordered by ${sort}`);
  const after = cursor === undefined ? undefined : placeOf(cursor);
  const order = isDown ? -1 : 1;
  const compare = (a: readonly [Key, string], b: readonly [Key, string]) =>
    order * (compared(a[0], b[0]) || compared(a[1], b[1]));
  const placed = items
    .map((item) => ({ item, at: [keyOf(item), id(item)] as const }))
    .filter(({ at }) => after === undefined || compare(at, after) > 0)
    .sort((a, b) => compare(a.at, b.at));
  const page = placed.slice(0, limit);
  const last = placed.length > limit ? page.at(-1) : undefined;
  return {
    shown: page.map(({ item }) => item),
    ...present({ next_cursor: last && cursorOf(last.at) }),
  };
}

function compared(a: Key, b: Key): number {
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const cursorOf = (at: readonly [Key, string]): string =>
  Buffer.from(JSON.stringify(at)).toString('base64url');

function placeOf(cursor: string): readonly [Key, string] {
  const read = place.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!read.success) throw invalidInput('cursor', 'is none that this list gave');
  return read.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
