import { assertNever } from '../errors';
import { LIMITS } from '../limits';
import type { Notice, Telling } from '../messages/target';
import { present } from '../model/present';
import { failure, success } from '../retry/breaker';
import { BREAKER } from './decide';
import type { TargetEvent } from './events';
import { parkedWith } from './parked';
import { type Alert, OUTCOMES_SHOWN, type Outcome, type TargetDelivery, type TargetState } from './state';

/** Folds one event into the state. @param at time of the event, milliseconds since the epoch. */
export function evolveTarget(state: TargetState, event: TargetEvent, at: number): TargetState {
  switch (event.type) {
    case 'notice.accepted': {
      const { notice, telling } = event.data;
      came(state, notice, telling, at);
      state.queue.push({ id: notice.id, notices: [notice], more: 0, attempts: 0, dueAt: at });
      raise(state, notice, telling, at);
      return state;
    }
    case 'notice.held': {
      const { notice, telling, until, why } = event.data;
      came(state, notice, telling, at);
      state.held.push({ notice, telling, until, why });
      return state;
    }
    case 'notice.suppressed':
      know(state, event.data.id);
      if (event.data.why === 'flood') state.flooded += 1;
      return state;
    case 'notice.released': {
      const { deliveryId, more } = event.data;
      const ids = new Set(event.data.notices);
      const released = state.held.filter(({ notice }) => ids.has(notice.id));
      state.held = state.held.filter(({ notice }) => !ids.has(notice.id));
      state.flooded -= more;
      const notices = released.map(({ notice }) => notice);
      state.queue.push({ id: deliveryId, notices, more, attempts: 0, dueAt: at });
      for (const { notice, telling } of released) raise(state, notice, telling, at);
      return state;
    }
    case 'delivery.started': {
      const { deliveryId, attempt, until } = event.data;
      const delivery = state.queue.find(({ id }) => id === deliveryId);
      if (delivery) delivery.attempts = attempt;
      state.underWay = { deliveryId, attempt, until };
      return state;
    }
    case 'delivery.succeeded': {
      const { deliveryId } = event.data;
      ended(state, 'succeeded', event.data, at);
      state.breaker = success(state.breaker);
      state.queue = state.queue.filter(({ id }) => id !== deliveryId);
      state.parked = state.parked.filter(({ id }) => id !== deliveryId);
      return state;
    }
    case 'delivery.failed': {
      const { deliveryId, retryAt } = event.data;
      ended(state, 'failed', event.data, at);
      state.breaker = failure(BREAKER, state.breaker, at);
      const delivery = state.queue.find(({ id }) => id === deliveryId);
      if (delivery) delivery.dueAt = retryAt;
      return state;
    }
    case 'delivery.parked': {
      const { deliveryId, why } = event.data;
      ended(state, 'parked', event.data, at);
      const delivery = state.queue.find(({ id }) => id === deliveryId);
      state.queue = state.queue.filter(({ id }) => id !== deliveryId);
      if (delivery) state.parked = parkedWith(state.parked, { ...delivery, parkedAt: at, why });
      return state;
    }
    case 'delivery.redriven': {
      const ids = new Set(event.data.deliveries);
      const again = state.parked.filter(({ id }) => ids.has(id));
      state.parked = state.parked.filter(({ id }) => !ids.has(id));
      for (const { id, notices, more } of again)
        state.queue.push({ id, notices, more, attempts: 0, dueAt: at });
      return state;
    }
    case 'alert.escalated':
      for (const alert of state.alerts)
        if (alert.notice.id === event.data.alert) alert.next = event.data.step + 1;
      return state;
    case 'alert.acknowledged':
      state.alerts = state.alerts.filter(({ notice }) => notice.id !== event.data.alert);
      return state;
    default:
      return assertNever(event, 'target event');
  }
}

function came(state: TargetState, { id, signature }: Notice, { dedupeMs }: Telling, at: number): void {
  know(state, id);
  state.recent = [...state.recent, at].slice(-LIMITS.heldNotices);
  const told = Object.entries(state.told).filter(([, until]) => until > at);
  if (dedupeMs > 0) told.push([signature, at + dedupeMs]);
  state.told = Object.fromEntries(told.slice(-LIMITS.knownNotices));
}

function know(state: TargetState, id: string): void {
  state.known = [...state.known, id].slice(-LIMITS.knownNotices);
}

/** From now on somebody has to acknowledge it. */
function raise(
  state: TargetState,
  notice: Notice,
  { rule, escalation: steps = [] }: Telling,
  at: number,
): void {
  if (steps.length === 0) return;
  const { detail: _, ...brief } = notice;
  // Where there are too many, one goes of which nobody else would be told.
  const isSaid = ({ steps: all, next }: Alert) => next >= all.length;
  const gone = state.alerts.length < LIMITS.openAlerts ? -1 : Math.max(0, state.alerts.findIndex(isSaid));
  state.alerts = [
    ...state.alerts.filter((_, i) => i !== gone),
    { notice: brief, rule, since: at, steps, next: 0 },
  ];
}

interface Ending {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly to?: string;
  readonly why?: string;
}

function ended(
  state: TargetState,
  outcome: Outcome['outcome'],
  { deliveryId, attempt, to, why }: Ending,
  at: number,
): void {
  if (state.underWay?.deliveryId === deliveryId) delete state.underWay;
  const delivery = [...state.queue, ...state.parked].find(({ id }) => id === deliveryId);
  const what = { deliveryId, outcome, at, attempt, title: titleOf(delivery), ...present({ to, why }) };
  state.outcomes = [what, ...state.outcomes].slice(0, OUTCOMES_SHOWN);
}

function titleOf(delivery: TargetDelivery | undefined): string {
  if (!delivery) return '';
  const { notices, more } = delivery;
  const count = notices.length + more;
  return count === 1 ? (notices[0]?.title ?? '') : `${count} notices`;
}
