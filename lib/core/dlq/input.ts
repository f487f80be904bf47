import type { LetterMessage } from '../messages/letter';

/** Asks for what the order under way has to do next; see `hasMore`. */
export interface Advance {
  readonly type: 'advance';
}

/** `at`: milliseconds since the epoch. */
export type LetterInput = (LetterMessage | Advance) & { readonly at: number };
