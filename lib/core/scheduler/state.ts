import type { Worker, WorkItem } from '../messages/pool';
import type { CapacityCondition } from '../model/capacity';
import type { ReadOnly } from '../model/read-only';
import { type Admission, initialAdmission } from './admission';
import { type Cordons, initialCordons } from './cordon';
import type { Dependencies } from './dependencies';
import { type Health, initialHealth } from './health';
import { type Lane, shareOf } from './lanes';
import type { Unschedulable } from './shapes';

export interface WorkerState extends Worker {
  status: 'active' | 'draining';
  /** Free slots. */
  free: number;
  /** Free amounts of its named resources. */
  freeResources: Record<string, number>;
  /** Attempts it runs, by job. */
  jobs: Map<string, number>;
}

export interface Lease {
  readonly work: WorkItem;
  readonly workerId: string;
  /** Of its worker, when it was granted. */
  readonly registration?: string;
  readonly fence: number;
  readonly expiresAt: number;
  cancelRequested?: true;
}

export interface PoolState {
  workers: Map<string, WorkerState>;
  cordons: Cordons;
  health: Health;
  /** Queued work that may be handed out: that is free. */
  lanes: Map<string, Lane>;
  /** All queued work by `attemptKey`, that is not free included. */
  queued: Map<string, WorkItem>;
  /** Jobs of which nothing is handed out. */
  heldJobs: Set<string>;
  /** Version of what was last heard of jobs being held, unheld or over, of the latest `REMEMBERED` of them. */
  heard: Map<string, number>;
  /** Version of the latest end of jobs, of the latest `REMEMBERED` of them: what goes on is to be admitted again. */
  left: Map<string, number>;
  /** By `attemptKey`. */
  leases: Map<string, Lease>;
  /** Slots leased, by `shareOf`. */
  held: Map<string, number>;
  /** Fence of the latest lease, by `shareOf`, the latest `REMEMBERED` of them: who was served last. */
  served: Map<string, number>;
  /** Attempts leased, by concurrency key. */
  running: Map<string, number>;
  fence: number;
  dependencies: Dependencies;
  admission: Admission;
  /** What its capacity is warned of, and since when, milliseconds since the epoch. */
  warnings: Map<CapacityCondition, number>;
  /** What no worker takes, by `shapeKey`. */
  unschedulable: Map<string, Unschedulable>;
  /** Keys of attempts and ids of jobs that are over, the latest `REMEMBERED` of them: what comes again is known. */
  over: Set<string>;
}

/** An offer can come again for as long as its queue repeats messages, minutes; this many attempts last longer. */
export const REMEMBERED = 2_000;

export function initialPool(): PoolState {
  return {
    workers: new Map(),
    cordons: initialCordons(),
    health: initialHealth(),
    lanes: new Map(),
    queued: new Map(),
    heldJobs: new Set(),
    heard: new Map(),
    left: new Map(),
    leases: new Map(),
    held: new Map(),
    served: new Map(),
    running: new Map(),
    fence: 0,
    dependencies: new Map(),
    admission: initialAdmission(),
    warnings: new Map(),
    unschedulable: new Map(),
    over: new Set(),
  };
}

/** Whether work may be handed out: its job is not held, and one that goes on after its end is admitted for that. */
export function isFree(
  { heldJobs, admission }: ReadOnly<PoolState>,
  { jobId, since }: Pick<WorkItem, 'jobId' | 'since'>,
): boolean {
  if (heldJobs.has(jobId)) return false;
  return since === undefined || (admission.running.get(jobId)?.version ?? 0) >= since;
}

/** Adds to a counter; one that comes to zero is dropped, so that names which are gone take no room. */
export function add(counters: Map<string, number>, key: string, amount: number): void {
  const value = (counters.get(key) ?? 0) + amount;
  if (value === 0) counters.delete(key);
  else counters.set(key, value);
}

/** Takes (`sign` -1) or gives back (`sign` 1) what a lease holds. */
export function account(state: PoolState, { work, workerId }: Lease, sign: 1 | -1): void {
  const worker = state.workers.get(workerId);
  if (worker) occupy(worker, work, sign);
  add(state.held, shareOf(work), -sign * work.slots);
  if (work.concurrency) add(state.running, work.concurrency.key, -sign);
}

/** A worker as its leases leave it. */
export function opened(state: PoolState, worker: Worker, status: WorkerState['status']): WorkerState {
  const { slots: free, resources } = worker;
  const open: WorkerState = { ...worker, status, free, freeResources: { ...resources }, jobs: new Map() };
  for (const lease of state.leases.values())
    if (lease.workerId === worker.workerId) occupy(open, lease.work, -1);
  return open;
}

function occupy(worker: WorkerState, work: WorkItem, sign: 1 | -1): void {
  worker.free += sign * work.slots;
  for (const name of Object.keys(worker.freeResources)) {
    worker.freeResources[name] = (worker.freeResources[name] ?? 0) + sign * (work.resources?.[name] ?? 0);
  }
  add(worker.jobs, work.jobId, -sign);
}
