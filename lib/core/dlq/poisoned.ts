import { LIMITS } from '../limits';
import { type Letter, type LetterMessage, letterGroup, letterIdOf } from '../messages/letter';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { signatureOf } from '../retry/classify/signature';
import { type GroupState, isParked, type LetterState } from './state';

/** Whose poisoned messages are: nobody's, so administrators see to them. */
const NOBODY = '';

/** A message in the DLQ of a queue. */
export interface Poisoned {
  readonly queue: string;
  readonly messageId: string;
  readonly body: string;
  /** Why it was given up; undefined of one that SQS moved when it was received as often as allowed. */
  readonly reason?: string;
}

/** Characters of a body that its letter shows; the whole of it is in the archive. */
const SHOWN = 2_000;

const UNSAID = 'it was received as often as its queue allows';

/** The letter of a poisoned message, and its group: messages of one queue that were given up for one reason. */
export function letterOfMessage({ queue, messageId, body, reason = UNSAID }: Poisoned): {
  readonly group: string;
  readonly letter: Letter;
} {
  const signature = signatureOf(`${queue}: ${reason}`);
  const letter: Letter = {
    letterId: letterIdOf('message', queue, messageId),
    kind: 'message',
    owner: NOBODY,
    signature,
    said: `${reason}\n${body.slice(0, SHOWN)}`.slice(0, LIMITS.messageLength),
    why: `${queue}: ${reason}`.slice(0, LIMITS.reasonLength),
    queue,
  };
  return { group: letterGroup(NOBODY, signature), letter };
}

/** The first thing that is said of a message. */
const FIRST = 1;

/** What becomes of a poisoned message that lies in its DLQ, given what is known of its letter. */
export function judgePoisoned(
  known: ReadOnly<LetterState> | undefined,
  letter: Letter,
): { readonly tell?: LetterMessage; readonly stays: boolean } {
  if (!known) return { tell: { type: 'park', letter, seq: FIRST }, stays: true };
  if (isParked(known)) return { stays: true };
  // It was taken for gone, and is not.
  if (known.resolved?.how === 'elsewhere')
    return { tell: { type: 'park', letter, seq: known.seq + 1 }, stays: true };
  // It runs again, or a person has done with it.
  return { stays: false };
}

/** That a message which was redriven lies where it did, and why. */
export function parkedAgain(state: ReadOnly<GroupState>, letterId: string, why: string): LetterMessage {
  const { signature = '', said } = state;
  const { queue, seq = 0 } = state.letters.get(letterId) ?? {};
  const letter: Letter = {
    ...{ letterId, kind: 'message', owner: NOBODY, signature },
    ...{ said: state.evidence.get(letterId)?.said ?? said, why: why.slice(0, LIMITS.reasonLength) },
    ...present({ queue }),
  };
  return { type: 'park', letter, seq: seq + 1 };
}
