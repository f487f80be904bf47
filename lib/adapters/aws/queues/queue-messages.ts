import { z } from 'zod';
import { jobMessageSchema, submissionSchema } from '../../../core/messages/job';
import { poolMessageSchema, workSchema } from '../../../core/messages/pool';
import { triggerMessageSchema } from '../../../core/messages/trigger';

/** Bodies of the queues' messages. Unknown keys are let pass: while a deployment runs, both versions send. */
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const actor = z.object({ kind: z.enum(['user', 'worker', 'engine', 'timer', 'workflow']), id: z.string() });

/** Step Functions knows only the job and the message; who sent it is then read off the queue. */
const envelope = {
  id: z.string().exactOptional(),
  actor: actor.exactOptional(),
  traceId: z.string().exactOptional(),
};

/** Queue `jobs` (FIFO, group: job). */
export const jobInputBody = z.object({ jobId: id, message: jobMessageSchema, ...envelope });
export type JobInputBody = z.infer<typeof jobInputBody>;

/** Queue `pools` (FIFO, group: pool). */
export const poolInputBody = z.object({ poolId: id, message: poolMessageSchema, ...envelope });
export type PoolInputBody = z.infer<typeof poolInputBody>;

/** Queue `timers`. `dueAt`: milliseconds since the epoch. */
export const timerBody = z.object({
  jobId: id,
  message: jobMessageSchema,
  dueAt: z.number(),
  id: z.string(),
});
export type TimerBody = z.infer<typeof timerBody>;

/** Queue `dispatch`. */
export const dispatchBody = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('dispatch'),
    id: z.string(),
    work: workSchema,
    workerId: id,
    endpoint: z.url().exactOptional(),
  }),
  z.object({
    kind: z.literal('cancel'),
    id: z.string(),
    work: z.object({ jobId: id, nodeId: id, attempt: z.number().int().positive() }),
    workerId: id,
    endpoint: z.url().exactOptional(),
    reason: z.string(),
  }),
]);
export type DispatchBody = z.infer<typeof dispatchBody>;

/** Queue `effects`: the effects of `stream` up to `to` were not confirmed when its events were seen. */
export const effectsBody = z.object({ stream: z.string(), to: z.number().int().positive() });
export type EffectsBody = z.infer<typeof effectsBody>;

/** Queue `graphs`: machines are wanted for a graph, and `jobId` waits for them. */
export const graphsBody = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  jobId: id.exactOptional(),
  /** How often it was put off. */
  tries: z.number().int().nonnegative().default(0),
});
export type GraphsBody = z.infer<typeof graphsBody>;

/** Queue `triggers`: an input of a trigger. */
const triggerInputBody = z.object({
  kind: z.literal('input'),
  triggerId: id,
  message: triggerMessageSchema,
  ...envelope,
});
export type TriggerInputBody = z.infer<typeof triggerInputBody>;

/** Queue `triggers`: a job to submit, by a trigger. */
const submissionBody = z.object({
  kind: z.literal('submission'),
  jobId: id,
  submission: submissionSchema,
  id: z.string(),
});
export type SubmissionBody = z.infer<typeof submissionBody>;

/** Queue `triggers`: an event of the bus that asks for a job. */
const requestBody = z.object({
  kind: z.literal('request'),
  event: z.object({ id: z.string(), source: z.string(), detail: z.unknown() }),
});
export type RequestBody = z.infer<typeof requestBody>;

/** `tries`: how often it was put off, as the queue of its pool was full. */
export const triggersBody = z
  .discriminatedUnion('kind', [triggerInputBody, submissionBody, requestBody])
  .and(z.object({ tries: z.number().int().nonnegative().default(0) }));
export type TriggersBody = z.infer<typeof triggersBody>;
