import * as z from 'zod';
import { LIMITS } from '../limits';
import { attemptShape } from '../model/attempt';
import { amount, count, positive, text, time } from '../model/bounded';
import { CAPACITY_CONDITIONS } from '../model/capacity';
import { FAILURE_CLASSES } from '../model/failure';
import { idSchema } from '../model/ids';
import { parametersSchema } from '../model/parameters';
import { PRIORITIES } from '../model/priority';
import { QUEUE_STATUSES } from '../model/queue-status';
import type { ReadOnly } from '../model/read-only';
import { resourcesSchema } from '../model/resources';
import { testIdsSchema } from '../model/test-results';
import { traceCarriedSchema } from '../model/trace';
import { workSchema } from '../model/work';
import { DEPENDENCY_STATUSES } from './dependency';

/** A job that waits to be admitted, or runs. */
export const queuedJobSchema = z.object({
  jobId: idSchema,
  owner: text(LIMITS.ownerLength),
  priority: z.enum(PRIORITIES),
  /** Milliseconds since the epoch. */
  queuedAt: time(),
  /** Which of its events gave it the priority, where that was not its submission. */
  rankedBy: count().exactOptional(),
  /** Which of its events had it go on after its end; absent where none did. */
  version: count().exactOptional(),
});
export type QueuedJob = ReadOnly<z.infer<typeof queuedJobSchema>>;

/** A ready attempt that waits for a worker. */
export const workItemSchema = z.object({
  ...attemptShape,
  graphHash: text(LIMITS.hashLength),
  owner: text(LIMITS.ownerLength),
  labels: z.array(text(LIMITS.idLength)).max(LIMITS.labels),
  slots: positive(LIMITS.slots),
  /** Named resources it takes of its worker, besides slots. */
  resources: resourcesSchema.exactOptional(),
  /** At most `limit` attempts with the same key run at once, pool-wide. */
  concurrency: z
    .object({ key: text(LIMITS.concurrencyKeyLength), limit: positive(LIMITS.slots) })
    .exactOptional(),
  /** Workers that get it only where no other one can take it, or none has for a while. */
  avoid: z.array(idSchema).max(LIMITS.avoided).exactOptional(),
  /** Until then only this worker may take it, whose state it needs. Milliseconds since the epoch. */
  on: z.object({ workerId: idSchema, until: time() }).exactOptional(),
  /** External dependencies that it needs: it waits while one of them is open. */
  dependencies: z.array(idSchema).max(LIMITS.dependencies).exactOptional(),
  priority: z.enum(PRIORITIES),
  /** What it does and where (`nodeHash`), by which workers that ran the same are compared. */
  nodeHash: text(LIMITS.hashLength).exactOptional(),
  /** Upward rank, milliseconds: the longest remaining path. */
  rank: amount(),
  timeoutMs: positive(LIMITS.durationMs),
  /** When it became ready, milliseconds since the epoch. */
  readyAt: time(),
  /** Its job had ended, and goes on since this event of it: nothing runs before it is admitted again. */
  since: count().exactOptional(),
  traceId: text(LIMITS.traceIdLength),
  /** What its trace is carried on with, where the caller said so: without it, as one that is recorded. */
  trace: traceCarriedSchema.exactOptional(),
  /** What the job was told, for its commands. */
  parameters: parametersSchema.exactOptional(),
  /** What to run, where the graph does not say it: an item of a `forEach`. */
  work: workSchema.exactOptional(),
  /** The tests that are to run again, where that is not all of its work. */
  tests: testIdsSchema.exactOptional(),
});
export type WorkItem = ReadOnly<z.infer<typeof workItemSchema>>;

export const workerSchema = z.object({
  workerId: idSchema,
  /** `*` takes work of any label: the machine of the embedded runtime. */
  labels: z.union([z.literal('*'), z.array(text(LIMITS.idLength)).max(LIMITS.workerLabels)]),
  slots: positive(LIMITS.workerSlots),
  resources: resourcesSchema.exactOptional(),
  /** Where the Test Execution Engine contract is served; absent in-process. */
  endpoint: z.url().max(LIMITS.urlLength).exactOptional(),
  /** Which of its registrations this is: what was handed to an earlier one proves nothing to this one. */
  registration: idSchema.exactOptional(),
});
export type Worker = ReadOnly<z.infer<typeof workerSchema>>;

