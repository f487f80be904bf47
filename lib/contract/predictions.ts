import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { line } from '../core/model/bounded';
import { idSchema } from '../core/model/ids';
import { CORDON_CAUSES } from '../core/scheduler/events';
import { listKeys, nextPage } from './list';

/** How workers are, and what may be about to fail, as they cross HTTP. */

const WORKER_STATUSES = ['active', 'draining', 'cordoned', 'probation'] as const;

/** `GET /workers` */
export const listWorkersQuery = z.strictObject({
  pool: idSchema.default('default'),
  status: z.enum(WORKER_STATUSES).optional(),
  /** Workers that have this label. */
  label: line(LIMITS.idLength).min(1).optional(),
  ...listKeys(['worker_id', '-worker_id', 'status', '-status', 'free_slots', '-free_slots']),
});

const tally = z.object({ bad: z.number(), of: z.number() });

const workerStatusView = z.object({
  worker_id: idSchema,
  pool: idSchema,
  /** `probation`: its cordon is over, on trial. */
  status: z.enum(WORKER_STATUSES),
  /** Why it is kept off new work, and until when; without a time, until it is uncordoned. Without a cause, by a person. */
  cordon: z
    .object({
      reason: z.string(),
      cause: z.enum(CORDON_CAUSES).optional(),
      until: z.iso.datetime().optional(),
    })
    .optional(),
  /** Trials in a row that went well, of so many. */
  probation: z.object({ passed: z.number(), of: z.number() }).optional(),
  /** It does worse than its peers, and it is too early to say that it is bad. */
  suspected: z.object({ since: z.iso.datetime(), reason: z.string() }).optional(),
  health: z.object({
    /** 0 to 1, the worse of heartbeats and attempts: 0 is as bad as what has it held for lost, or cordoned. */
    score: z.number().optional(),
    /** Latest attempts that failed by the machine or were slow, beside those of the same work on other workers. */
    attempts: z.object({ own: tally, peers: tally, failed: z.number(), slow: z.number() }),
    /** How unlikely its silence is (φ of the accrual detector), and how late it is wont to be. */
    heartbeats: z.object({ suspicion: z.number(), lateness_ms: z.number() }).optional(),
  }),
  labels: z.array(z.string()),
  slots: z.number(),
  free_slots: z.number(),
  last_seen_at: z.iso.datetime().optional(),
});
export type WorkerStatusView = z.infer<typeof workerStatusView>;

/** The workers of a pool, those that are cordoned or on probation and away included. */
export const listWorkersResponse = z.object({ workers: z.array(workerStatusView), ...nextPage });

const PREDICTED = ['worker', 'dependency', 'node', 'test'] as const;

/** `GET /health/predictions` */
export const predictionsQuery = z.strictObject({
  owner: line(LIMITS.ownerLength).exactOptional(),
  of: z.enum(PREDICTED).optional(),
  ...listKeys(['of', '-of', 'name', '-name']),
});

const predictionView = z.object({
  /** What may be about to fail. */
  of: z.enum(PREDICTED),
  /** Of a worker and a dependency its name, of a node its hash, of a test its key. */
  id: z.string(),
  name: z.string(),
  /** Of a worker. */
  pool: idSchema.optional(),
  /** When the warning was raised, where that is known. */
  since: z.iso.datetime().optional(),
  why: z.string(),
});
export type PredictionView = z.infer<typeof predictionView>;

/** Warnings that stand. */
export const predictionsResponse = z.object({ predictions: z.array(predictionView), ...nextPage });
