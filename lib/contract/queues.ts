import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { positive } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { QUEUE_STATUSES } from '../core/model/queue-status';
import { resourcesSchema } from '../core/model/resources';
import { listKeys, nextPage } from './list';

/** Pools and their queues of jobs, as they cross HTTP. */

export const poolParams = z.object({ pool: idSchema });

/** `GET /queues/{pool}`: the queue of jobs of a pool, and the workers it counts on. */
export const queueView = z.object({
  pool: idSchema,
  status: z.enum(QUEUE_STATUSES),
  /** Jobs that wait to be admitted. */
  waiting: z.number(),
  /** Jobs that were admitted and are not over. */
  running: z.number(),
  limits: z.object({ max_running_jobs: z.number(), max_waiting_jobs: z.number().optional() }),
  workers: z.array(
    z.object({
      worker_id: idSchema,
      status: z.enum(['active', 'draining', 'cordoned']),
      /** Why it is cordoned, and until when; without a time, until it is uncordoned. */
      cordon: z.object({ reason: z.string(), until: z.iso.datetime().optional() }).optional(),
      labels: z.array(z.string()),
      slots: z.number(),
      free_slots: z.number(),
      resources: resourcesSchema.optional(),
    }),
  ),
  /** Who has what of it: of everybody for administrators, else of the caller alone. An earlier engine does not say. */
  owners: z
    .array(
      z.object({
        owner: z.string(),
        running_jobs: z.number(),
        waiting_jobs: z.number(),
        /** Slots that their attempts take now, and attempts that are ready and have none. */
        slots: z.number(),
        waiting_attempts: z.number(),
      }),
    )
    .optional(),
  /** Dependencies for which ready work waits: those that are not known yet, open, or half open with all probes out. An earlier engine does not say. */
  waits_for: z
    .array(
      z.object({
        dependency: idSchema,
        state: z.enum(['unknown', 'open', 'half_open']),
        /** When it is half open by itself; absent of one that a person holds open. */
        until: z.iso.datetime().optional(),
        /** Attempts that wait for it. */
        attempts: z.number(),
      }),
    )
    .optional(),
  /** Letters of the caller that are not resolved, whatever the pool of their jobs. An earlier engine does not say. */
  letters: z
    .object({
      open: z.number(),
      /** When the oldest of them was parked. */
      oldest_at: z.iso.datetime().optional(),
      /** There are more groups than were counted. */
      more: z.literal(true).optional(),
    })
    .optional(),
});
export type QueueView = z.infer<typeof queueView>;

/** `GET /queues` */
export const listQueuesQuery = z.strictObject({
  status: z.enum(QUEUE_STATUSES).optional(),
  ...listKeys(['pool', '-pool', 'waiting', '-waiting']),
});
/** `GET /queues`: one without who works for it. */
export const listQueuesResponse = z.object({
  queues: z.array(queueView.pick({ pool: true, status: true, waiting: true, running: true, limits: true })),
  ...nextPage,
});

/** `POST /queues/{pool}`: what is left out stays as it is. */
export const changeQueueRequest = z
  .strictObject({
    status: z.enum(QUEUE_STATUSES).optional(),
    max_running_jobs: positive(LIMITS.runningJobs).optional(),
  })
  .refine(({ status, max_running_jobs }) => status !== undefined || max_running_jobs !== undefined, {
    path: ['status'],
    message: 'send status, max_running_jobs or both',
  });

/** 202: it was asked for. */
export const changeQueueResponse = z.object({ pool: idSchema });
