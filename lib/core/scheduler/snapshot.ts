import * as z from 'zod';
import { DEPENDENCY_STATUSES } from '../messages/dependency';
import { queuedJobSchema, workerSchema, workItemSchema } from '../messages/pool';
import { attemptKey } from '../model/attempt';
import { CAPACITY_CONDITIONS } from '../model/capacity';
import { QUEUE_STATUSES } from '../model/queue-status';
import type { ReadOnly } from '../model/read-only';
import { enterQueue, startRunning } from './admission';
import { CORDON_CAUSES } from './events';
import { enqueue, shareOf } from './lanes';
import { shapeKey } from './shapes';
import { add, initialPool, isFree, opened, type PoolState } from './state';

/** Raise the number whenever the fold changes, in its shape or in what events make of it. */
export const POOL_FOLD = 'pool/10';

const time = z.number();
const breaker = z.object({
  failures: z.int(),
  openings: z.int(),
  openUntil: time.exactOptional(),
});

const cordon = z.object({
  reason: z.string(),
  until: time.exactOptional(),
  cause: z.enum(CORDON_CAUSES).exactOptional(),
});
const outcome = z.object({
  at: time,
  node: z.string(),
  blame: z.enum(['failed', 'slow']).exactOptional(),
});

/** The fold of a pool as plain JSON. What can be counted again is left out. */
export const poolSnapshotSchema = z.object({
  workers: z.array(workerSchema.extend({ status: z.enum(['active', 'draining']) })),
  cordoned: z.array(z.tuple([z.string(), cordon])),
  probation: z.array(z.tuple([z.string(), z.int()])),
  breakers: z.array(z.tuple([z.string(), breaker])),
  health: z.object({
    outcomes: z.array(z.tuple([z.string(), z.array(outcome)])),
    timings: z.array(z.tuple([z.string(), z.array(z.object({ workerId: z.string(), ms: time }))])),
    suspected: z.array(z.tuple([z.string(), z.object({ since: time, reason: z.string() })])),
  }),
  queued: z.array(workItemSchema),
  heldJobs: z.array(z.string()),
  heard: z.array(z.tuple([z.string(), z.int()])),
  left: z.array(z.tuple([z.string(), z.int()])),
  leases: z.array(
    z.object({
      work: workItemSchema,
      workerId: z.string(),
      registration: z.string().exactOptional(),
      fence: z.int(),
      expiresAt: time,
      cancelRequested: z.literal(true).exactOptional(),
    }),
  ),
  served: z.array(z.tuple([z.string(), z.int()])),
  fence: z.int(),
  dependencies: z.array(
    z.tuple([
      z.string(),
      z.object({
        status: z.enum([...DEPENDENCY_STATUSES, 'unknown']),
        version: z.int(),
        probes: z.int().exactOptional(),
        until: time.exactOptional(),
        fence: z.int(),
        askedAt: time,
      }),
    ]),
  ),
  warnings: z.array(z.tuple([z.enum(CAPACITY_CONDITIONS), time])),
  unschedulable: z.array(
    workItemSchema.pick({ labels: true, slots: true, resources: true }).extend({
      since: time,
      keptOffSince: time.exactOptional(),
    }),
  ),
  over: z.array(z.string()),
  queue: z.object({
    status: z.enum(QUEUE_STATUSES),
    maxRunningJobs: z.int(),
    waiting: z.array(queuedJobSchema),
    running: z.array(queuedJobSchema),
  }),
});

export function freezePool(state: ReadOnly<PoolState>): unknown {
  const { admission, cordons, health } = state;
  return {
    workers: [...state.workers.values()].map(
      ({ free: _f, freeResources: _r, jobs: _j, ...worker }) => worker,
    ),
    cordoned: [...cordons.cordoned],
    probation: [...cordons.probation],
    breakers: [...cordons.breakers],
    health: {
      outcomes: [...health.outcomes],
      timings: [...health.timings],
      suspected: [...health.suspected],
    },
    queued: [...state.queued.values()],
    heldJobs: [...state.heldJobs],
    heard: [...state.heard],
    left: [...state.left],
    leases: [...state.leases.values()],
    served: [...state.served],
    fence: state.fence,
    dependencies: [...state.dependencies],
    warnings: [...state.warnings],
    unschedulable: [...state.unschedulable.values()],
    over: [...state.over],
    queue: {
      status: admission.status,
      maxRunningJobs: admission.maxRunningJobs,
      waiting: [...admission.waiting.values()],
      running: [...admission.running.values()],
    },
  } satisfies ReadOnly<z.infer<typeof poolSnapshotSchema>>;
}

/** @throws ZodError where it is no snapshot of this fold. */
export function thawPool(plain: unknown): PoolState {
  const frozen = poolSnapshotSchema.parse(plain);
  const { waiting, running, ...settings } = frozen.queue;
  const state: PoolState = {
    ...initialPool(),
    cordons: {
      cordoned: new Map(frozen.cordoned),
      probation: new Map(frozen.probation),
      breakers: new Map(frozen.breakers),
    },
    health: {
      outcomes: new Map(frozen.health.outcomes),
      timings: new Map(frozen.health.timings),
      suspected: new Map(frozen.health.suspected),
    },
    queued: new Map(frozen.queued.map((work) => [attemptKey(work), work])),
    heldJobs: new Set(frozen.heldJobs),
    heard: new Map(frozen.heard),
    left: new Map(frozen.left),
    leases: new Map(frozen.leases.map((lease) => [attemptKey(lease.work), lease])),
    served: new Map(frozen.served),
    fence: frozen.fence,
    dependencies: new Map(frozen.dependencies),
    warnings: new Map(frozen.warnings),
    unschedulable: new Map(frozen.unschedulable.map((shape) => [shapeKey(shape), shape])),
    over: new Set(frozen.over),
  };
  Object.assign(state.admission, settings);
  for (const job of waiting) enterQueue(state.admission, job);
  for (const job of running) startRunning(state.admission, job);
  for (const { status, ...worker } of frozen.workers)
    state.workers.set(worker.workerId, opened(state, worker, status));
  for (const work of frozen.queued) if (isFree(state, work)) enqueue(state.lanes, work);
  for (const { work } of frozen.leases) {
    add(state.held, shareOf(work), work.slots);
    if (work.concurrency) add(state.running, work.concurrency.key, 1);
  }
  return state;
}
