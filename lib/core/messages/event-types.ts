import * as z from 'zod';
import { amount, count, line, recordOf, text, time } from '../model/bounded';
import { CAPACITY_CONDITIONS } from '../model/capacity';
import { FAILURE_CLASSES } from '../model/failure';
import { idSchema } from '../model/ids';
import { lineageShape } from '../model/lineage';
import { JOB_OUTCOMES, type Outcome, WORKFLOW_ENDINGS } from '../model/outcome';
import { PRIORITIES } from '../model/priority';
import { QUEUE_STATUSES } from '../model/queue-status';
import { RECOVERY_CAUSES, RECOVERY_STRATEGIES } from '../model/recovery';
import { LETTER_KINDS } from './letter';

/** How much an event matters to a person: what is done, what to look at, what to get up for. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Which of the four calls of a notification engine tells of it. */
export const TOPICS = ['execution', 'failure', 'recovery', 'health'] as const;
export type Topic = (typeof TOPICS)[number];

interface EventType {
  /**
   * Of its schema, from 1. A field may be added under the same version; one that goes, or gets another type or meaning,
   * raises it.
   */
  readonly version: number;
  readonly topic: Topic;
  readonly severity: Severity;
  /** When it is published, in a sentence. */
  readonly when: string;
  /** `detail` without what all events have: see `eventDetail`. */
  readonly detail: z.ZodObject;
}

/** What is only read here has the bound of whoever wrote it. */
const said = text(65_536);
const name = line(512);
const ids = z.array(idSchema).max(1_000);
const milliseconds = time();

const trigger = z.object({ id: idSchema, name, ...lineageShape });

const counts = z.object({
  ...{ succeeded: count(), failed: count() },
  ...{ skipped: count(), cancelled: count() },
} satisfies Record<Outcome, z.ZodNumber>);

/** What every event of a job has. */
const ofJob = {
  jobId: idSchema.describe('the job'),
  name: name.describe('the name of its graph').optional(),
  graphHash: name.optional(),
  owner: name.optional(),
  priority: z.enum(PRIORITIES).optional(),
  nodes: count().describe('nodes of the graph'),
  trigger: trigger.describe('the trigger that started it').optional(),
  traceId: name.optional(),
  status: z.enum(JOB_OUTCOMES).describe('how it ended, where it has').optional(),
  outcomes: counts.describe('nodes by how they ended, once it has').optional(),
};

const ofRecovery = {
  ...ofJob,
  recoveryId: name.describe('the same in all events of a recovery'),
  nodeId: idSchema.describe('absent where the workflow of the job is recovered').optional(),
  attempt: count().optional(),
};

const ofDependency = {
  dependency: idSchema,
  why: said.optional(),
  until: milliseconds.describe('when it half opens by itself').optional(),
  probes: count().optional(),
  status: z.enum(['open', 'closed']).describe('what a person holds it at').optional(),
  by: name.optional(),
  reason: said.optional(),
};

const tally = z.object({ bad: count(), of: count() });

const ofFlake = {
  of: z.enum(['node', 'test']),
  id: name.describe('of a node its hash, of a test its key'),
  name: said,
  why: said,
  jobId: idSchema.describe('the job in which it was noticed'),
};

const ofLetters = {
  group: idSchema,
  signature: name.describe('the same for failures that say the same').optional(),
  class: z.enum(FAILURE_CLASSES).optional(),
  count: count().describe('letters it is about'),
  letters: z
    .array(
      z.object({
        letterId: idSchema,
        kind: z.enum(LETTER_KINDS).optional(),
        jobId: idSchema.optional(),
        nodeId: idSchema.optional(),
        attempt: count().optional(),
        why: said.optional(),
      }),
    )
    .max(100)
    .describe('the first hundred'),
};

const ofTrigger = { trigger, owner: name.optional() };

const type = <Shape extends z.ZodRawShape>(
  [topic, severity, version = 1]: readonly [Topic, Severity, number?],
  when: string,
  shape: Shape,
): EventType => ({ version, topic, severity, when, detail: z.object(shape) });

/**
 * Every type of event that the engine publishes, with its schema: docs/events.md is made of it. A new one is an entry here;
 * what nobody has described is found by the tests of those who publish.
 */
