import { z } from 'zod';
import { PRIORITIES } from '../dag/graph';
import { FAILURE_KINDS } from '../model/failure';
import { parametersSchema } from '../model/parameters';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const ref = { nodeId: id, attempt: z.number().int().positive() };

export const failureSchema = z.strictObject({
  kind: z.enum(FAILURE_KINDS),
  message: z.string().max(2_000),
  exitCode: z.number().int().exactOptional(),
  signal: z.string().exactOptional(),
});

/** Values a command handed on, by name. */
export const outputsSchema = z.record(z.string().max(128), z.json());

/** What is submitted as a job. */
export const submissionSchema = z.strictObject({
  graphHash: z.string(),
  owner: z.string(),
  priority: z.enum(PRIORITIES),
  pool: z.string(),
  /** Milliseconds since the epoch. */
  deadlineAt: z.number().exactOptional(),
  parameters: parametersSchema.exactOptional(),
  /** What started it, where that was no person; `depth`: how many triggers led to it before. */
  trigger: z
    .strictObject({ id, name: z.string(), depth: z.number().int().positive().exactOptional() })
    .exactOptional(),
});
export type Submission = z.infer<typeof submissionSchema>;

/** Inputs of a job that cross a queue. Time and randomness are added by the shell that decides them. */
export const jobMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('submit'), ...submissionSchema.shape }),
  z.strictObject({ type: z.literal('admit') }),
  z.strictObject({ type: z.literal('nodeEntered'), nodeId: id, token: z.string().exactOptional() }),
  z.strictObject({ type: z.literal('outcomeAwaited'), token: z.string() }),
  z.strictObject({ type: z.literal('attemptStarted'), ...ref, workerId: z.string() }),
  z.strictObject({
    type: z.literal('attemptProgressed'),
    ...ref,
    percentage: z.number().min(0).max(100),
    message: z.string().max(500).exactOptional(),
  }),
  z.strictObject({
    type: z.literal('attemptSucceeded'),
    ...ref,
    durationMs: z.number().nonnegative(),
    outputs: outputsSchema,
  }),
  z.strictObject({
    type: z.literal('attemptFailed'),
    ...ref,
    durationMs: z.number().nonnegative(),
    failure: failureSchema,
  }),
  z.strictObject({ type: z.literal('attemptLost'), ...ref, reason: z.string() }),
  z.strictObject({ type: z.literal('timerDue'), ...ref }),
  z.strictObject({ type: z.literal('cancel'), reason: z.string().max(500) }),
  z.strictObject({ type: z.literal('pause'), reason: z.string().max(500) }),
  z.strictObject({ type: z.literal('unpause'), reason: z.string().max(500) }),
  z.strictObject({ type: z.literal('reprioritise'), priority: z.enum(PRIORITIES) }),
  z.strictObject({ type: z.literal('deadlineDue') }),
  z.strictObject({ type: z.literal('resume'), reason: z.string().max(500) }),
]);
export type JobMessage = z.infer<typeof jobMessageSchema>;

/** How a `when` expression came out. */
export type ConditionResult = { readonly holds: boolean } | { readonly error: string };

/** How the conditions of a node came out: its `when`, and the items of its `forEach` when that holds. */
export type Judgement = ConditionResult | { readonly items: readonly unknown[] };

/** Asks the decider to draw the consequences that the state already implies; see `unsettled`. */
export interface Settle {
  readonly type: 'settle';
  /** Results by node id, for the nodes that `conditionsDue` listed. */
  readonly conditions: ReadonlyMap<string, Judgement>;
}

/** `at`: milliseconds since the epoch. `random`: uniform in [0, 1). */
export type JobInput = (JobMessage | Settle) & { readonly at: number; readonly random: number };
