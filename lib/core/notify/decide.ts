import { assertNever } from '../errors';
import { LIMITS } from '../limits';
import { SEVERITIES, type Severity } from '../messages/event-types';
import type { Notice, Telling } from '../messages/target';
import { lotOf } from '../model/lot';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { type BackoffPolicy, backoff } from '../retry/backoff';
import { type BreakerPolicy, failure, stateOf } from '../retry/breaker';
import type { TargetEvent } from './events';
import type { TargetInput } from './input';
import { quietUntil } from './quiet';
import type { TargetDelivery, TargetState } from './state';

type Input<T extends TargetInput['type']> = Extract<TargetInput, { readonly type: T }>;

/** Tries of a delivery, about half an hour of them, before it is parked. */
export const MOST_TRIES = 10;

const BACKOFF: BackoffPolicy = {
  strategy: 'exponential',
  initialDelayMs: 2_000,
  maxDelayMs: 10 * 60_000,
  jitter: 'equal',
};

/** Behind what fails so often in a row nothing is tried for a while. */
export const BREAKER: BreakerPolicy = { opensAfter: 5, openMs: 30_000, longestMs: 10 * 60_000 };

/** What does not say by then how it came out counts as failed: its process is gone. */
export const PATIENCE_MS = 5 * 60_000;

/** What follows from an input. One that is late, repeated or out of order has no consequence. */
export function decideTarget(state: ReadOnly<TargetState>, input: TargetInput): TargetEvent[] {
  switch (input.type) {
    case 'notify':
      return notified(state, input);
    case 'delivered':
      return delivered(state, input);
    case 'failed': {
      const { deliveryId, attempt, at, ...how } = input;
      return isUnderWay(state, deliveryId, attempt) ? failed(state, { deliveryId, attempt, at }, how) : [];
    }
    // The state says what.
    case 'due':
      return [];
    case 'advance':
      return advance(state, input.at);
    case 'acknowledge': {
      const { alert, by } = input;
      const isOpen = state.alerts.some(({ notice }) => notice.id === alert);
      return isOpen ? [{ type: 'alert.acknowledged', data: { alert, by } }] : [];
    }
    case 'redrive': {
      const { by, deliveries: asked } = input;
      const deliveries = state.parked.map(({ id }) => id).filter((id) => asked?.includes(id) ?? true);
      return deliveries.length === 0 ? [] : [{ type: 'delivery.redriven', data: { deliveries, by } }];
    }
    default:
      return assertNever(input, 'target input');
  }
}

/** Whether the state asks for something now. */
export function isDue(state: ReadOnly<TargetState>, at: number): boolean {
  return advance(state, at).length > 0;
}

/** An event is told once, and so is what says the same of the same thing for a while. */
function notified(state: ReadOnly<TargetState>, { notice, telling, at }: Input<'notify'>): TargetEvent[] {
  const { id, signature } = notice;
  if (state.known.includes(id)) return [];
  const suppressed = (why: 'repeated' | 'flood'): TargetEvent[] => [
    { type: 'notice.suppressed', data: { id, signature, why } },
  ];
  if ((state.told[signature] ?? 0) > at) return suppressed('repeated');
  const hold = holdOf(state, notice, telling, at);
  if (!hold) return [{ type: 'notice.accepted', data: { notice, telling } }];
  if (state.held.length >= LIMITS.heldNotices) return suppressed('flood');
  // A digest has no room for details.
  const { detail: _, ...brief } = notice;
  return [{ type: 'notice.held', data: { notice: brief, telling, ...hold } }];
}

function holdOf(
  { held, recent, queue }: ReadOnly<TargetState>,
  { severity }: Notice,
  { quiet, digest }: Telling,
  at: number,
): { readonly until: number; readonly why: 'quiet' | 'digest' } | undefined {
  const until = quiet && !reaches(severity, quiet.breaksThrough) ? quietUntil(quiet, at) : undefined;
  if (until !== undefined) return { until, why: 'quiet' };
  const isStorm = digest && recent.filter((time) => time > at - digest.withinMs).length >= digest.above;
  if (!isStorm && queue.length < LIMITS.queuedDeliveries) return undefined;
  // It joins the digest that is being gathered.
  const gathered = held.find(({ why }) => why === 'digest')?.until;
  return { until: gathered ?? at + (digest?.withinMs ?? FLOOD_MS), why: 'digest' };
}

