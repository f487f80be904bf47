import { assertNever } from '../errors';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { redrivable, resolvable, whyNotRedriven } from './eligible';
import type { LetterEvent } from './events';
import type { LetterInput } from './input';
import { advance, DEFAULT_PER_MINUTE } from './redrive';
import { type GroupState, isParked, type LetterEnd, type LetterState } from './state';

type Input<T extends LetterInput['type']> = Extract<LetterInput, { type: T }>;

/** What follows from an input. One that is late, repeated or out of order has no consequence: an empty list. */
export function decideLetters(state: ReadOnly<GroupState>, input: LetterInput): LetterEvent[] {
  switch (input.type) {
    case 'park':
      return park(state, input);
    case 'closed':
      return closed(state, input);
    case 'assign':
      return assign(state, input);
    case 'note': {
      const { text, by, letterId } = input;
      if (letterId === undefined ? state.letters.size === 0 : !state.letters.has(letterId)) return [];
      return [{ type: 'letter.noted', data: { text, by, ...present({ letterId }) } }];
    }
    case 'redrive':
      return redrive(state, input);
    case 'stopRedrive': {
      const { by, reason, orderId = state.order?.orderId } = input;
      return orderId === state.order?.orderId ? stopped(state, `${by} stopped it: ${reason}`) : [];
    }
    case 'resolve':
      return resolve(state, input);
    case 'laid':
    case 'archived':
      return kept(state, input);
    case 'returned':
      return returned(state, input);
    case 'due': {
      const { order } = state;
      const isDue = order !== undefined && order.orderId === input.orderId && order.until === input.until;
      return isDue ? advance(state, Math.max(input.at, input.until)) : [];
    }
    case 'advance':
      return advance(state, input.at);
    default:
      return assertNever(input, 'letter input');
  }
}

/** A failure for good: a letter of its own, or what one says from now on that lies here, or lies here again. */
function park(state: ReadOnly<GroupState>, { letter, seq }: Input<'park'>): LetterEvent[] {
  const { letterId, why } = letter;
  const known = state.letters.get(letterId);
  if (!known) return [{ type: 'letter.parked', data: { letter, seq } }];
  if (seq <= known.seq) return [];
  if (isParked(known)) return [{ type: 'letter.renewed', data: { letter, seq } }];
  const round = known.round + 1;
  const again: LetterEvent = { type: 'letter.reopened', data: { letterId, seq, round, why, letter } };
  return [again, ...canaryEnded(state, letterId, `its canary ${nameOf(letterId, known)} failed again`)];
}

/** Its job says how what was parked has ended. */
function closed(state: ReadOnly<GroupState>, input: Input<'closed'>): LetterEvent[] {
  const { letterId, outcome, why } = input;
  const letter = state.letters.get(letterId);
  if (!letter || letter.status === 'resolved') return [];
  if (input.seq !== undefined && input.seq <= letter.seq) return [];
  const { seq = letter.seq } = input;
  const isOurs = letter.status === 'redriving';
  const resolved = (how: LetterEnd): LetterEvent => ({
    type: 'letter.resolved',
    data: { letters: [letterId], how, seq, ...present({ why }) },
  });
  const canary = nameOf(letterId, letter);
  switch (outcome) {
    case 'succeeded':
    case 'skipped':
      return [resolved(isOurs ? 'retried' : 'elsewhere')];
    case 'failed':
      return [
        resolved('elsewhere'),
        ...canaryEnded(state, letterId, `its canary ${canary} failed in another way`),
      ];
    case 'cancelled':
    case 'refused': {
      if (!isOurs) return seq > letter.seq ? [{ type: 'letter.heard', data: { letterId, seq } }] : [];
      const because = why ?? (outcome === 'cancelled' ? 'it was cancelled' : 'its job did not run it again');
      const data = { letterId, seq, round: letter.round + 1, why: because };
      const again: LetterEvent = { type: 'letter.reopened', data };
      return [again, ...canaryEnded(state, letterId, `its canary ${canary} did not run: ${because}`)];
    }
    default:
      return assertNever(outcome, 'closing');
  }
}

