import * as z from 'zod';
import { FAILURE_POLICIES } from '../dag/graph';
import { editedInputSchema } from '../model/edited-input';
import { failureSchema } from '../model/failure';
import { JOB_TYPES } from '../model/job-type';
import { lineageShape } from '../model/lineage';
import { JOB_OUTCOMES, OUTCOMES, WORKFLOW_ENDINGS } from '../model/outcome';
import { outputsSchema } from '../model/outputs';
import { parametersSchema } from '../model/parameters';
import { PRIORITIES } from '../model/priority';
import type { ReadOnly } from '../model/read-only';
import { RECOVERY_CAUSES, RECOVERY_STRATEGIES } from '../model/recovery';
import { retryPlanSchema } from '../model/retry-policy';
import { traceParentSchema } from '../model/trace';
import { variableNameSchema } from '../model/variable';
import { freezeRollback, orderShape, rollbackSnapshotSchema, thawRollback } from './rollback-snapshot';
import { ROLLBACKS } from './rollback-state';
import type { JobState } from './state';

/** Raise the number whenever the fold changes, in its shape or in what events make of it. */
export const JOB_FOLD = 'job/11';

const time = z.number();
const count = z.int().nonnegative();

const facts = {
  entered: z.boolean(),
  waiting: count,
  attempt: count,
  compensations: count.exactOptional(),
  failures: count,
  failedAttempt: count.exactOptional(),
  losses: count,
  refusals: count.exactOptional(),
  lostOn: z.array(z.string()).exactOptional(),
  recovery: z
    .object({
      recoveryId: z.string(),
      cause: z.enum(RECOVERY_CAUSES),
      strategy: z.enum(RECOVERY_STRATEGIES),
      since: time,
      workerId: z.string().exactOptional(),
      until: time.exactOptional(),
    })
    .exactOptional(),
  tried: z.array(z.enum(RECOVERY_STRATEGIES)).exactOptional(),
  lost: z.array(count).exactOptional(),
  fanOut: z.object({ first: count, total: count, open: count }).exactOptional(),
  item: z.object({ parent: count, index: count, total: count, value: z.unknown() }).exactOptional(),
  token: z.string().exactOptional(),
  tokenLeft: z.literal(true).exactOptional(),
  cancelRequested: z.literal(true).exactOptional(),
  readyAt: time.exactOptional(),
  since: time.exactOptional(),
  retry: retryPlanSchema.exactOptional(),
  workerId: z.string().exactOptional(),
  startedAt: time.exactOptional(),
  percentage: z.number().exactOptional(),
  outputs: outputsSchema.exactOptional(),
  given: z.record(variableNameSchema, z.string()).exactOptional(),
  failure: failureSchema.exactOptional(),
  rollback: z.enum(ROLLBACKS).exactOptional(),
  reclassifiedAt: time.exactOptional(),
  edited: editedInputSchema.exactOptional(),
  letters: z.array(z.string()).exactOptional(),
  stepLetter: z.string().exactOptional(),
};

const node = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('waiting'), ...facts }),
  z.object({ phase: z.literal('expanded'), ...facts }),
  z.object({ phase: z.literal('ready'), ...facts }),
  z.object({ phase: z.literal('running'), ...facts }),
  z.object({ phase: z.literal('backoff'), ...facts, dueAt: time }),
  z.object({
    phase: z.literal('final'),
    ...facts,
    outcome: z.enum(OUTCOMES),
    finishedAt: time,
    finishedSeq: count,
    finishedBy: count,
    reason: z.string().exactOptional(),
    failedUpstream: z.literal(true).exactOptional(),
    warning: z.string().exactOptional(),
  }),
]);

/** The fold of a job as plain JSON. */
export const jobSnapshotSchema = z.object({
  status: z.enum(['new', 'submitted', 'running', ...JOB_OUTCOMES]),
  seq: count,
  submitted: z
    .object({
      name: z.string(),
      graphHash: z.string(),
      nodes: count,
      onFailure: z.enum(FAILURE_POLICIES),
      owner: z.string(),
      priority: z.enum(PRIORITIES),
      pool: z.string(),
      jobType: z.enum(JOB_TYPES).exactOptional(),
      deadlineAt: time.exactOptional(),
      parameters: parametersSchema.exactOptional(),
      trigger: z.object({ id: z.string(), name: z.string(), ...lineageShape }).exactOptional(),
      trace: traceParentSchema.exactOptional(),
    })
    .exactOptional(),
  submittedAt: time.exactOptional(),
  startedAt: time.exactOptional(),
  finishedAt: time.exactOptional(),
  resumedAt: time.exactOptional(),
  since: count.exactOptional(),
  revivedAt: time.exactOptional(),
  cancelReason: z.string().exactOptional(),
  deadlinePassed: z.literal(true).exactOptional(),
  cancelForced: z.literal(true).exactOptional(),
  paused: z.literal(true).exactOptional(),
  priority: z.enum(PRIORITIES).exactOptional(),
  sharedWith: z.array(z.string()).exactOptional(),
  run: count.exactOptional(),
  graphHash: z.string().exactOptional(),
  outcomeToken: z.string().exactOptional(),
  outcomeTokens: z.array(z.string()).exactOptional(),
  workflowEnded: z.enum(WORKFLOW_ENDINGS).exactOptional(),
  finalAtRun: count.exactOptional(),
  idleRuns: count.exactOptional(),
  resuming: z.object({ recoveryId: z.string(), since: time }).exactOptional(),
  undoing: z.object({ recoveryId: z.string(), since: time }).exactOptional(),
  retries: count.exactOptional(),
  orders: z.array(z.string()).exactOptional(),
  failedFastBy: z.string().exactOptional(),
  rollbackAsked: z.object(orderShape).exactOptional(),
  rollback: rollbackSnapshotSchema.exactOptional(),
  nodes: z.array(node),
  answered: z.array(count),
  items: z.array(z.tuple([z.string(), count])),
  retired: z.array(
    z.tuple([z.string(), z.object({ attempt: count, letters: facts.letters, stepLetter: facts.stepLetter })]),
  ),
  outputBytes: count,
  remaining: count,
  agenda: z.array(count),
});

/** A snapshot: a cache of the fold, never a source. */
export function freezeJob(state: ReadOnly<JobState>): unknown {
  const { items, retired, agenda, rollback } = state;
  const frozen = { ...state, items: [...items], retired: [...retired], agenda: [...agenda] };
  return rollback ? { ...frozen, rollback: freezeRollback(rollback) } : frozen;
}

/** @throws ZodError where it is no snapshot of this fold. */
export function thawJob(frozen: unknown): JobState {
  const { items, retired, agenda, rollback, ...rest } = jobSnapshotSchema.parse(frozen);
  const state = { ...rest, items: new Map(items), retired: new Map(retired), agenda: new Set(agenda) };
  return rollback ? { ...state, rollback: thawRollback(rollback) } : state;
}