/** For how long a digest is gathered where a target falls behind that asks for none. */
const FLOOD_MS = 5 * 60_000;

/** Whether a severity is at least another one. */
export function reaches(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

/** A try that was given up, and did arrive after all, counts: else it would arrive twice. */
function delivered(
  state: ReadOnly<TargetState>,
  { deliveryId, attempt, to }: Input<'delivered'>,
): TargetEvent[] {
  const waits = state.queue.some(({ id, attempts }) => id === deliveryId && attempts >= attempt);
  const isParked = state.parked.some(({ id }) => id === deliveryId);
  if (!waits && !isParked) return [];
  return [{ type: 'delivery.succeeded', data: { deliveryId, attempt, to } }];
}

interface Failed {
  readonly why: string;
  readonly retryable: boolean;
  readonly to?: string;
  readonly retryAfterMs?: number;
}

function failed(
  { breaker }: ReadOnly<TargetState>,
  { at, ...tried }: { readonly deliveryId: string; readonly attempt: number; readonly at: number },
  { why, retryable, to, retryAfterMs = 0 }: Failed,
): TargetEvent[] {
  const what = { ...tried, why, ...present({ to }) };
  if (!retryable || tried.attempt >= MOST_TRIES) return [{ type: 'delivery.parked', data: what }];
  const { openUntil } = failure(BREAKER, breaker, at);
  // Many targets that fail together do not come again together.
  const { delayMs } = backoff(BACKOFF, tried.attempt, lotOf(`${tried.deliveryId}/${tried.attempt}`));
  const retryAt = Math.max(at + Math.max(delayMs, retryAfterMs), openUntil ?? 0);
  return [{ type: 'delivery.failed', data: { ...what, retryAt, ...present({ openUntil }) } }];
}

function isUnderWay({ underWay }: ReadOnly<TargetState>, deliveryId: string, attempt: number): boolean {
  return underWay?.deliveryId === deliveryId && underWay.attempt === attempt;
}

/** The next thing that is due by itself; nothing where nothing is. */
function advance(state: ReadOnly<TargetState>, at: number): TargetEvent[] {
  const { underWay } = state;
  if (underWay && underWay.until <= at) {
    const { deliveryId, attempt } = underWay;
    const why = `nobody said within ${PATIENCE_MS / 60_000} minutes how it came out`;
    return failed(state, { deliveryId, attempt, at }, { why, retryable: true });
  }
  const escalated = escalation(state, at);
  if (escalated) return [escalated];
  const released = release(state, at);
  if (released) return [released];
  const next = underWay ? undefined : nextDelivery(state, at);
  if (!next) return [];
  const { id: deliveryId, attempts } = next;
  return [{ type: 'delivery.started', data: { deliveryId, attempt: attempts + 1, until: at + PATIENCE_MS } }];
}

function escalation({ alerts }: ReadOnly<TargetState>, at: number): TargetEvent | undefined {
  for (const { notice, since, steps, next } of alerts) {
    const step = steps[next];
    if (step && since + step.afterMs <= at)
      return { type: 'alert.escalated', data: { alert: notice.id, step: next, target: step.target } };
  }
  return undefined;
}

function release({ held, flooded }: ReadOnly<TargetState>, at: number): TargetEvent | undefined {
  const due = held.filter(({ until }) => until <= at);
  const [first] = due;
  if (!first) return undefined;
  const notices = due.slice(0, LIMITS.digestNotices).map(({ notice }) => notice.id);
  const more = due.length === notices.length ? flooded : 0;
  const deliveryId = notices.length + more === 1 ? first.notice.id : `digest/${first.notice.id}`;
  return { type: 'notice.released', data: { deliveryId, notices, more } };
}

/** What is told of one job is told in its order, whatever fails; others go past. */
function nextDelivery(
  { queue, breaker }: ReadOnly<TargetState>,
  at: number,
): ReadOnly<TargetDelivery> | undefined {
  if (stateOf(breaker, at).kind === 'open') return undefined;
  return queue.find(
    (delivery, i) =>
      delivery.dueAt <= at && !queue.slice(0, i).some((earlier) => haveOneJob(earlier, delivery)),
  );
}

function haveOneJob(a: ReadOnly<TargetDelivery>, b: ReadOnly<TargetDelivery>): boolean {
  const jobs = new Set(a.notices.flatMap(({ jobId }) => jobId ?? []));
  return b.notices.some(({ jobId }) => jobId !== undefined && jobs.has(jobId));
}
