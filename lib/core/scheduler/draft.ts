import { covers, fits } from './fit';
import type { Resources, WorkItem } from './inputs';
import type { Lane } from './lanes';
import type { PoolState, WorkerState } from './state';

/** Work that does not fit anywhere now, though a node has the capacity, keeps that node free after this wait. */
export const RESERVE_AFTER_MS = 60_000;
/** Of this many nodes one may be kept free for work that waits for room. */
const NODES_PER_RESERVATION = 4;

/** Work that could go next. */
export interface Pick {
  readonly lane: Lane;
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
  readonly state: PoolState;
  readonly at: number;
  /** Free slots of all open nodes. */
  free: number;
  fence: number;
  readonly open: readonly Open[];
  readonly held: Map<string, number>;
  readonly served: Map<string, number>;
  readonly running: Map<string, number>;
  readonly cursors: Map<Lane, Cursor>;
  /** Lanes whose work fits nowhere: capacity only shrinks in one go, so they stay so. */
  readonly blocked: Set<Lane>;
}

interface Open {
  readonly worker: WorkerState;
  free: number;
  readonly resources: Record<string, number>;
  /** Kept free for work that has waited long. */
  reserved: boolean;
}

export function draftOf(state: PoolState, at: number): Draft {
  const open = [...state.workers.values()]
    .filter((worker) => worker.status === 'active' && worker.free > 0)
    .map((worker) => ({
      worker,
      free: worker.free,
      resources: { ...worker.freeResources },
      reserved: false,
    }));
  return {
    state,
    at,
    free: open.reduce((sum, { free }) => sum + free, 0),
    fence: state.fence,
    open,
    held: new Map(state.held),
    served: new Map(state.served),
    running: new Map(state.running),
    cursors: new Map(),
    blocked: new Set(),
  };
}

/**
 * The execution node for the work: one whose labels are the least more than asked, so that special nodes stay free
 * for special work; then one that runs work of the same job already, whose workspace is warm there; then the one
 * with the most free slots. All of them start it now, so the preference costs no waiting.
 */
export function placement(draft: Draft, { work, lane }: Pick): WorkerState | undefined {
  if (work.concurrency && (draft.running.get(work.concurrency.key) ?? 0) >= work.concurrency.limit)
    return undefined;
  let best: { open: Open; score: readonly number[] } | undefined;
  for (const open of draft.open) {
    if (open.reserved || open.free < work.slots || !hasRoom(open, work)) continue;
    const score = [surplus(open.worker, work), open.worker.jobs.has(work.jobId) ? 0 : 1, -open.free];
    if (!best || less(score, best.score)) best = { open, score };
  }
  if (best) return best.open.worker;
  if (draft.at - (lane.aged[0]?.readyAt ?? draft.at) >= RESERVE_AFTER_MS) reserve(draft, work);
  return undefined;
}

/** Enters a lease into the draft. @returns its fence. */
export function grant(draft: Draft, { lane, work }: Pick, worker: WorkerState): number {
  const open = draft.open.find((each) => each.worker === worker) as Open;
  open.free -= work.slots;
  draft.free -= work.slots;
  for (const [name, amount] of Object.entries(work.resources ?? {})) {
    open.resources[name] = (open.resources[name] ?? 0) - amount;
  }
  draft.fence += 1;
  draft.held.set(lane.share, (draft.held.get(lane.share) ?? 0) + work.slots);
  draft.served.set(lane.share, draft.fence);
  if (work.concurrency) {
    draft.running.set(work.concurrency.key, (draft.running.get(work.concurrency.key) ?? 0) + 1);
  }
  advance(draft, lane, work);
  return draft.fence;
}

function advance(draft: Draft, lane: Lane, work: WorkItem): void {
  const cursor = draft.cursors.get(lane) ?? { ranked: 0, aged: 0, taken: new Set() };
  draft.cursors.set(lane, cursor);
  cursor.taken.add(work);
  while (cursor.taken.has(lane.ranked[cursor.ranked] as WorkItem)) cursor.ranked += 1;
  while (cursor.taken.has(lane.aged[cursor.aged] as WorkItem)) cursor.aged += 1;
}

/** Keeps the node that will have room first (the most is free) for work that could run there. */
function reserve(draft: Draft, work: WorkItem): void {
  const reserved = draft.open.filter((open) => open.reserved).length;
  if (reserved * NODES_PER_RESERVATION >= draft.state.workers.size) return;
  const capable = draft.open.filter((open) => !open.reserved && fits(open.worker, work));
  const first = capable.reduce<Open | undefined>((a, b) => (a && a.free >= b.free ? a : b), undefined);
  if (!first) return;
  first.reserved = true;
  draft.free -= first.free;
}

function hasRoom(open: Open, work: WorkItem): boolean {
  return covers(open.resources as Resources, work.resources) && fits(open.worker, work);
}

function surplus({ labels, resources }: WorkerState, work: WorkItem): number {
  const extra = labels === '*' ? 0 : labels.length - work.labels.length;
  return extra + Object.keys(resources ?? {}).length - Object.keys(work.resources ?? {}).length;
}

function less(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
