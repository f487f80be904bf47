import { z } from 'zod';
import { PRIORITIES, type Priority, type Work } from '../dag/graph';
import { parametersSchema } from '../model/parameters';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const ref = { jobId: id, nodeId: id, attempt: z.number().int().positive() };

export const QUEUE_STATUSES = ['open', 'paused', 'draining'] as const;
export type QueueStatus = (typeof QUEUE_STATUSES)[number];

/** A job that waits to be admitted, or runs. */
export interface QueuedJob {
  readonly jobId: string;
  readonly owner: string;
  readonly priority: Priority;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
}

/** Amounts by name, such as `{ browserLicences: 2 }`. */
export const resourcesSchema = z.record(
  z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/),
  z.number().int().positive(),
);
export type Resources = z.infer<typeof resourcesSchema>;

/** A ready attempt that waits for a worker. */
export const workSchema = z.strictObject({
  ...ref,
  graphHash: z.string(),
  owner: z.string(),
  labels: z.array(z.string()),
  slots: z.number().int().positive(),
  /** Named resources it takes of its worker, besides slots. */
  resources: resourcesSchema.exactOptional(),
  /** At most `limit` attempts with the same key run at once, pool-wide. */
  concurrency: z.strictObject({ key: z.string(), limit: z.number().int().positive() }).exactOptional(),
  priority: z.enum(PRIORITIES),
  /** Upward rank, milliseconds: the longest remaining path. */
  rank: z.number(),
  timeoutMs: z.number().positive(),
  /** When it became ready, milliseconds since the epoch. */
  readyAt: z.number(),
  traceId: z.string(),
  /** What the job was told, for its commands. */
  parameters: parametersSchema.exactOptional(),
  /** What to run, where the graph does not say it: an item of a `forEach`. */
  work: z.custom<Work>((value) => typeof value === 'object' && value !== null).exactOptional(),
});
export type WorkItem = z.infer<typeof workSchema>;
export type WorkRef = Pick<WorkItem, 'jobId' | 'nodeId' | 'attempt'>;

export const workerSchema = z.strictObject({
  workerId: id,
  /** `*` takes work of any label: the machine of the embedded runtime. */
  labels: z.union([z.literal('*'), z.array(z.string().max(64)).max(64)]),
  slots: z.number().int().min(1).max(1_024),
  resources: resourcesSchema.exactOptional(),
  /** Where the Test Execution Engine contract is served; absent in-process. */
  endpoint: z.url().exactOptional(),
});
export type Worker = z.infer<typeof workerSchema>;

export const poolMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('workOffered'), work: workSchema }),
  /** The attempt is no longer wanted: drop it from the queue, or cancel it where it runs. */
  z.strictObject({ type: z.literal('workWithdrawn'), ...ref, reason: z.string() }),
  /** The attempt is over: its slots are free. */
  z.strictObject({ type: z.literal('workReleased'), ...ref }),
  z.strictObject({ type: z.literal('workerRegistered'), worker: workerSchema }),
  z.strictObject({ type: z.literal('workerDrained'), workerId: id }),
  z.strictObject({ type: z.literal('workerLost'), workerId: id, reason: z.string() }),
  /** It gets no new work until it is uncordoned; what it runs goes on. */
  z.strictObject({ type: z.literal('workerCordoned'), workerId: id, reason: z.string().max(500) }),
  z.strictObject({ type: z.literal('workerUncordoned'), workerId: id }),
  /** The worker did not take the attempt. */
  z.strictObject({ type: z.literal('dispatchFailed'), ...ref, workerId: id, reason: z.string() }),
  /** A submitted job waits to be admitted. `queuedAt` in milliseconds since the epoch. */
  z.strictObject({
    type: z.literal('jobQueued'),
    jobId: id,
    owner: z.string(),
    priority: z.enum(PRIORITIES),
    queuedAt: z.number(),
  }),
  z.strictObject({ type: z.literal('jobOver'), jobId: id }),
  z.strictObject({ type: z.literal('jobReprioritised'), jobId: id, priority: z.enum(PRIORITIES) }),
  /** open: admits. paused: admits nothing, what runs goes on. draining: takes no new job either. */
  z.strictObject({ type: z.literal('queueChanged'), status: z.enum(QUEUE_STATUSES) }),
  z.strictObject({ type: z.literal('queueLimited'), maxRunningJobs: z.number().int().positive() }),
  /** Nothing of this job is handed out until it is unheld. */
  z.strictObject({ type: z.literal('jobHeld'), jobId: id }),
  z.strictObject({ type: z.literal('jobUnheld'), jobId: id }),
  /** Time has passed: expire leases. */
  z.strictObject({ type: z.literal('sweep') }),
]);
export type PoolMessage = z.infer<typeof poolMessageSchema>;

/** `assign` asks for the admissions and assignments that queues and capacity allow. */
export type PoolInput = (PoolMessage | { readonly type: 'assign' }) & { readonly at: number };
