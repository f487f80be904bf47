import { assertNever } from '../errors';
import type { TriggerSource } from '../messages/trigger-definition';
import type { Firing, TriggerEvent } from './events';
import { minuteOf, RECENT, SEEN, type TriggerDeed, type TriggerState } from './state';

/** Folds one event into the state. */
export function evolveTrigger(state: TriggerState, event: TriggerEvent, at: number): TriggerState {
  switch (event.type) {
    case 'trigger.set': {
      const { owner, definition, everyone } = event.data;
      const goesOn = state.status === 'active' && strikesAlike(state.definition?.source, definition.source);
      // What was due before it said so is not missed; what the same schedule owes is not forgotten.
      if (!goesOn) state.cursor = Math.max(state.cursor, at);
      if (state.status !== 'paused') state.status = 'active';
      state.owner = owner;
      state.definition = definition;
      if (everyone) state.everyone = true;
      else delete state.everyone;
      state.createdAt ??= at;
      return state;
    }
    case 'trigger.paused':
      state.status = 'paused';
      return state;
    case 'trigger.unpaused':
      state.status = 'active';
      // Clocks of two processes differ: what was dealt with stays so.
      state.cursor = Math.max(state.cursor, at);
      return state;
    case 'trigger.deleted':
      state.status = 'deleted';
      delete state.createdAt;
      return state;
    case 'trigger.fired': {
      const { firing, jobId, cancels = [] } = event.data;
      state.cancelled = [...new Set([...state.cancelled, ...cancels])];
      state.running.push(jobId);
      if (state.waiting?.id === firing.id) delete state.waiting;
      return deed(passed(state, firing, at), { what: 'fired', at, firing: firing.id, jobId });
    }
    case 'trigger.queued':
      state.waiting = event.data.firing;
      return deed(passed(state, event.data.firing, at), { what: 'queued', at, firing: event.data.firing.id });
    case 'trigger.skipped': {
      const { firing, why } = event.data;
      if (state.waiting?.id === firing.id) delete state.waiting;
      if (why !== 'own') passed(state, firing, at);
      else remember(state, firing);
      return deed(state, { what: 'skipped', at, firing: firing.id, why });
    }
    case 'trigger.missed': {
      const { count, from, to } = event.data;
      state.cursor = Math.max(state.cursor, to);
      const why = `${count} from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`;
      return deed(state, { what: 'missed', at, why });
    }
    case 'trigger.jobEnded':
      return over(state, event.data.jobId);
    case 'trigger.jobRefused': {
      const { jobId, reason } = event.data;
      return deed(over(state, jobId), { what: 'refused', at, jobId, why: reason });
    }
    default:
      return assertNever(event, 'trigger event');
  }
}

/** Whether two sources are the same clock, whatever they say about missed runs. */
function strikesAlike(one: TriggerSource | undefined, other: TriggerSource): boolean {
  if (one?.kind !== 'schedule' || other.kind !== 'schedule') return one?.kind === other.kind;
  return one.cron === other.cron && one.timezone === other.timezone;
}

function over(state: TriggerState, jobId: string): TriggerState {
  state.running = state.running.filter((running) => running !== jobId);
  state.cancelled = state.cancelled.filter((cancelled) => cancelled !== jobId);
  return state;
}

/** Notes that a firing was dealt with, and when. */
function passed(state: TriggerState, firing: Firing, at: number): TriggerState {
  if (remember(state, firing)) {
    // Clocks of two processes differ: no minute comes back.
    const minute = Math.max(minuteOf(at), state.pace.minute);
    const firings = minute === state.pace.minute ? state.pace.firings + 1 : 1;
    state.pace = { minute, firings };
  }
  return state;
}

/** So that a repeat of a firing is known. @returns whether it was not known before. */
function remember(state: TriggerState, { id, dueAt }: Firing): boolean {
  const isKnown = dueAt === undefined ? state.seen.includes(id) : dueAt <= state.cursor;
  if (dueAt !== undefined) state.cursor = Math.max(state.cursor, dueAt);
  else if (!isKnown) state.seen = [...state.seen, id].slice(-SEEN);
  return !isKnown;
}

function deed(state: TriggerState, done: TriggerDeed): TriggerState {
  state.recent = [done, ...state.recent].slice(0, RECENT);
  return state;
}
