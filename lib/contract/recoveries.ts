import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { FAILURE_CLASSES } from '../core/model/failure';
import { idSchema } from '../core/model/ids';
import { OUTCOMES } from '../core/model/outcome';
import { RECOVERY_CAUSES, RECOVERY_STRATEGIES } from '../core/model/recovery';
import { BACKOFF_STRATEGIES, JITTERS, RETRY_STRATEGIES } from '../core/model/retry-policy';
import { listKeys, nextPage } from './list';

/** What was tried again in a job, and what was recovered, as it crosses HTTP. */

/** `GET /jobs/{jobId}/retries` */
export const jobRetriesQuery = z.strictObject({
  outcome: z.enum(OUTCOMES).optional(),
  ...listKeys(['-retries', 'retries', 'node_id', '-node_id'], LIMITS.listPage, 100),
});

/** How a node may be tried again, as its graph says. */
const policy = z.object({
  strategy: z.enum(BACKOFF_STRATEGIES),
  max_attempts: z.number(),
  initial_delay_seconds: z.number(),
  max_delay_seconds: z.number(),
  jitter: z.enum(JITTERS),
  /** After which failures; absent where the evidence decides. */
  on: z.union([z.literal('any'), z.array(z.enum(FAILURE_CLASSES))]).optional(),
});

const retriedNode = z.object({
  node_id: z.string(),
  /** Absent while it is not over. */
  outcome: z.enum(OUTCOMES).optional(),
  /** Attempts that began, those that failed, and those that were lost with their workers. */
  attempts: z.number(),
  failed: z.number(),
  lost: z.number(),
  /** Retries that were scheduled: a loss spends none. */
  retries: z.number(),
  /** What they waited, and what attempts took that failed. */
  waited_seconds: z.number(),
  spent_seconds: z.number(),
  classes: z.array(z.enum(FAILURE_CLASSES)),
  strategies: z.array(z.enum(RETRY_STRATEGIES)),
  why_not_again: z.string().optional(),
  /** Absent of a node that the graph which the job follows now has not. */
  policy: policy.optional(),
});

/** Nodes of which an attempt failed or was lost, those with the most retries first; above them the job as a whole. */
export const jobRetries = z.object({
  job_id: idSchema,
  totals: z.object({
    /** Nodes of which an attempt failed or was lost. */
    nodes: z.number(),
    retries: z.number(),
    /** Of the nodes that were tried again: those that succeeded, and those that failed all the same. */
    mended: z.number(),
    given_up: z.number(),
    waited_seconds: z.number(),
    spent_seconds: z.number(),
  }),
  /** Attempts whose failure was of a class, and those of them that the next attempt made good. */
  classes: z.array(z.object({ class: z.enum(FAILURE_CLASSES), failed: z.number(), mended: z.number() })),
  nodes: z.array(retriedNode),
  ...nextPage,
});
export type JobRetries = z.infer<typeof jobRetries>;

/** How recoveries stand. */
export const RECOVERY_STATUSES = ['open', 'completed', 'failed', 'cancelled'] as const;

/** `GET /jobs/{jobId}/recoveries` */
export const jobRecoveriesQuery = z.strictObject({
  cause: z.enum(RECOVERY_CAUSES).optional(),
  strategy: z.enum(RECOVERY_STRATEGIES).optional(),
  status: z.enum(RECOVERY_STATUSES).optional(),
  ...listKeys(['started_at', '-started_at'], LIMITS.listPage, 100),
});

const recovery = z.object({
  recovery_id: z.string(),
  /** Of a node and its attempt to come; absent of one of the workflow. */
  node_id: z.string().optional(),
  attempt: z.number().optional(),
  cause: z.enum(RECOVERY_CAUSES),
  strategy: z.enum(RECOVERY_STRATEGIES),
  /** `cancelled`: its node or its job was over before. */
  status: z.enum(RECOVERY_STATUSES),
  /** The worker that lost the attempt. */
  worker_id: z.string().optional(),
  why: z.string(),
  /** How often it was initiated: once more with each loss before its end. */
  times: z.number(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().optional(),
  took_seconds: z.number().optional(),
});

/** The recoveries of a job, the oldest first; above them how all of them stand. */
export const jobRecoveries = z.object({
  job_id: idSchema,
  totals: z.object({ open: z.number(), completed: z.number(), failed: z.number(), cancelled: z.number() }),
  recoveries: z.array(recovery),
  ...nextPage,
});
export type JobRecoveries = z.infer<typeof jobRecoveries>;
