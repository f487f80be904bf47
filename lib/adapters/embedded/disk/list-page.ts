import { RepriseError } from '../../../core/errors';

/** Where something stands in a list: the latest first, and of the same millisecond by id. */
export interface Place {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly id: string;
}

interface Query {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly oldestFirst?: boolean;
}

/**
 * A page of a list. Its cursor is the place of the last that the page shows.
 * @throws RepriseError INPUT_INVALID for what no page of a list ended with.
 */
export function pageOf<Item>(
  items: readonly Item[],
  placeOf: (item: Item) => Place,
  { limit, cursor, oldestFirst = false }: Query,
): { readonly shown: Item[]; readonly cursor?: string } {
  const start = cursor === undefined ? undefined : checked(cursor);
  const keyed = items.map((item) => ({ item, key: keyOf(placeOf(item)) }));
  const isBefore = (a: string, b: string) => (oldestFirst ? a < b : a > b);
  keyed.sort((a, b) => (isBefore(a.key, b.key) ? -1 : 1));
  const rest = start === undefined ? keyed : keyed.filter(({ key }) => isBefore(start, key));
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  return {
    shown: shown.map(({ item }) => item),
    ...(last && rest.length > limit ? { cursor: last.key } : {}),
  };
}

function keyOf({ at, id }: Place): string {
  return `${String(at).padStart(15, '0')}.${id}`;
}

function checked(cursor: string): string {
  if (/^\d{15}\.[A-Za-z0-9_-]{1,64}$/.test(cursor)) return cursor;
  const problem = { code: 'INPUT_INVALID' as const, path: 'cursor', message: 'not a cursor of this list' };
  throw new RepriseError('INPUT_INVALID', 'cursor: not a cursor of this list', { problems: [problem] });
}
