import type { WorkItem } from '../messages/pool';
import type { ReadOnly } from '../model/read-only';
import { LEASE_GRACE_MS } from './assign';
import type { PoolEvent, Shape, WhyUnschedulable } from './events';
import { fits } from './fit';
import { shapeKey, shapeOf, type Unschedulable, whyOf } from './shapes';
import type { PoolState, WorkerState } from './state';

/**
 * Work that fits no worker which takes any goes back to its job after a while, so that a node comes to an end also where its
 * fleet does not. See docs/recovery.md.
 */

/** How long work waits for workers that are kept off: their breakers have let each of them try twice by then. */
export const KEPT_OFF_MS = 30 * 60_000;
/** How long work waits for a worker that it fits: one may have to be started, or repaired. */
export const NO_WORKER_MS = 24 * 60 * 60_000;
/** Attempts that go back in one sweep; the rest does in those that follow. */
const BACK_AT_ONCE = 100;
/** Shapes that are watched at a time: those that come later have to wait for a place. */
const SHAPES = 200;
/** A worker that has had an attempt so long has taken it: dispatching gives up earlier. */
const TAKEN_AFTER_MS = 60_000;

/**
 * What a sweep finds that nobody takes, or that somebody takes again, and the work that has waited in vain.
 * O(lanes + shapes * workers).
 * @param at milliseconds since the epoch.
 */
export function sweepUnschedulable(state: ReadOnly<PoolState>, at: number): PoolEvent[] {
  const waiting = worksByShape(state);
  const changed: PoolEvent[] = [];
  const back: PoolEvent[] = [];
  const places = SHAPES - state.unschedulable.size;
  let begun = 0;
  for (const key of new Set([...state.unschedulable.keys(), ...waiting.keys()])) {
    const known = state.unschedulable.get(key);
    const works = waiting.get(key) ?? [];
    const shape = shapeOf((known ?? works[0]) as Shape);
    const why = takersOf(state, shape, at);
    if (known && (why === 'some' || isForgotten(known, works, at)))
      changed.push({ type: 'queue.schedulable', data: shape });
    else if (known && whyOf(known) === why) back.push(...givenBack(state, known, works, at));
    else if (why !== 'some' && (known || begun++ < places))
      changed.push({ type: 'queue.unschedulable', data: { ...shape, why } });
  }
  return [...changed, ...back.slice(0, BACK_AT_ONCE)];
}

/** None of it waits; for a while that may be so because an attempt is out on trial. */
const isForgotten = ({ since }: ReadOnly<Unschedulable>, works: readonly unknown[], at: number): boolean =>
  works.length === 0 && at - since >= NO_WORKER_MS;

/** Why an attempt that a worker did not take is not to be offered again: it was before, and all that it fits are kept off for long. */
export function keptOffTooLong(
  state: ReadOnly<PoolState>,
  work: ReadOnly<WorkItem>,
  at: number,
): string | undefined {
  const known = state.unschedulable.get(shapeKey(work));
  if (known?.keptOffSince === undefined || work.attempt === 1) return undefined;
  if (at - known.keptOffSince < KEPT_OFF_MS || takersOf(state, work, at) !== 'keptOff') return undefined;
  return keptOff(state, work);
}

function worksByShape({ lanes }: ReadOnly<PoolState>): Map<string, ReadOnly<WorkItem>[]> {
  const works = new Map<string, ReadOnly<WorkItem>[]>();
  for (const { aged } of lanes.values()) {
    const key = shapeKey(aged[0] as WorkItem);
    const known = works.get(key);
    if (known) for (const work of aged) known.push(work);
    else works.set(key, [...aged]);
  }
  return works;
}

function takersOf(state: ReadOnly<PoolState>, shape: ReadOnly<Shape>, at: number): 'some' | WhyUnschedulable {
  const fitting = [...state.workers.values()].filter(
    (worker) => worker.status === 'active' && fits(worker, shape),
  );
  if (fitting.some((worker) => takes(state, worker, at))) return 'some';
  // Whoever a person has cordoned is for that person to bring back.
  const isByEngine = ({ workerId }: ReadOnly<WorkerState>) =>
    state.cordons.probation.has(workerId) || state.cordons.cordoned.get(workerId)?.until !== undefined;
  return fitting.some(isByEngine) ? 'keptOff' : 'noWorker';
}

/** On probation, one takes work that has done so: an attempt went well, or it has one for longer than it takes to refuse it. */
function takes(
  { cordons, leases }: ReadOnly<PoolState>,
  { workerId }: ReadOnly<WorkerState>,
  at: number,
): boolean {
  if (cordons.cordoned.has(workerId)) return false;
  if ((cordons.probation.get(workerId) ?? 1) > 0) return true;
  return [...leases.values()].some(
    ({ workerId: id, expiresAt, work }) =>
      id === workerId && at - (expiresAt - work.timeoutMs - LEASE_GRACE_MS) >= TAKEN_AFTER_MS,
  );
}

function givenBack(
  state: ReadOnly<PoolState>,
  { since, keptOffSince }: ReadOnly<Unschedulable>,
  works: readonly ReadOnly<WorkItem>[],
  at: number,
): PoolEvent[] {
  return works.flatMap((work): PoolEvent[] => {
    const waited = (from: number | undefined) => (from === undefined ? 0 : at - Math.max(from, work.readyAt));
    const isKeptOff = waited(keptOffSince) >= KEPT_OFF_MS;
    if (!isKeptOff && waited(since) < NO_WORKER_MS) return [];
    const reason = isKeptOff
      ? keptOff(state, work)
      : 'for 24 hours no worker has been there that has its labels, slots and resources and is in use';
    const { jobId, nodeId, attempt } = work;
    return [{ type: 'work.dropped', data: { jobId, nodeId, attempt, reason, cause: 'unschedulable' } }];
  });
}

function keptOff({ workers, cordons }: ReadOnly<PoolState>, shape: ReadOnly<Shape>): string {
  const [first, ...more] = [...workers.values()].filter(
    (worker) => worker.status === 'active' && fits(worker, shape),
  );
  const { reason = 'on probation' } = cordons.cordoned.get(first?.workerId ?? '') ?? {};
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  return `for 30 minutes the engine has kept all workers off that it fits: ${first?.workerId} (${reason})${others}`;
}
