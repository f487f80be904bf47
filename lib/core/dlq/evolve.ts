import { assertNever } from '../errors';
import { LIMITS } from '../limits';
import type { Letter } from '../messages/letter';
import { present } from '../model/present';
import type { LetterEvent, LetterRedriven, LetterReopened, LetterResolved, RedriveStarted } from './events';
import { DEFAULT_PER_MINUTE, wentOut } from './redrive';
import type { GroupState, LetterState } from './state';

/** Whoever redrives by the console of SQS is known to nobody here. */
const CONSOLE = 'the console of SQS';

/** Folds one event into the state. @param at time of the event, milliseconds since the epoch. */
export function evolveLetters(state: GroupState, event: LetterEvent, at: number): GroupState {
  switch (event.type) {
    case 'letter.parked':
    case 'letter.renewed':
      said(state, event.data.letter, event.data.seq, at);
      return state;
    case 'letter.reopened':
      reopened(state, event.data, at);
      return state;
    case 'letter.heard':
      for (const letter of lettersOf(state, [event.data.letterId])) letter.seq = event.data.seq;
      return state;
    case 'letter.assigned':
      for (const letter of lettersOf(state, event.data.letters)) {
        letter.assignee = event.data.to;
        if (letter.status === 'open') letter.status = 'assigned';
      }
      return state;
    case 'letter.noted':
      state.notes = [...state.notes, { ...event.data, at }].slice(-LIMITS.letterNotes);
      return state;
    case 'letter.redriven':
      redriven(state, event.data, at);
      return state;
    case 'letter.returned':
      returned(state, event.data, at);
      return state;
    case 'letter.resolved':
      resolved(state, event.data, at);
      return state;
    case 'letter.laid': {
      const { letterId, ...laid } = event.data;
      for (const letter of lettersOf(state, [letterId])) letter.laid = laid;
      return state;
    }
    case 'letter.archived': {
      const { letterId, ...archived } = event.data;
      for (const letter of lettersOf(state, [letterId])) letter.archived = archived;
      return state;
    }
    case 'redrive.started':
      started(state, event.data, at);
      return state;
    case 'redrive.paused':
      if (state.order) state.order.until = event.data.until;
      return state;
    case 'redrive.stopped':
      ended(state, { left: event.data.left, why: event.data.why }, at);
      return state;
    case 'redrive.completed':
      ended(state, { left: 0 }, at);
      return state;
    default:
      return assertNever(event, 'letter event');
  }
}

function lettersOf({ letters }: GroupState, ids: readonly string[]): LetterState[] {
  return ids.flatMap((id) => letters.get(id) ?? []);
}

/** What a letter says from now on. */
function said(state: GroupState, letter: Letter, seq: number, at: number): LetterState {
  const { letterId, owner, signature, kind, class: failureClass, confidence, said: text } = letter;
  Object.assign(state, { owner, signature, kind, said: text, lastParkedAt: at });
  Object.assign(state, present({ class: failureClass, confidence }));
  const known = state.letters.get(letterId);
  const { jobId, graph, graphHash, jobType, nodeId, attempt, workerId, queue } = letter;
  const parked: LetterState = {
    ...{ kind, status: 'open', firstParkedAt: at, round: 1, redriven: 0 },
    ...known,
    ...present({ jobId, graph, graphHash, jobType, nodeId, attempt, workerId, queue }),
    ...{ parkedAt: at, seq, why: letter.why },
  };
  // In the order of the parking.
  state.letters.delete(letterId);
  state.letters.set(letterId, parked);
  const { tests, testsUnlisted } = letter;
  state.evidence.delete(letterId);
  state.evidence.set(letterId, { said: text, ...present({ tests, testsUnlisted }) });
  forget(state.evidence, LIMITS.lettersWithEvidence);
  return parked;
}

function reopened(
  state: GroupState,
  { letterId, seq, round, why, letter }: LetterReopened,
  at: number,
): void {
  const before = state.letters.get(letterId);
  if (!before) return;
  // What ended well and failed again later has not come back from where it was sent.
  if (before.resolved) before.redriven = 0;
  const now = letter ? said(state, letter, seq, at) : before;
  Object.assign(now, { seq, why, round, status: now.assignee === undefined ? 'open' : 'assigned' });
  delete now.resolved;
  delete now.returned;
}

function redriven({ letters, order }: GroupState, data: LetterRedriven, at: number): void {
  for (const id of data.letters) {
    const letter = letters.get(id);
    if (!letter) continue;
    letter.status = 'redriving';
    delete letter.returned;
    letter.redriven += 1;
    letter.orderId = data.orderId;
  }
  if (!order) return;
  const out = new Set(data.letters);
  order.waiting = order.waiting.filter((id) => !out.has(id));
  order.sent += data.letters.length;
  const [first] = data.letters;
  if (data.canary && first !== undefined) order.canary = first;
  wentOut(order, data.letters.length, at);
  delete order.until;
}

function returned(
  state: GroupState,
  { letterId, orderId }: { readonly letterId: string; readonly orderId: string },
  at: number,
): void {
  if (!state.order) {
    const how = {
      mode: 'all',
      perMinute: DEFAULT_PER_MINUTE,
      by: CONSOLE,
      reason: 'redriven by the console',
    } as const;
    started(state, { orderId, letters: [], ...how }, at);
  }
  state.order?.waiting.push(letterId);
  for (const letter of lettersOf(state, [letterId])) letter.returned = true;
}

function resolved(state: GroupState, { letters, how, why, by, seq }: LetterResolved, at: number): void {
  for (const id of letters) {
    const letter = state.letters.get(id);
    if (!letter) continue;
    letter.status = 'resolved';
    delete letter.returned;
    letter.resolved = { how, at, ...present({ why, by }) };
    if (seq !== undefined) letter.seq = seq;
    // Those resolved last stand last, and are shown longest.
    state.letters.delete(id);
    state.letters.set(id, letter);
    const { order } = state;
    if (order?.canary !== id) continue;
    delete order.canary;
    if (how === 'retried') order.proven = true;
  }
  forgetResolved(state);
}

function forgetResolved({ letters, evidence }: GroupState): void {
  const all = [...letters].filter(([, { status }]) => status === 'resolved');
  for (const [id] of all.slice(0, Math.max(0, all.length - LIMITS.resolvedLetters))) {
    letters.delete(id);
    evidence.delete(id);
  }
}

function started(state: GroupState, data: RedriveStarted, at: number): void {
  const { letters, ...order } = data;
  state.order = { ...order, startedAt: at, waiting: [...letters], recent: [], sent: 0 };
  state.orders = [...state.orders, data.orderId].slice(-LIMITS.letterOrders);
}

function ended(state: GroupState, how: { readonly left: number; readonly why?: string }, at: number): void {
  const { order } = state;
  if (!order) return;
  const { orderId, by, mode, startedAt, sent } = order;
  state.lastOrder = { orderId, by, mode, startedAt, endedAt: at, sent, ...how };
  delete state.order;
}

function forget(map: Map<string, unknown>, most: number): void {
  for (const id of map.keys()) {
    if (map.size <= most) return;
    map.delete(id);
  }
}
