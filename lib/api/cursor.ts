import { invalidInput } from './route';
import { shortHash } from './short-hash';

/**
 * The cursor of a page: where its list goes on, and of which list that is. What it names is a place, never whose list it
 * is, so its hashes need no key: they tell a mistake from a place.
 * @param list what makes the list the one that it is: operation, filters, order.
 * @param place in the alphabet of base64url, with dots.
 */
export function cursorAt(list: unknown, place: string): string {
  const of = hashOf(list);
  return [of, hashOf([of, place]), place].join('.');
}

/** The place in a list that a cursor names. @throws RepriseError INPUT_INVALID where no page of this list ended with it. */
export function placeAt(list: unknown, cursor: string): string {
  const [, of, check, place = ''] = /^([\w-]{8})\.([\w-]{8})\.([\w.-]+)$/.exec(cursor) ?? [];
  if (check !== hashOf([of, place]))
    throw invalidInput('cursor', 'is none that a list gave: send `next_cursor` of a page as it is');
  if (of !== hashOf(list)) {
    const mend = 'send what the page was asked for that gave it, or leave the cursor out';
    throw invalidInput('cursor', `is of a list with another path, filter or order: ${mend}`);
  }
  return place;
}

/** A page of a list whose places are told as cursors of it. @throws RepriseError INPUT_INVALID */
export async function pageBehind<Page extends { readonly cursor?: string }>(
  list: unknown,
  cursor: string | undefined,
  read: (place: string | undefined) => Promise<Page>,
): Promise<Page> {
  const page = await read(cursor === undefined ? undefined : placeAt(list, cursor));
  return page.cursor === undefined ? page : { ...page, cursor: cursorAt(list, page.cursor) };
}

const hashOf = (value: unknown): string => shortHash(value, 8);
