import { RepriseError } from '../../../core/errors';

/** The cursor of a page that ends with this place of its list. */
export const cursorOf = (gsi1sk: string): string => Buffer.from(gsi1sk).toString('base64url');

/**
 * The place in a list that a cursor names, and the id of what stands there. It holds only the place; which list is the
 * caller's, never the cursor's.
 * @throws RepriseError INPUT_INVALID for what no page of a list ended with.
 */
export function placeOf(cursor: string): { readonly gsi1sk: string; readonly id: string } {
  const gsi1sk = Buffer.from(cursor, 'base64url').toString();
  const id = /^\d{13}#([A-Za-z0-9_-]{1,64})$/.exec(gsi1sk)?.[1];
  if (id !== undefined) return { gsi1sk, id };
  const problem = { code: 'INPUT_INVALID' as const, path: 'cursor', message: 'not a cursor of this list' };
  throw new RepriseError('INPUT_INVALID', 'cursor: not a cursor of this list', { problems: [problem] });
}
