import { assertNever } from '../errors';
import {
  isSame,
  type MissedPolicy,
  type ScheduleSource,
  type TriggerDefinition,
} from '../messages/trigger-definition';
import type { Parameters } from '../model/parameters';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { lastTimes } from './cron';
import type { Firing, SkipReason, TriggerEvent } from './events';
import { mayHear } from './hearing';
import type { TriggerInput } from './input';
import { ancestryOf, digest, eventFiring } from './lineage';
import { resolveParameters } from './parameters';
import { minuteOf, type TriggerState } from './state';

/** A run that starts no later than this is on time: EventBridge Scheduler alone may take a minute of it. */
export const ON_TIME_MS = 5 * 60_000;
/** How far back missed runs are made good. EventBridge Scheduler tries no longer either. */
export const CATCH_UP_MS = 24 * 3_600_000;
/** Missed runs that are made good at once, the latest ones. */
export const MAX_CATCH_UP = 100;

/** Triggers whose jobs' events start each other, one after the other. */
export const MAX_DEPTH = 10;

/** Firings that a trigger deals with in a minute. A clock strikes once in it; more come from outside only. */
export const MAX_FIRINGS_PER_MINUTE = 120;

/** What follows from an input. One that is late, repeated or out of order has no consequence: an empty list. */
export function decideTrigger(
  triggerId: string,
  state: ReadOnly<TriggerState>,
  input: TriggerInput,
): TriggerEvent[] {
  const events = decided(triggerId, state, input);
  const { limit } = input;
  if (!limit) return events;
  let { room } = limit;
  return events.map((event) => {
    if (event.type !== 'trigger.fired' || room-- > 0) return event;
    return skipped(event.data.firing, limit.why);
  });
}

function decided(triggerId: string, state: ReadOnly<TriggerState>, input: TriggerInput): TriggerEvent[] {
  switch (input.type) {
    case 'set':
      return set(state, input);
    case 'pause':
      if (state.status !== 'active') return [];
      return [...dropped(state, 'paused'), { type: 'trigger.paused', data: { reason: input.reason } }];
    case 'unpause':
      if (state.status !== 'paused') return [];
      return [{ type: 'trigger.unpaused', data: { reason: input.reason } }];
    case 'delete':
      if (!exists(state)) return [];
      return [...dropped(state, 'deleted'), { type: 'trigger.deleted', data: {} }];
    case 'due':
      return due(triggerId, state, input.at);
    case 'event':
      return onEvent(triggerId, state, input);
    case 'fire': {
      const id = `manual/${input.requestId}`;
      if (!exists(state) || state.seen.includes(id)) return [];
      const firing = firingOf(triggerId, state, id);
      return tooMany(state, firing, input.at) ?? fire(triggerId, state, [firing]);
    }
    case 'jobEnded': {
      const { jobId, status } = input;
      const ended: TriggerEvent = { type: 'trigger.jobEnded', data: { jobId, status } };
      return [...(state.running.includes(jobId) ? [ended] : []), ...next(triggerId, state, jobId)];
    }
    case 'jobRefused': {
      const { jobId, reason, root, depth } = input;
      const data = { jobId, reason, ...present({ root, depth }) };
      const refused: TriggerEvent = { type: 'trigger.jobRefused', data };
      return [...(state.running.includes(jobId) ? [refused] : []), ...next(triggerId, state, jobId)];
    }
    default:
      return assertNever(input, 'trigger input');
  }
}

/** The id of the job that a firing starts: however often it is started, it is one job. */
export function firedJobId(triggerId: string, firingId: string): string {
  return `t-${digest(JSON.stringify([triggerId, firingId]))}`;
}

const exists = ({ status }: ReadOnly<TriggerState>) => status === 'active' || status === 'paused';

function set(state: ReadOnly<TriggerState>, input: Extract<TriggerInput, { type: 'set' }>): TriggerEvent[] {
  const { owner, definition, everyone } = input;
  const isTheirs = state.owner === owner && state.everyone === everyone;
  if (exists(state) && isTheirs && isSame(state.definition, definition)) return [];
  return [{ type: 'trigger.set', data: { owner, definition, ...present({ everyone }) } }];
}

function dropped({ waiting }: ReadOnly<TriggerState>, why: 'paused' | 'deleted'): TriggerEvent[] {
  return waiting ? [skipped(waiting, why)] : [];
}

/** The times that are due and not dealt with yet, whichever of them the clock struck for. */
function due(triggerId: string, state: ReadOnly<TriggerState>, at: number): TriggerEvent[] {
  const source = state.definition?.source;
  if (state.status !== 'active' || source?.kind !== 'schedule') return [];
  const times = lastTimes(source, { after: state.cursor, until: at }, MAX_CATCH_UP);
  const wanted = wantedOf(source, times, at);
  const missed = times.slice(0, times.length - wanted.length);
  const events = fire(
    triggerId,
    state,
    wanted.map((dueAt) => ({ ...firingOf(triggerId, state, new Date(dueAt).toISOString()), dueAt })),
  );
  if (missed.length === 0) return events;
  const data = { count: missed.length, from: missed[0] as number, to: missed.at(-1) as number };
  return [{ type: 'trigger.missed', data }, ...events];
}

