import type { WorkItem } from '../messages/pool';
import type { ReadOnly } from '../model/read-only';
import { isRisky } from './cordon';
import { probesOut, waitsFor } from './dependencies';
import { covers, fits, surplus } from './fit';
import type { Lane } from './lanes';
import { add, type PoolState, type WorkerState } from './state';

/** Work that does not fit anywhere now, though a worker has the capacity, keeps that worker free after this wait. */
export const RESERVE_AFTER_MS = 60_000;
/** Work that avoids a worker waits so long for another one that could take it, and then takes what there is. */
export const AVOID_MS = 30_000;
/** Of this many workers one may be kept free for work that waits for room. */
const WORKERS_PER_RESERVATION = 4;

/** Work that could go next. */
export interface Pick {
  readonly lane: ReadOnly<Lane>;
  readonly work: WorkItem;
  /** Waiting counted in. */
  readonly priorityClass: number;
}

/** Where the next work of a lane stands, in both of its orders. */
interface Cursor {
  ranked: number;
  aged: number;
  readonly taken: Set<WorkItem>;
}

/** What assignments decided in one go add to the state, which itself is not changed. */
export interface Draft {
  readonly state: ReadOnly<PoolState>;
  readonly at: number;
  /** Free slots of all open workers. */
  free: number;
  fence: number;
  readonly open: readonly Open[];
  /** What the leases of this go add to the counters of the state. */
  readonly held: Map<string, number>;
  readonly served: Map<string, number>;
  readonly running: Map<string, number>;
  /** Leases out, those of this go included, that find out whether a half open dependency is well. */
  readonly probes: Map<string, number>;
  readonly cursors: Map<ReadOnly<Lane>, Cursor>;
}

/** A worker with free slots. */
export interface Open {
  readonly worker: ReadOnly<WorkerState>;
  free: number;
  readonly resources: Record<string, number>;
  /** Jobs of which it was given work in this go. */
  readonly jobs: Set<string>;
  /** Its cordon is over, on trial: one attempt at a time, and none that is risky where another worker can take it. */
  readonly onProbation: boolean;
  /** Kept free for work that has waited long. */
  reserved: boolean;
}

export function draftOf(state: ReadOnly<PoolState>, at: number): Draft {
  const open = [...state.workers.values()]
    .filter(
      ({ workerId, status, free, jobs }) =>
        status === 'active' &&
        free > 0 &&
        !state.cordons.cordoned.has(workerId) &&
        (jobs.size === 0 || !state.cordons.probation.has(workerId)),
    )
    .map((worker) => ({
      worker,
      free: worker.free,
      resources: { ...worker.freeResources },
      jobs: new Set<string>(),
      onProbation: state.cordons.probation.has(worker.workerId),
      reserved: false,
    }));
  return {
    state,
    at,
    free: open.reduce((sum, { free }) => sum + free, 0),
    fence: state.fence,
    open,
    held: new Map(),
    served: new Map(),
    running: new Map(),
    probes: probesOut(state.dependencies, state.leases),
    cursors: new Map(),
  };
}

/**
 * The worker for the work: one that it need not avoid; then one whose labels are the least more than asked, so that special workers stay free for
 * special work; then the one with the most free slots; among equals one that runs work of the same job already,
 * whose workspace is warm there. All of them start it now, so no preference costs waiting,
 * but that of work which avoids a worker: see `AVOID_MS`.
 */
export function placement(draft: Draft, { work, lane }: Pick): Open | undefined {
  if (work.concurrency && runningOf(draft, work.concurrency.key) >= work.concurrency.limit) return undefined;
  if (waitsFor(draft.state.dependencies, work, draft.probes) !== undefined) return undefined;
  let best: Fit | undefined;
  for (const open of draft.open) {
    if (open.reserved || open.free < work.slots || !hasRoom(open, work)) continue;
    if (waitsForItsOwn(draft, open, work)) continue;
    const avoided = isAvoided(draft, open.worker, work) ? 1 : 0;
    const more = surplus(open.worker, work);
    const cold = runsJob(open, work.jobId) ? 0 : 1;
    if (!best || isBetter({ open, avoided, more, cold }, best)) best = { open, avoided, more, cold };
  }
  if (best && !(isAvoided(draft, best.open.worker, work) && waitsForAnother(draft, lane, work)))
    return best.open;
  if (best) return undefined;
  if (draft.at - (lane.aged[0]?.readyAt ?? draft.at) >= RESERVE_AFTER_MS) reserve(draft, work);
  return undefined;
}

