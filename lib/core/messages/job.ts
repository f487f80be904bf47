import * as z from 'zod';
import { LIMITS } from '../limits';
import { nodeAttemptShape } from '../model/attempt';
import { amount, count, positive, recordOf, text, time } from '../model/bounded';
import { editedInputSchema } from '../model/edited-input';
import { FAILURE_CLASSES, failureSchema } from '../model/failure';
import { idSchema } from '../model/ids';
import { JOB_TYPES } from '../model/job-type';
import { lineageShape } from '../model/lineage';
import { WORKFLOW_ENDINGS } from '../model/outcome';
import { outputsSchema } from '../model/outputs';
import { parametersSchema } from '../model/parameters';
import { PRIORITIES } from '../model/priority';
import type { ReadOnly } from '../model/read-only';
import { LOSS_CAUSES } from '../model/recovery';
import { testSummarySchema } from '../model/test-results';
import { traceParentSchema } from '../model/trace';

/** What is submitted as a job. */
export const submissionSchema = z.object({
  graphHash: text(LIMITS.hashLength),
  owner: text(LIMITS.ownerLength),
  priority: z.enum(PRIORITIES),
  pool: idSchema,
  /** In place of the type that the graph gives. */
  jobType: z.enum(JOB_TYPES).exactOptional(),
  /** Milliseconds since the epoch. */
  deadlineAt: time().exactOptional(),
  parameters: parametersSchema.exactOptional(),
  /** What started it, where that was no person. */
  trigger: z.object({ id: idSchema, name: idSchema, ...lineageShape }).exactOptional(),
  /** The span that it is submitted in, where the caller named one. */
  trace: traceParentSchema.exactOptional(),
});
export type Submission = ReadOnly<z.infer<typeof submissionSchema>>;

const reason = text(LIMITS.reasonLength);

const retriedNodes = z.array(idSchema).min(1).max(LIMITS.retriedNodes);
const retryLevel = positive(LIMITS.retryLevel);
/** What nodes run with from now on, by id. */
const editedInputs = recordOf(idSchema, editedInputSchema, { most: LIMITS.retriedNodes });

/** What a node that failed may count as. */
const OVERRULED = ['succeeded', 'skipped'] as const;

/** What a job is told. Time and randomness are added by the shell that decides it. */
export const jobMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('submit'), ...submissionSchema.shape }),
  z.object({ type: z.literal('admit') }),
  z.object({
    type: z.literal('nodeEntered'),
    nodeId: idSchema,
    token: text(LIMITS.taskTokenLength).exactOptional(),
  }),
  z.object({ type: z.literal('outcomeAwaited'), token: text(LIMITS.taskTokenLength) }),
  /** The workflow enters every node, in whatever order the graph wants them, and waits for the outcome. */
  z.object({ type: z.literal('allEntered'), token: text(LIMITS.taskTokenLength) }),
  z.object({ type: z.literal('attemptStarted'), ...nodeAttemptShape, workerId: idSchema }),
  z.object({
    type: z.literal('attemptProgressed'),
    ...nodeAttemptShape,
    percentage: amount(100),
    message: text(LIMITS.reasonLength).exactOptional(),
  }),
  z.object({
    type: z.literal('attemptSucceeded'),
    ...nodeAttemptShape,
    durationMs: amount(LIMITS.deadlineMs),
    outputs: outputsSchema,
    workerId: idSchema.exactOptional(),
    tests: testSummarySchema.exactOptional(),
  }),
  z.object({
    type: z.literal('attemptFailed'),
    ...nodeAttemptShape,
    workerId: idSchema.exactOptional(),
    durationMs: amount(LIMITS.deadlineMs),
    failure: failureSchema,
    outputs: outputsSchema.exactOptional(),
    tests: testSummarySchema.exactOptional(),
  }),
  z.object({
    type: z.literal('attemptLost'),
    ...nodeAttemptShape,
    reason: text(LIMITS.messageLength),
    /** Its worker was lost, where absent. */
    cause: z.enum(LOSS_CAUSES).exactOptional(),
    /** Who lost it, where that is not known from its start. */
    workerId: idSchema.exactOptional(),
  }),
  z.object({ type: z.literal('timerDue'), ...nodeAttemptShape }),
  /** A person says what class the failure of an attempt is of. */
  z.object({
    type: z.literal('reclassify'),
    ...nodeAttemptShape,
    class: z.enum(FAILURE_CLASSES),
    reason,
    by: text(LIMITS.ownerLength),
    /** An earlier one that comes later changes nothing. */
    askedAt: time(),
    forEveryone: z.literal(true).exactOptional(),
  }),
  /** `force`: what cleans up is ended too. An earlier reader lets it run. */
  z.object({ type: z.literal('cancel'), reason, force: z.literal(true).exactOptional() }),
  z.object({ type: z.literal('pause'), reason }),
  z.object({ type: z.literal('unpause'), reason }),
  z.object({ type: z.literal('reprioritise'), priority: z.enum(PRIORITIES) }),
  z.object({ type: z.literal('share'), user: text(LIMITS.ownerLength).min(1) }),
  z.object({ type: z.literal('unshare'), user: text(LIMITS.ownerLength).min(1) }),
  z.object({ type: z.literal('deadlineDue') }),
  /**
   * Goes on: a live job as it is, an ended one with what did not succeed. `from`: an ended job, these nodes too, and all
   * that is downstream of them. `graphHash`: an ended job over this graph. Earlier readers would go on without either;
   * whoever asks for them is deployed after those who read.
   */
  z.object({
    type: z.literal('resume'),
    reason,
    from: retriedNodes.exactOptional(),
    graphHash: text(LIMITS.hashLength).exactOptional(),
  }),
  /** A person has it tried again: these nodes, or all that can be. `level` as in lib/core/retry/level.ts. */
  z.object({
    type: z.literal('retry'),
    ...{ nodes: retriedNodes.exactOptional(), reason, level: retryLevel.exactOptional() },
    inputs: editedInputs.exactOptional(),
    /** The redrive of letters that asks for it: what failed runs again once for each, and hears where it does not. */
    order: text(LIMITS.traceIdLength).exactOptional(),
    /** Beyond the level that the type of the job allows. */
    force: z.literal(true).exactOptional(),
  }),
  /** A person says how a node that failed counts from now on. */
  z.object({
    type: z.literal('overrule'),
    ...{ nodeId: idSchema, outcome: z.enum(OVERRULED), outputs: outputsSchema.exactOptional(), reason },
    by: text(LIMITS.ownerLength),
  }),
  /** A person has undone what nodes did: of all, or of those that were complete after the event `to`. */
  z.object({
    ...{ type: z.literal('rollback'), to: count().exactOptional(), reason },
    /** The redrive of letters that asks for it: of these nodes what could not be undone is tried again, once for each order. */
    ...{ nodes: retriedNodes.exactOptional(), order: text(LIMITS.traceIdLength).exactOptional() },
  }),
  /** A person asked for it who may not. */
  z.object({
    type: z.literal('retryRefused'),
    ...{ nodes: retriedNodes.exactOptional(), reason, level: retryLevel.exactOptional() },
    why: text(LIMITS.reasonLength),
  }),
  /** Its workflow has ended by itself and enters nothing more. */
  z.object({
    type: z.literal('workflowEnded'),
    status: z.enum(WORKFLOW_ENDINGS),
    reason,
    /** Which of its executions; the first, where it is left out. */
    run: positive(LIMITS.runs).exactOptional(),
  }),
]);
export type JobMessage = ReadOnly<z.infer<typeof jobMessageSchema>>;
