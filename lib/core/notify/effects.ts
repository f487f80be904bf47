import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import { addressOf, targetAt } from '../messages/address';
import { type Effect, effectsOf } from '../messages/effect';
import type { Telling } from '../messages/target';
import type { ReadOnly } from '../model/read-only';
import type { TargetEvent } from './events';
import type { TargetState } from './state';

/**
 * The effects one event of a target requires, seen from a state at or after it: a try that is not under way any more is not
 * made once more.
 */
export function targetEffects(state: ReadOnly<TargetState>, event: Recorded<TargetEvent>): Effect[] {
  const { id: target } = addressOf(event.stream);
  switch (event.type) {
    case 'notice.accepted':
      return steps(target, event, event.data.telling);
    case 'notice.held':
      return [due(target, event, event.data.until)];
    case 'notice.released': {
      const released = new Set(event.data.notices);
      const alerts = state.alerts.filter(({ notice }) => released.has(notice.id));
      return alerts.flatMap(({ notice, steps: escalation, since }) =>
        escalation.map((step) => due(target, event, since + step.afterMs, `${notice.id}/${step.target}`)),
      );
    }
    case 'delivery.started': {
      const { deliveryId, attempt, until } = event.data;
      const isCurrent = state.underWay?.deliveryId === deliveryId && state.underWay.attempt === attempt;
      if (!isCurrent) return [];
      const deliver = effectsOf(event)({ kind: 'deliver', target, deliveryId, attempt });
      return [deliver, due(target, event, until)];
    }
    case 'delivery.failed': {
      const { retryAt, openUntil = retryAt } = event.data;
      const times = [...new Set([retryAt, openUntil])];
      return times.map((at) => due(target, event, at, at === retryAt ? 'retry' : 'closed'));
    }
    case 'alert.escalated':
      return escalated(target, state, event);
    case 'notice.suppressed':
    case 'delivery.succeeded':
    case 'delivery.parked':
    case 'delivery.redriven':
    case 'alert.acknowledged':
      return [];
    default:
      return assertNever(event, 'target event');
  }
}

function due(target: string, event: Recorded<TargetEvent>, dueAt: number, part = 'due'): Effect {
  return effectsOf(event)({ kind: 'timer', to: targetAt(target), message: { type: 'due' }, dueAt }, part);
}

function steps(target: string, event: Recorded<TargetEvent>, { escalation = [] }: Telling): Effect[] {
  return escalation.map(({ afterMs }, i) => due(target, event, event.at + afterMs, `step/${i}`));
}

/** An escalation is told at once, whatever the hour. */
function escalated(
  target: string,
  { alerts }: ReadOnly<TargetState>,
  event: Recorded<Extract<TargetEvent, { type: 'alert.escalated' }>>,
): Effect[] {
  const { alert: id, step, target: next } = event.data;
  const alert = alerts.find(({ notice }) => notice.id === id);
  // Acknowledged meanwhile.
  if (!alert) return [];
  const title = `Nobody has acknowledged: ${alert.notice.title}`.slice(0, TITLE);
  const notice = { ...alert.notice, id: `${id}/escalation/${target}/${step}`, title };
  const telling = { rule: alert.rule, dedupeMs: 0 };
  const message = { type: 'notify' as const, notice, telling };
  return [effectsOf(event)({ kind: 'send', to: targetAt(next), message }, 'escalate')];
}

const TITLE = 200;

/** What sets the timers of a target again, after the process that had set them is gone. @param seq of the event that the state ends with. */
export function rearmingTarget(target: string, state: ReadOnly<TargetState>, seq: number): Effect[] {
  const times = [
    ...state.held.map(({ until }) => until),
    ...state.queue.map(({ dueAt }) => dueAt),
    ...(state.underWay ? [state.underWay.until] : []),
    ...(state.breaker.openUntil === undefined ? [] : [state.breaker.openUntil]),
    ...state.alerts.flatMap(({ steps: all, since, next }) =>
      all.slice(next, next + 1).map(({ afterMs }) => since + afterMs),
    ),
  ];
  const make = effectsOf({ stream: `target/${target}`, seq });
  const message = { type: 'due' as const };
  return [...new Set(times)].map((dueAt) =>
    make({ kind: 'timer', to: targetAt(target), message, dueAt }, `armed/${dueAt}`),
  );
}