/** Of the due times those that start a job: always the latest ones. */
function wantedOf({ missed }: ScheduleSource, times: readonly number[], at: number): readonly number[] {
  const late = (latest: readonly number[], by: number) => latest.filter((time) => at - time <= by);
  const policies: Record<MissedPolicy, () => readonly number[]> = {
    all: () => late(times, CATCH_UP_MS),
    latest: () => late(times.slice(-1), CATCH_UP_MS),
    skip: () => late(times.slice(-1), ON_TIME_MS),
  };
  return policies[missed]();
}

function onEvent(
  triggerId: string,
  state: ReadOnly<TriggerState>,
  { event, at }: Extract<TriggerInput, { type: 'event' }>,
): TriggerEvent[] {
  const id = eventFiring(event);
  // One that was under way when the trigger became a schedule is late.
  const listens = state.status === 'active' && state.definition?.source.kind === 'event';
  if (!listens || state.seen.includes(id) || !mayHear(state, event)) return [];
  const { triggerId: by, root, depth } = ancestryOf(event);
  const firing = { ...firingOf(triggerId, state, id, event), root, ...(depth === 0 ? {} : { depth }) };
  // A trigger on the end of jobs would start the next one for ever, and so would two that listen to each other.
  if (by === triggerId) return [skipped(firing, 'own')];
  const dropped = tooMany(state, firing, at);
  if (dropped) return dropped;
  if (depth > MAX_DEPTH) return [skipped(firing, 'depth')];
  return fire(triggerId, state, [firing]);
}

/** What is past the pace of the trigger: the first is said, the rest of the minute is not. */
function tooMany({ pace }: ReadOnly<TriggerState>, firing: Firing, at: number): TriggerEvent[] | undefined {
  if (minuteOf(at) > pace.minute || pace.firings < MAX_FIRINGS_PER_MINUTE) return undefined;
  return pace.firings === MAX_FIRINGS_PER_MINUTE ? [skipped(firing, 'rate')] : [];
}

/** A firing that nothing but the clock or a person caused is where it all begins. */
function firingOf(
  triggerId: string,
  state: ReadOnly<TriggerState>,
  id: string,
  event: Readonly<Record<string, unknown>> = {},
): Firing {
  const given: Parameters | undefined = state.definition?.job.parameters;
  const parameters = given && resolveParameters(given, event);
  return { id, root: firedJobId(triggerId, id), ...present({ parameters }) };
}

/** What the overlap policy makes of firings, one after the other. */
function fire(triggerId: string, state: ReadOnly<TriggerState>, firings: readonly Firing[]): TriggerEvent[] {
  const overlap = state.definition?.overlap ?? 'skip';
  let { waiting } = state;
  let isFree = state.running.length === 0;
  return firings.flatMap((firing, i): TriggerEvent[] => {
    if (overlap === 'cancel') {
      // Of several at once none is started to be cancelled: nobody can cancel what is not submitted yet.
      if (i < firings.length - 1) return [skipped(firing, 'superseded')];
      return [fired(triggerId, state, firing, state.running)];
    }
    if (isFree || overlap === 'allow') {
      isFree = false;
      return [fired(triggerId, state, firing)];
    }
    if (overlap === 'skip') return [skipped(firing, 'overlap')];
    const superseded = waiting ? [skipped(waiting, 'superseded')] : [];
    waiting = firing;
    return [...superseded, { type: 'trigger.queued', data: { firing } }];
  });
}

const skipped = (firing: Firing, why: SkipReason): TriggerEvent => ({
  type: 'trigger.skipped',
  data: { firing, why },
});

function fired(
  triggerId: string,
  { definition }: ReadOnly<TriggerState>,
  firing: Firing,
  cancels: readonly string[] = [],
): TriggerEvent {
  const { parameters: _, ...job } = (definition as TriggerDefinition).job;
  const jobId = firedJobId(triggerId, firing.id);
  const data = { firing, jobId, job, ...(cancels.length === 0 ? {} : { cancels: [...cancels] }) };
  return { type: 'trigger.fired', data };
}

/**
 * The firing that waited for the last of the running jobs; also when the end of that was recorded before, and a torn
 * batch lost the start.
 */
function next(triggerId: string, state: ReadOnly<TriggerState>, over: string): TriggerEvent[] {
  const { running, waiting } = state;
  if (!waiting || running.some((jobId) => jobId !== over)) return [];
  return [fired(triggerId, state, waiting)];
}
