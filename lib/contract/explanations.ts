import * as z from 'zod';
import { FAILURE_CLASSES } from '../core/model/failure';
import { idSchema } from '../core/model/ids';
import { OUTCOMES } from '../core/model/outcome';
import { parametersSchema } from '../core/model/parameters';
import { RECOVERY_CAUSES, RECOVERY_STRATEGIES } from '../core/model/recovery';
import { resourcesSchema } from '../core/model/resources';
import { RETRY_STRATEGIES } from '../core/model/retry-policy';

const time = z.iso.datetime();

/** How the next attempt was scheduled, and why so. */
const nextAttempt = z.object({
  strategy: z.enum(RETRY_STRATEGIES).optional(),
  delay_seconds: z.number(),
  due_at: time,
  avoid: z.array(z.string()).optional(),
  resources: resourcesSchema.optional(),
  why: z.string(),
});

/** What was done where an attempt was lost, or nothing more could be done. */
const explainedRecovery = z.object({
  cause: z.enum(RECOVERY_CAUSES),
  strategy: z.enum(RECOVERY_STRATEGIES),
  why: z.string(),
  /** Absent while it goes on. */
  end: z.enum(['completed', 'failed']).optional(),
  took_seconds: z.number().optional(),
});

const explainedAttempt = z.object({
  attempt: z.number(),
  /** It was to undo what the node did. */
  compensates: z.literal(true).optional(),
  /** What its command was given under `with`; later attempts are given the same. */
  given: z.record(z.string(), z.string()).optional(),
  worker_id: z.string().optional(),
  started_at: time.optional(),
  ended_at: time.optional(),
  end: z.enum(['succeeded', 'failed', 'lost']).optional(),
  /** The first line of what it said. */
  failure: z.string().optional(),
  diagnosis: z
    .object({
      class: z.enum(FAILURE_CLASSES),
      confidence: z.number(),
      signature: z.string(),
      by: z.string(),
      why: z.string(),
    })
    .optional(),
  next: nextAttempt.optional(),
  recovery: explainedRecovery.optional(),
});

/** What a person asked for, done or refused. */
const retryRequest = z.object({
  at: time,
  by: z.string(),
  reason: z.string(),
  level: z.number().optional(),
  /** Why it was refused. */
  refused: z.string().optional(),
});

/** What a person had its attempts run with from then on. */
const edit = z.object({
  at: time,
  by: z.string(),
  run: z.string().optional(),
  parameters: parametersSchema.optional(),
  timeout_seconds: z.number().optional(),
});

/** `GET /jobs/{jobId}/nodes/{nodeId}/explanation`: why it was tried when and where it was, and why not again. */
export const nodeExplanation = z.object({
  job_id: idSchema,
  node_id: idSchema,
  attempts: z.array(explainedAttempt),
  outcome: z.enum(OUTCOMES).optional(),
  /** What its outcome came of. */
  reason: z.string().optional(),
  /** Why there was no attempt after the last. */
  why_not_again: z.string().optional(),
  /** Why it is not tried again to undo it. */
  why_not_undone: z.string().optional(),
  requests: z.array(retryRequest),
  edits: z.array(edit).optional(),
});
export type NodeExplanation = z.infer<typeof nodeExplanation>;
export type ExplainedEdit = z.infer<typeof edit>;