/** Of a canary that did not end well: the others stay where they are. */
function canaryEnded(state: ReadOnly<GroupState>, letterId: string, why: string): LetterEvent[] {
  return state.order?.canary === letterId ? stopped(state, why) : [];
}

/** The order under way ends. What had come back from the DLQ for it lies there no more, and is laid there again. */
function stopped({ order, letters }: ReadOnly<GroupState>, why: string): LetterEvent[] {
  if (!order) return [];
  const { orderId, waiting } = order;
  return [
    { type: 'redrive.stopped', data: { orderId, why, left: waiting.length } },
    ...waiting.flatMap((letterId): LetterEvent[] => {
      const letter = letters.get(letterId);
      if (!letter?.returned || !isParked(letter)) return [];
      const { seq, round } = letter;
      return [{ type: 'letter.reopened', data: { letterId, seq, round: round + 1, why } }];
    }),
  ];
}

function nameOf(letterId: string, { jobId, nodeId }: ReadOnly<LetterState>): string {
  return nodeId === undefined ? letterId : `${nodeId} of job ${jobId}`;
}

function assign(state: ReadOnly<GroupState>, { letters, to, by }: Input<'assign'>): LetterEvent[] {
  const meant = letters ?? [...state.letters.keys()];
  const found = [...new Set(meant)].filter((id) => {
    const letter = state.letters.get(id);
    return letter !== undefined && letter.status !== 'resolved' && letter.assignee !== to;
  });
  return found.length === 0 ? [] : [{ type: 'letter.assigned', data: { letters: found, to, by } }];
}

function redrive(state: ReadOnly<GroupState>, input: Input<'redrive'>): LetterEvent[] {
  const { orderId, mode, perMinute = DEFAULT_PER_MINUTE, input: edited, force, by, reason } = input;
  if (state.orders.includes(orderId)) return [];
  const { letters } = redrivable(state, input);
  if (letters.length === 0) return [];
  const data = { orderId, letters, mode, perMinute, by, reason, ...present({ input: edited, force }) };
  return [...stopped(state, `${by} put redrive ${orderId} in its place`), { type: 'redrive.started', data }];
}

const ENDS = { skip: 'skipped', succeed: 'succeeded', abort: 'aborted' } as const;

function resolve(state: ReadOnly<GroupState>, input: Input<'resolve'>): LetterEvent[] {
  const { how, by, reason: why, outputs } = input;
  const { letters } = resolvable(state, input);
  if (letters.length === 0) return [];
  const canary = state.order?.canary;
  return [
    { type: 'letter.resolved', data: { letters, how: ENDS[how], by, why, ...present({ outputs }) } },
    ...(canary !== undefined && letters.includes(canary)
      ? canaryEnded(state, canary, `${by} resolved its canary`)
      : []),
  ];
}

/** Where a letter is kept beside the journal. */
function kept(state: ReadOnly<GroupState>, input: Input<'laid' | 'archived'>): LetterEvent[] {
  const { letterId, round } = input;
  const letter = state.letters.get(letterId);
  if (letter?.round !== round) return [];
  if (input.type === 'archived') {
    if (letter.archived?.round === round) return [];
    return [{ type: 'letter.archived', data: { letterId, round, place: input.place } }];
  }
  const { messageId, posting } = input;
  if (letter.laid?.messageId === messageId && letter.laid.round === round) return [];
  return [{ type: 'letter.laid', data: { letterId, round, messageId, ...present({ posting }) } }];
}

/** Somebody redrives it by the console. What may not be redriven goes back to where it came from. */
function returned(state: ReadOnly<GroupState>, input: Input<'returned'>): LetterEvent[] {
  const { letterId, round, messageId } = input;
  const letter = state.letters.get(letterId);
  const isWaiting = state.order?.waiting.includes(letterId);
  if (!letter || letter.round !== round || !isParked(letter) || isWaiting) return [];
  const why = whyNotRedriven(letter, false);
  if (why !== undefined)
    return [{ type: 'letter.reopened', data: { letterId, seq: letter.seq, round: round + 1, why } }];
  const orderId = state.order?.orderId ?? `console/${messageId}`;
  return [{ type: 'letter.returned', data: { letterId, round, messageId, orderId } }];
}