/** Whether its state is on another worker, which may still come back. */
function waitsForItsOwn({ at }: Draft, { worker }: Open, { on }: WorkItem): boolean {
  return on !== undefined && at < on.until && worker.workerId !== on.workerId;
}

function isAvoided({ state }: Draft, { workerId }: ReadOnly<WorkerState>, work: WorkItem): boolean {
  return work.avoid?.includes(workerId) === true || (state.cordons.probation.has(workerId) && isRisky(work));
}

/** Whether a worker that is busy now could take it instead, and no work like it has waited for that one long enough. */
function waitsForAnother(draft: Draft, lane: ReadOnly<Lane>, work: WorkItem): boolean {
  const { state, at } = draft;
  if (at - (lane.aged[0]?.readyAt ?? at) >= AVOID_MS) return false;
  return [...state.workers.values()].some(
    (worker) =>
      worker.status === 'active' &&
      !state.cordons.cordoned.has(worker.workerId) &&
      !isAvoided(draft, worker, work) &&
      fits(worker, work),
  );
}

/** Slots that the share of a lane holds. */
export function heldBy({ state, held }: Draft, { share }: ReadOnly<Lane>): number {
  return (state.held.get(share) ?? 0) + (held.get(share) ?? 0);
}

/** Fence of the latest lease of the share of a lane; 0 when it was never served. */
export function servedAt({ state, served }: Draft, { share }: ReadOnly<Lane>): number {
  return served.get(share) ?? state.served.get(share) ?? 0;
}

function runningOf({ state, running }: Draft, key: string): number {
  return (state.running.get(key) ?? 0) + (running.get(key) ?? 0);
}

/** Enters a lease into the draft. @returns its fence. */
export function grant(draft: Draft, { lane, work }: Pick, open: Open): number {
  open.free -= work.slots;
  open.jobs.add(work.jobId);
  draft.free -= work.slots;
  if (open.onProbation) {
    draft.free -= open.free;
    open.free = 0;
  }
  for (const [name, amount] of Object.entries(work.resources ?? {})) {
    open.resources[name] = (open.resources[name] ?? 0) - amount;
  }
  draft.fence += 1;
  add(draft.held, lane.share, work.slots);
  draft.served.set(lane.share, draft.fence);
  if (work.concurrency) add(draft.running, work.concurrency.key, 1);
  for (const name of work.dependencies ?? []) if (draft.probes.has(name)) add(draft.probes, name, 1);
  advance(draft, lane, work);
  return draft.fence;
}

function advance(draft: Draft, lane: ReadOnly<Lane>, work: WorkItem): void {
  const cursor = draft.cursors.get(lane) ?? { ranked: 0, aged: 0, taken: new Set() };
  draft.cursors.set(lane, cursor);
  cursor.taken.add(work);
  while (cursor.taken.has(lane.ranked[cursor.ranked] as WorkItem)) cursor.ranked += 1;
  while (cursor.taken.has(lane.aged[cursor.aged] as WorkItem)) cursor.aged += 1;
}

/** Keeps the worker that will have room first (the most is free) for work that could run there. */
function reserve(draft: Draft, work: WorkItem): void {
  const reserved = draft.open.filter((open) => open.reserved).length;
  if (reserved * WORKERS_PER_RESERVATION >= draft.state.workers.size) return;
  const capable = draft.open.filter(
    (open) => !open.reserved && fits(open.worker, work) && !waitsForItsOwn(draft, open, work),
  );
  const first = capable.reduce<Open | undefined>((a, b) => (a && a.free >= b.free ? a : b), undefined);
  if (!first) return;
  first.reserved = true;
  draft.free -= first.free;
}

function hasRoom(open: Open, work: WorkItem): boolean {
  return covers(open.worker, open.resources, work.resources) && fits(open.worker, work);
}

function runsJob({ worker, jobs }: Open, jobId: string): boolean {
  return worker.jobs.has(jobId) || jobs.has(jobId);
}

/** A worker that could take work now, with what speaks against it. */
interface Fit {
  readonly open: Open;
  readonly avoided: number;
  readonly more: number;
  readonly cold: number;
}

function isBetter(a: Fit, b: Fit): boolean {
  return (a.avoided - b.avoided || a.more - b.more || b.open.free - a.open.free || a.cold - b.cold) < 0;
}
