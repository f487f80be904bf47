import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import { addressOf, jobAt, letterAt } from '../messages/address';
import { type Effect, type EffectOf, type EventRef, effectsOf } from '../messages/effect';
import type { JobMessage } from '../messages/job';
import type { LetterKind } from '../messages/letter';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { LetterEvent } from './events';
import { type GroupState, isParked } from './state';

interface GroupContext {
  readonly group: string;
  readonly state: ReadOnly<GroupState>;
}

/**
 * The effects one event of a group of letters requires, seen from a state at or after it. What later events made
 * pointless is left out: a letter that does not lie parked any more is not laid in a queue.
 */
export function letterEffects(state: ReadOnly<GroupState>, event: Recorded<LetterEvent>): Effect[] {
  const context = { group: addressOf(event.stream).id, state };
  switch (event.type) {
    case 'letter.parked':
      return parked(context, event, event.data.letter.letterId, 1);
    case 'letter.reopened':
      return parked(context, event, event.data.letterId, event.data.round);
    case 'letter.redriven':
      return [...redriven(context, event), published(context, event, 'redriven', { ...event.data })];
    case 'letter.resolved':
      return [...resolved(context, event), published(context, event, 'resolved', { ...event.data })];
    case 'redrive.paused':
      return timer(context, event, event.data);
    case 'letter.renewed':
    case 'letter.heard':
    case 'letter.assigned':
    case 'letter.noted':
    case 'letter.returned':
    case 'letter.laid':
    case 'letter.archived':
    case 'redrive.started':
    case 'redrive.stopped':
    case 'redrive.completed':
      return [];
    default:
      return assertNever(event, 'letter event');
  }
}

/** A poisoned message lies in a DLQ already. */
function parked(
  context: GroupContext,
  event: Recorded<LetterEvent>,
  letterId: string,
  round: number,
): Effect[] {
  const { group, state } = context;
  const letter = state.letters.get(letterId);
  const said = published(context, event, 'parked', { letters: [letterId] });
  if (!letter || letter.kind === 'message' || letter.round !== round || !isParked(letter)) return [said];
  const { jobId, nodeId, why } = letter;
  const posted = { kind: 'parkLetter' as const, group, letterId, round, why, ...present({ jobId, nodeId }) };
  return [effectsOf(event)(posted, 'park'), said];
}

/** What is parked runs again: by its job, or where the message came from. */
function redriven({ group, state }: GroupContext, event: Recorded<Redriven>): Effect[] {
  const make = effectsOf(event);
  const { jobId, letters } = event.data;
  if (jobId === undefined) {
    const { body } = event.data.input ?? {};
    return letters.map((letterId) =>
      make(releasing({ group, state }, letterId, body), `release/${letterId}`),
    );
  }
  return redrivenBy(state, event).map((message) =>
    make({ kind: 'send', to: jobAt(jobId), message }, message.type === 'rollback' ? 'rollback' : 'job'),
  );
}

function releasing({ group, state }: GroupContext, letterId: string, body: string | undefined): EffectOf {
  const { archived, redriven: times = 1 } = state.letters.get(letterId) ?? {};
  const message = { group, letterId, times, ...present({ place: archived?.place, body }) };
  return { kind: 'releaseLetter', ...message };
}

type Redriven = Extract<LetterEvent, { type: 'letter.redriven' }>;

/** What a job is told that runs again what its letters are about. It knows the orders again by their names. */
function redrivenBy(
  { letters }: ReadOnly<GroupState>,
  { stream, seq, data }: Recorded<Redriven>,
): Extract<JobMessage, { type: 'retry' | 'resume' | 'rollback' }>[] {
  const { reason, input, force } = data;
  const found = data.letters.flatMap((id) => letters.get(id) ?? []);
  if (found[0]?.kind === 'recovery') return [{ type: 'resume', reason }];
  const nodesOf = (wanted: LetterKind) =>
    found.flatMap(({ kind, nodeId }) => (kind === wanted && nodeId !== undefined ? [nodeId] : []));
  const [nodes, steps] = [nodesOf('node'), nodesOf('rollback')];
  const inputs = input && Object.fromEntries(nodes.map((id) => [id, input]));
  const order = `${stream}/${seq}`;
  return [
    ...(nodes.length > 0
      ? [{ type: 'retry' as const, nodes, reason, order, ...present({ inputs, force }) }]
      : []),
    ...(steps.length > 0
      ? [{ type: 'rollback' as const, nodes: steps, reason, order: `${order}/rollback` }]
      : []),
  ];
}

type Resolved = Extract<LetterEvent, { type: 'letter.resolved' }>;

/** What a person made of letters, their jobs have to hear. What a job said itself it knows. */
function resolved({ state }: GroupContext, event: Recorded<Resolved>): Effect[] {
  const { letters, how, by, why: reason = '', outputs } = event.data;
  if (by === undefined || (how !== 'skipped' && how !== 'succeeded' && how !== 'aborted')) return [];
  const make = effectsOf(event);
  const found = letters.flatMap((id) => state.letters.get(id) ?? []);
  if (how === 'aborted') {
    const jobs = new Set(found.flatMap(({ jobId }) => jobId ?? []));
    const message = { type: 'cancel' as const, reason };
    return [...jobs].map((id) => make({ kind: 'send', to: jobAt(id), message }, `cancel/${id}`));
  }
  return found.flatMap(({ kind, jobId, nodeId }) => {
    if (kind !== 'node' || jobId === undefined || nodeId === undefined) return [];
    const said = { nodeId, outcome: how, reason, by, ...present({ outputs }) };
    return [
      make({ kind: 'send', to: jobAt(jobId), message: { type: 'overrule', ...said } }, `${jobId}/${nodeId}`),
    ];
  });
}

function timer(
  { group, state }: GroupContext,
  event: Recorded<LetterEvent>,
  { orderId, until }: { readonly orderId: string; readonly until: number },
): Effect[] {
  if (state.order?.orderId !== orderId || state.order.until !== until) return [];
  return [dueAgain(group, { orderId, until }, event)];
}

/** Has the order go on when it may. */
export function dueAgain(
  group: string,
  { orderId, until }: { readonly orderId: string; readonly until: number },
  cause: EventRef,
): Effect {
  const message = { type: 'due' as const, orderId, until };
  return effectsOf(cause)({ kind: 'timer', to: letterAt(group), message, dueAt: until }, 'due');
}

/** Its owner hears of it; of what is nobody's, administrators. */
function published(
  { group, state }: GroupContext,
  event: Recorded<LetterEvent>,
  what: 'parked' | 'redriven' | 'resolved',
  { letters, ...more }: { readonly letters: readonly string[] } & Readonly<Record<string, unknown>>,
): Effect {
  const { owner, signature, class: failureClass } = state;
  const shown = letters.slice(0, SHOWN).map((letterId) => {
    const { kind, jobId, nodeId, attempt, why } = state.letters.get(letterId) ?? {};
    return { letterId, ...present({ kind, jobId, nodeId, attempt, why }) };
  });
  const { input: _input, outputs: _outputs, ...facts } = more;
  const detail = { group, signature, class: failureClass, ...facts, letters: shown, count: letters.length };
  const id = `${event.stream}/${event.seq}`;
  const type = `orchestration.letter.${what}`;
  return effectsOf(event)({ kind: 'publish', event: { id, type, at: event.at, owner, detail } }, 'publish');
}

/** Letters that a public event names: it has a bound. */
const SHOWN = 100;
