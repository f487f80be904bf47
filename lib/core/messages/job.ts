import { z } from 'zod';
import { nodeAttemptShape } from '../model/attempt';
import { failureSchema } from '../model/failure';
import { idSchema } from '../model/ids';
import { lineageShape } from '../model/lineage';
import { outputsSchema } from '../model/outputs';
import { parametersSchema } from '../model/parameters';
import { PRIORITIES } from '../model/priority';
import type { ReadOnly } from '../model/read-only';

/** What is submitted as a job. */
export const submissionSchema = z.object({
  graphHash: z.string(),
  owner: z.string(),
  priority: z.enum(PRIORITIES),
  pool: z.string(),
  /** Milliseconds since the epoch. */
  deadlineAt: z.number().exactOptional(),
  parameters: parametersSchema.exactOptional(),
  /** What started it, where that was no person. */
  trigger: z.object({ id: idSchema, name: z.string(), ...lineageShape }).exactOptional(),
});
export type Submission = ReadOnly<z.infer<typeof submissionSchema>>;

const reason = z.string().max(500);

/** What a job is told. Time and randomness are added by the shell that decides it. */
export const jobMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('submit'), ...submissionSchema.shape }),
  z.object({ type: z.literal('admit') }),
  z.object({ type: z.literal('nodeEntered'), nodeId: idSchema, token: z.string().exactOptional() }),
  z.object({ type: z.literal('outcomeAwaited'), token: z.string() }),
  /** The workflow enters every node, in whatever order the graph wants them, and waits for the outcome. */
  z.object({ type: z.literal('allEntered'), token: z.string() }),
  z.object({ type: z.literal('attemptStarted'), ...nodeAttemptShape, workerId: z.string() }),
  z.object({
    type: z.literal('attemptProgressed'),
    ...nodeAttemptShape,
    percentage: z.number().min(0).max(100),
    message: z.string().max(500).exactOptional(),
  }),
  z.object({
    type: z.literal('attemptSucceeded'),
    ...nodeAttemptShape,
    durationMs: z.number().nonnegative(),
    outputs: outputsSchema,
    workerId: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('attemptFailed'),
    ...nodeAttemptShape,
    workerId: z.string().exactOptional(),
    durationMs: z.number().nonnegative(),
    failure: failureSchema,
    outputs: outputsSchema.exactOptional(),
  }),
  z.object({ type: z.literal('attemptLost'), ...nodeAttemptShape, reason: z.string() }),
  z.object({ type: z.literal('timerDue'), ...nodeAttemptShape }),
  z.object({ type: z.literal('cancel'), reason }),
  z.object({ type: z.literal('pause'), reason }),
  z.object({ type: z.literal('unpause'), reason }),
  z.object({ type: z.literal('reprioritise'), priority: z.enum(PRIORITIES) }),
  z.object({ type: z.literal('deadlineDue') }),
  z.object({ type: z.literal('resume'), reason }),
]);
export type JobMessage = ReadOnly<z.infer<typeof jobMessageSchema>>;
