import { LIMITS } from '../limits';
import type { LetterMessage } from '../messages/letter';
import type { ReadOnly } from '../model/read-only';
import { type GroupState, isParked, type LetterState } from './state';

/** A letter that was redriven so often and failed the same way each time is redriven by force only. */
const MAX_REDRIVES = 3;

/** What of an order or a resolution can be done, and why the rest cannot. */
export interface Eligible {
  readonly letters: readonly string[];
  /** Why nothing can be done. */
  readonly refusal?: string;
  /** How many of those that were meant are left out, and why the first of them is. */
  readonly left?: { readonly count: number; readonly why: string };
}

type Redrive = Extract<LetterMessage, { type: 'redrive' }>;
type Resolve = Extract<LetterMessage, { type: 'resolve' }>;

/** The letters that an order redrives, those parked longest first. */
export function redrivable(state: ReadOnly<GroupState>, order: Pick<Redrive, 'letters' | 'force'>): Eligible {
  const { order: current } = state;
  if (current && !order.force) {
    const refusal = `redrive ${current.orderId} is under way: wait for its end, or put this one in its place by force`;
    return { letters: [], refusal };
  }
  return chosen(state, order.letters, (letter) => whyNotRedriven(letter, order.force === true));
}

export function whyNotRedriven(letter: ReadOnly<LetterState>, force: boolean): string | undefined {
  if (letter.status === 'redriving') return 'it is being redriven';
  if (letter.status === 'resolved') return 'it is resolved';
  if (letter.redriven < MAX_REDRIVES || force) return undefined;
  return `it was redriven ${letter.redriven} times and failed the same way: mend the cause, then redrive it by force`;
}

/** The letters that a person may resolve so. */
export function resolvable(state: ReadOnly<GroupState>, { letters, how }: Pick<Resolve, 'letters' | 'how'>) {
  return chosen(state, letters, ({ status, kind }) => {
    if (status === 'resolved') return 'it is resolved';
    if (status === 'redriving' && how !== 'abort')
      return 'it is being redriven: wait for its end, or abort it';
    if (how === 'succeed' && kind !== 'node') return `only a node counts as succeeded, and this is a ${kind}`;
    return undefined;
  });
}

function chosen(
  { letters: all }: ReadOnly<GroupState>,
  named: readonly string[] | undefined,
  whyNot: (letter: ReadOnly<LetterState>) => string | undefined,
): Eligible {
  const unknown = named?.find((id) => !all.has(id));
  if (unknown !== undefined) return { letters: [], refusal: `the group has no letter ${unknown}` };
  const meant = named ? [...new Set(named)] : [...all].filter(([, each]) => isParked(each)).map(([id]) => id);
  const kept: string[] = [];
  let [left, firstWhy] = [0, ''];
  for (const id of meant) {
    const why = kept.length < LIMITS.lettersAtOnce ? whyNot(all.get(id) as LetterState) : TOO_MANY;
    if (why === undefined) kept.push(id);
    else {
      firstWhy ||= `letter ${id}: ${why}`;
      left += 1;
    }
  }
  if (kept.length === 0) return { letters: [], refusal: firstWhy || 'no letter of the group is open' };
  return { letters: kept, ...(left > 0 ? { left: { count: left, why: firstWhy } } : {}) };
}

const TOO_MANY = `${LIMITS.lettersAtOnce} letters at a time: ask again for the others`;