export const EVENT_TYPES = {
  'orchestration.execution.started': type(['execution', 'info'], 'A job was admitted.', ofJob),
  'orchestration.execution.completed': type(
    ['execution', 'info'],
    'A job ended, and nothing in it failed that matters.',
    ofJob,
  ),
  'orchestration.execution.failed': type(['failure', 'warning'], 'A job ended, and failed.', ofJob),
  'orchestration.execution.cancelled': type(['execution', 'info'], 'A job was cancelled.', ofJob),

  'orchestration.recovery.initiated': type(['recovery', 'info'], 'A recovery began.', {
    ...ofRecovery,
    cause: z.enum(RECOVERY_CAUSES),
    strategy: z.enum(RECOVERY_STRATEGIES),
    workerId: idSchema.optional(),
    until: milliseconds.optional(),
    run: count().describe('of `resume`: which run of the workflow begins').optional(),
    why: said,
  }),
  'orchestration.recovery.completed': type(['recovery', 'info'], 'A recovery came to its end.', {
    ...ofRecovery,
    strategy: z.enum(RECOVERY_STRATEGIES),
    durationMs: milliseconds,
  }),
  'orchestration.recovery.failed': type(
    ['recovery', 'critical'],
    'A recovery came to nothing: a person has to decide.',
    {
      ...ofRecovery,
      cause: z.enum(RECOVERY_CAUSES),
      tried: z.array(z.enum(RECOVERY_STRATEGIES)).max(16),
      why: said,
      alert: z.object({
        title: name,
        severity: z.literal('critical'),
        message: name,
        description: said,
        escalation: z
          .array(z.object({ notify: name, afterMinutes: count() }))
          .max(16)
          .describe('who is told, and how many minutes after it failed'),
        impact: z.object({ nodes: count(), open: count() }),
      }),
    },
  ),

  'orchestration.rollback.started': type(['recovery', 'warning'], 'A job begins to be undone.', {
    ...ofJob,
    reason: said,
    to: count().describe('what was complete by this event of its journal stays').optional(),
    order: name.optional(),
    steps: count(),
  }),
  'orchestration.rollback.completed': type(
    ['recovery', 'warning'],
    'All that could be undone of a job is undone.',
    {
      ...ofJob,
      undone: count(),
      parked: count().describe('nodes that could not be undone'),
      parkedNodes: ids,
    },
  ),

  'orchestration.system.overload': type(
    ['health', 'critical'],
    'Jobs are turned away, as the queue of a pool is full or drained; at most once a minute.',
    {
      pool: idSchema,
      waiting: count(),
      running: count(),
      status: z.enum(QUEUE_STATUSES),
      maxWaitingJobs: count(),
    },
  ),
  'orchestration.node.failure': type(
    ['health', 'warning'],
    'A worker was lost or cordoned, or does worse than its peers.',
    {
      pool: idSchema,
      workerId: idSchema,
      status: z
        .enum(['lost', 'cordoned', 'suspected', 'cleared'])
        .describe('`suspected`: it does worse than its peers; `cleared`: no longer'),
      reason: said,
      until: milliseconds.describe('until when it is cordoned').optional(),
      cause: z.enum(['refusals', 'health', 'probation']).describe('where no person cordoned it').optional(),
      evidence: z
        .object({
          ...{ own: tally, peers: tally },
          ...{ failed: count(), slow: count() },
          chance: amount(1),
        })
        .partial()
        .describe('how it compares with its peers')
        .optional(),
      chance: amount(1).describe('that as bad or worse is luck').optional(),
    },
  ),
  'orchestration.capacity.warning': type(
    ['health', 'warning'],
    'A pool has, or will have, less than its work asks for; or it no longer is so.',
    {
      pool: idSchema,
      status: z.enum(['raised', 'cleared']),
      condition: z
        .enum(CAPACITY_CONDITIONS)
        .describe('`forecast`: the demand to come; `waits`: what waits now'),
      found: amount().describe('slots that are asked for, or the wait at p95 in milliseconds'),
      limit: amount().describe('slots that there are, or the wait that is aimed at'),
    },
  ),
  'orchestration.dependency.degrading': type(
    ['health', 'warning'],
    'A dependency fails more, or is slower, than it used to; its breaker is still closed.',
    { dependency: idSchema, why: said },
  ),
  'orchestration.dependency.steady': type(['health', 'info'], 'That warning is over.', {
    dependency: idSchema,
    why: said,
  }),
  'orchestration.flake.rising': type(
    ['failure', 'warning'],
    'A node or a test fails more often with the same input than it used to.',
    ofFlake,
  ),
  'orchestration.flake.settled': type(['failure', 'info'], 'That warning is over.', ofFlake),
  'orchestration.workflow.lost': type(['failure', 'warning'], 'A workflow ended before its job.', {
    ...ofJob,
    status: z.enum([...JOB_OUTCOMES, ...WORKFLOW_ENDINGS]),
    reason: said,
    run: count().optional(),
  }),
  'orchestration.state.repaired': type(
    ['health', 'info'],
    'What journals, workers and workflows did not agree about was put right.',
    {
      kind: name,
      why: said,
      jobId: idSchema.optional(),
      nodeId: idSchema.optional(),
      attempt: count().optional(),
      workerId: idSchema.optional(),
      triggerId: idSchema.optional(),
      dependency: idSchema.optional(),
      pool: idSchema.optional(),
      executionId: name.optional(),
      trigger: trigger.optional(),
    },
  ),
  'orchestration.cleanup.completed': type(['health', 'info'], 'What is over was archived and removed.', {
    run: name,
    counts: recordOf(name, count(), { most: 64 }),
    bytes: count(),
    failed: count(),
    complete: z.boolean(),
  }),

  'orchestration.dependency.opened': type(
    ['health', 'warning'],
    'A dependency fails so often that work which needs it waits.',
    ofDependency,
  ),
  'orchestration.dependency.half_opened': type(
    ['health', 'info'],
    'A few attempts find out whether a dependency is well again.',
    ofDependency,
  ),
  'orchestration.dependency.closed': type(['health', 'info'], 'A dependency is well again.', ofDependency),

  'orchestration.letter.parked': type(
    ['failure', 'warning'],
    'Work was parked as a dead letter: a person has to look.',
    ofLetters,
  ),
  'orchestration.letter.redriven': type(['recovery', 'info'], 'Dead letters run again.', {
    ...ofLetters,
    orderId: name,
    reason: said,
    jobId: idSchema.optional(),
    canary: z.literal(true).optional(),
    force: z.literal(true).optional(),
  }),
  'orchestration.letter.resolved': type(['recovery', 'info'], 'Dead letters are done with.', {
    ...ofLetters,
    how: name,
    why: said.optional(),
    by: name.describe('the person who did it, where it was one').optional(),
    seq: count().describe('of what their job said').optional(),
  }),

  'orchestration.trigger.fired': type(['execution', 'info'], 'A trigger started a job.', {
    ...ofTrigger,
    jobId: idSchema,
    firing: name,
  }),
  'orchestration.trigger.skipped': type(['execution', 'info'], 'A trigger fired, and no job starts.', {
    ...ofTrigger,
    firing: name,
    reason: name,
  }),
  'orchestration.trigger.missed': type(
    ['failure', 'warning'],
    'A trigger was due while nobody could start its job.',
    { ...ofTrigger, count: count(), from: milliseconds, to: milliseconds },
  ),
  'orchestration.trigger.jobRefused': type(['failure', 'warning'], 'The job of a trigger was refused.', {
    ...ofTrigger,
    jobId: idSchema,
    reason: said,
  }),
  'orchestration.job.refused': type(['failure', 'warning'], 'A job that an event asked for was refused.', {
    error: z.object({
      code: name,
      message: said,
      problems: z.array(z.object({ path: said, message: said })).max(1_000),
    }),
    event: recordOf(name, z.unknown(), { most: 1_000, bytes: 262_144 }),
  }),
} as const satisfies Readonly<Record<string, EventType>>;

export type EventTypeName = keyof typeof EVENT_TYPES;

export const eventTypeNames = Object.keys(EVENT_TYPES) as EventTypeName[];

export function isEventType(text: string): text is EventTypeName {
  return Object.hasOwn(EVENT_TYPES, text);
}
