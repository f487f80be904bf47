import { type Admission, enterQueue, initialAdmission, startRunning } from './admission';
import type { Cordon, Trouble } from './cordon';
import type { QueuedJob, QueueStatus, Worker, WorkItem, WorkRef } from '../messages/pool';
import { enqueue, type Lane, shareOf } from './lanes';

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
  readonly fence: number;
  readonly expiresAt: number;
  cancelRequested?: true;
}

export interface PoolState {
  workers: Map<string, WorkerState>;
  /** Workers that get no new work, whether they are there or not. */
  cordoned: Map<string, Cordon>;
  troubles: Map<string, Trouble>;
  /** Queued work that may be handed out. */
  lanes: Map<string, Lane>;
  /** All queued work by `workKey`, that of held jobs included. */
  queued: Map<string, WorkItem>;
  /** Jobs of which nothing is handed out. */
  heldJobs: Set<string>;
  /** By `workKey`. */
  leases: Map<string, Lease>;
  /** Slots leased, by `shareOf`. */
  held: Map<string, number>;
  /** Fence of the latest lease, by `shareOf`, the latest `REMEMBERED` of them: who was served last. */
  served: Map<string, number>;
  /** Attempts leased, by concurrency key. */
  running: Map<string, number>;
  fence: number;
  admission: Admission;
  /** Keys of attempts and ids of jobs that are over, the latest `REMEMBERED` of them: what comes again is known. */
  over: Set<string>;
}

/** An offer can come again for as long as its queue repeats messages, minutes; this many attempts last longer. */
export const REMEMBERED = 2_000;

export function initialPool(): PoolState {
  return {
    workers: new Map(),
    cordoned: new Map(),
    troubles: new Map(),
    lanes: new Map(),
    queued: new Map(),
    heldJobs: new Set(),
    leases: new Map(),
    held: new Map(),
    served: new Map(),
    running: new Map(),
    fence: 0,
    admission: initialAdmission(),
    over: new Set(),
  };
}

export function workKey({ jobId, nodeId, attempt }: WorkRef): string {
  return `${jobId}/${nodeId}/${attempt}`;
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

interface FrozenPool {
  readonly workers: (Worker & Pick<WorkerState, 'status'>)[];
  readonly cordoned: [string, Cordon][];
  readonly troubles: [string, Trouble][];
  readonly queued: WorkItem[];
  readonly heldJobs: string[];
  readonly leases: Lease[];
  readonly served: [string, number][];
  readonly fence: number;
  readonly over: string[];
  readonly jobs: {
    readonly status: QueueStatus;
    readonly maxRunningJobs: number;
    readonly waiting: QueuedJob[];
    readonly running: QueuedJob[];
  };
}

/** A snapshot as plain JSON. What can be counted again is left out. */
export function freezePool(state: PoolState): unknown {
  const frozen: FrozenPool = {
    workers: [...state.workers.values()].map(
      ({ free: _free, freeResources: _resources, jobs: _jobs, ...worker }) => worker,
    ),
    cordoned: [...state.cordoned],
    troubles: [...state.troubles],
    queued: [...state.queued.values()],
    heldJobs: [...state.heldJobs],
    leases: [...state.leases.values()],
    served: [...state.served],
    fence: state.fence,
    over: [...state.over],
    jobs: {
      status: state.admission.status,
      maxRunningJobs: state.admission.maxRunningJobs,
      waiting: [...state.admission.waiting.values()],
      running: [...state.admission.running.values()],
    },
  };
  return frozen;
}

export function thawPool(plain: unknown): PoolState {
  const frozen = structuredClone(plain) as FrozenPool;
  const state: PoolState = {
    ...initialPool(),
    cordoned: new Map(frozen.cordoned),
    troubles: new Map(frozen.troubles),
    queued: new Map(frozen.queued.map((work) => [workKey(work), work])),
    heldJobs: new Set(frozen.heldJobs),
    leases: new Map(frozen.leases.map((lease) => [workKey(lease.work), lease])),
    served: new Map(frozen.served),
    fence: frozen.fence,
    over: new Set(frozen.over),
  };
  const { waiting, running, ...settings } = frozen.jobs;
  Object.assign(state.admission, settings);
  for (const job of waiting) enterQueue(state.admission, job);
  for (const job of running) startRunning(state.admission, job);
  for (const { status, ...worker } of frozen.workers)
    state.workers.set(worker.workerId, opened(state, worker, status));
  for (const work of frozen.queued) if (!state.heldJobs.has(work.jobId)) enqueue(state.lanes, work);
  for (const { work } of frozen.leases) {
    add(state.held, shareOf(work), work.slots);
    if (work.concurrency) add(state.running, work.concurrency.key, 1);
  }
  return state;
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
