import type { Decider } from '../journal/decider';
import { decideLetters } from './decide';
import type { LetterEvent } from './events';
import { evolveLetters } from './evolve';
import type { LetterInput } from './input';
import { type GroupState, initialGroup } from './state';

/** The behaviour of a group of letters: those of one owner with one signature. */
export const letterDecider: Decider<GroupState, LetterInput, LetterEvent> = {
  initial: initialGroup,
  decide: decideLetters,
  evolve: evolveLetters,
};
