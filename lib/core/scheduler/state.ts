import type { Worker, WorkItem, WorkRef } from './inputs';

export interface WorkerState extends Worker {
  status: 'active' | 'draining' | 'lost';
  free: number;
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
  /** Ready work, best first: see `compareWork`. */
  queue: WorkItem[];
  /** By `workKey`. */
  leases: Map<string, Lease>;
  /** The queue by `workKey`: against offers that arrive twice, and to find work without a search. */
  queued: Map<string, WorkItem>;
  fence: number;
  /** Keys of attempts that are over, the latest `REMEMBERED` of them: an offer that comes again is known. */
  over: Set<string>;
}

/** An offer can come again for as long as its queue repeats messages, minutes; this many attempts last longer. */
export const REMEMBERED = 2_000;

export function initialPool(): PoolState {
  return { workers: new Map(), queue: [], leases: new Map(), queued: new Map(), fence: 0, over: new Set() };
}

export function workKey({ jobId, nodeId, attempt }: WorkRef): string {
  return `${jobId}/${nodeId}/${attempt}`;
}

export function freezePool(state: PoolState): unknown {
  return {
    workers: [...state.workers.values()],
    queue: state.queue,
    leases: [...state.leases.values()],
    fence: state.fence,
    over: [...state.over],
  };
}

export function thawPool(frozen: unknown): PoolState {
  const plain = structuredClone(frozen) as {
    workers: WorkerState[];
    queue: WorkItem[];
    leases: Lease[];
    fence: number;
    over: string[];
  };
  return {
    workers: new Map(plain.workers.map((worker) => [worker.workerId, worker])),
    queue: plain.queue,
    leases: new Map(plain.leases.map((lease) => [workKey(lease.work), lease])),
    queued: new Map(plain.queue.map((work) => [workKey(work), work])),
    fence: plain.fence,
    over: new Set(plain.over),
  };
}
