import type { ReadOnly } from '../model/read-only';
import { type GroupState, isParked, type LetterState } from './state';

/** A letter as a queue brings it, or as it lies in a DLQ. Times in milliseconds since the epoch. */
export interface QueuedLetter {
  readonly letterId: string;
  /** Which time the letter lay parked when it was posted. */
  readonly round: number;
  /** Of which posting it is: an effect that is performed twice posts twice. */
  readonly posting: string;
  /** When it was posted, by the clock of who did it. */
  readonly postedAt: number;
  readonly messageId: string;
  /** When the queue took it; of one that was redriven, when that was. */
  readonly sentAt: number;
}

/**
 * A message that the queue took so long after it was posted, milliseconds, was redriven since: the clocks of functions and
 * of SQS are less apart, and nobody tries for that long to send one message.
 */
const REDRIVEN_AFTER_MS = 60_000;

/**
 * What becomes of a letter that a queue brings:
 * - `lay`: for the first time, so that it goes to the DLQ, and its group is to know as which message;
 * - `refuse`: it goes (back) to the DLQ, as everybody knows;
 * - `redrive`: it came back from there, so it is to run again, and nothing of it is left in a queue;
 * - `consume`: there is nothing to do for it any more.
 */
export type Verdict = 'lay' | 'refuse' | 'redrive' | 'consume';

/**
 * Tells a first delivery from one that came back. A message that is redriven has another id and a later time, but the same
 * text; one that was posted twice has another text. What SQS took to the DLQ without its consumer, as the function was
 * throttled, nobody said to have been laid: then the time alone tells.
 */
export function judge(state: ReadOnly<GroupState>, queued: QueuedLetter): Verdict {
  const letter = state.letters.get(queued.letterId);
  // Of nobody: it lies in the DLQ until somebody has looked into it.
  if (!letter) return 'refuse';
  if (letter.round !== queued.round || !isParked(letter)) return 'consume';
  // Its turn comes: until then it lies where it did.
  if (state.order?.waiting.includes(queued.letterId)) return 'refuse';
  const laid = laidOf(letter);
  if (laid?.messageId === queued.messageId) return 'refuse';
  if (laid?.posting === queued.posting || cameLate(queued)) return 'redrive';
  return laid ? 'consume' : 'lay';
}

/** What becomes of a letter that lies in the DLQ; `unknown`: it is none of its group. */
export type Lying = 'lay' | 'leave' | 'remove' | 'unknown';

/** A letter that runs again, is resolved, or lies there twice is to be had from the DLQ no more. */
export function judgeLying(state: ReadOnly<GroupState>, queued: QueuedLetter): Lying {
  const letter = state.letters.get(queued.letterId);
  if (!letter) return 'unknown';
  if (letter.round !== queued.round || !isParked(letter)) return 'remove';
  const laid = laidOf(letter);
  if (!laid) return 'lay';
  const isIt = laid.messageId === queued.messageId || laid.posting === queued.posting;
  return isIt ? 'leave' : 'remove';
}

function laidOf({ laid, round }: ReadOnly<LetterState>): ReadOnly<LetterState>['laid'] {
  return laid?.round === round ? laid : undefined;
}

function cameLate({ sentAt, postedAt }: QueuedLetter): boolean {
  return sentAt - postedAt > REDRIVEN_AFTER_MS;
}