/** How an attempt ended by itself. */
const endedSchema = z.object({
  durationMs: amount(LIMITS.deadlineMs),
  /** Why it failed; absent where it passed. */
  failed: z.enum(FAILURE_CLASSES).exactOptional(),
});
export type Ended = ReadOnly<z.infer<typeof endedSchema>>;

const reason = text(LIMITS.messageLength);

/** A job, and which of its events says so: what is older comes late. Absent where an earlier version of the engine says it. */
const jobVersion = { jobId: idSchema, version: count().exactOptional() };

/** What a pool is told. The time is added by the shell that decides it. */
export const poolMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('workOffered'), work: workItemSchema }),
  /** The attempt is no longer wanted: drop it from the queue, or cancel it where it runs. */
  z.object({ type: z.literal('workWithdrawn'), ...attemptShape, reason }),
  /** The attempt is over: its slots are free. `ended`: how it went, where it was not cancelled. */
  z.object({ type: z.literal('workReleased'), ...attemptShape, ended: endedSchema.exactOptional() }),
  z.object({ type: z.literal('workerRegistered'), worker: workerSchema }),
  z.object({
    type: z.literal('workerDrained'),
    workerId: idSchema,
    registration: idSchema.exactOptional(),
  }),
  z.object({ type: z.literal('workerLost'), workerId: idSchema, reason }),
  /**
   * Another process has taken the place of one of its registrations. `running`: what of that goes on, or has ended and is
   * still to be reported; the rest is gone.
   */
  z.object({
    type: z.literal('workerRestarted'),
    workerId: idSchema,
    registration: idSchema,
    running: z.array(z.object(attemptShape)).max(LIMITS.unfinished),
  }),
  /** It gets no new work until it is uncordoned; what it runs goes on. */
  z.object({ type: z.literal('workerCordoned'), workerId: idSchema, reason }),
  z.object({ type: z.literal('workerUncordoned'), workerId: idSchema }),
  /** The worker did not take the attempt. */
  z.object({ type: z.literal('dispatchFailed'), ...attemptShape, workerId: idSchema, reason }),
  /** A submitted job waits to be admitted. `running`: it was admitted by a pool that is gone, and is under way. */
  z.object({
    type: z.literal('jobQueued'),
    ...queuedJobSchema.shape,
    running: z.literal(true).exactOptional(),
  }),
  z.object({ type: z.literal('jobOver'), ...jobVersion }),
  z.object({ type: z.literal('jobReprioritised'), ...jobVersion, priority: z.enum(PRIORITIES) }),
  z.object({ type: z.literal('queueChanged'), status: z.enum(QUEUE_STATUSES) }),
  z.object({ type: z.literal('queueLimited'), maxRunningJobs: positive(LIMITS.runningJobs) }),
  /** Nothing of this job is handed out until it is unheld. */
  z.object({ type: z.literal('jobHeld'), ...jobVersion }),
  z.object({ type: z.literal('jobUnheld'), ...jobVersion }),
  /** How a dependency stands that the pool watches. `version` grows with every change of it. */
  z.object({
    type: z.literal('dependencyChanged'),
    dependency: idSchema,
    version: count(),
    status: z.enum(DEPENDENCY_STATUSES),
    /** Of one that is open and not forced, milliseconds since the epoch. */
    until: time().exactOptional(),
    /** Of one that is half open: leases that may find out at a time. */
    probes: positive(LIMITS.callWindow).exactOptional(),
  }),
  /** How it stands with the capacity of the pool. What is not mentioned stays as it was found before. */
  z.object({
    type: z.literal('capacityReviewed'),
    findings: z
      .array(
        z.object({
          condition: z.enum(CAPACITY_CONDITIONS),
          /** What was found, and what there should be at most: slots, or milliseconds of waiting. */
          found: amount(),
          limit: amount(),
        }),
      )
      .max(CAPACITY_CONDITIONS.length),
  }),
  /**
   * Time has passed: expire leases. `wellSince`: since when the engine is known to be well, in milliseconds since the
   * epoch; always, where absent.
   */
  z.object({ type: z.literal('sweep'), wellSince: time().exactOptional() }),
]);
export type PoolMessage = ReadOnly<z.infer<typeof poolMessageSchema>>;
