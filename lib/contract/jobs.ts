import * as z from 'zod';
import { FAILURE_POLICIES, TRIGGER_RULES } from '../core/dag/graph';
import { RESUME_WHYS } from '../core/job/resume-plan';
import { STEP_PHASES } from '../core/job/rollback-state';
import { LIMITS } from '../core/limits';
import { amount, count, line, positive, recordOf, text } from '../core/model/bounded';
import { parseDuration } from '../core/model/duration';
import { graphHashSchema, idSchema } from '../core/model/ids';
import { JOB_TYPES } from '../core/model/job-type';
import { JOB_OUTCOMES, OUTCOMES } from '../core/model/outcome';
import { outputsSchema } from '../core/model/outputs';
import { parametersSchema } from '../core/model/parameters';
import { PRIORITIES } from '../core/model/priority';
import { RECOVERY_CAUSES, RECOVERY_STRATEGIES } from '../core/model/recovery';
import { listKeys, nextPage } from './list';

/** Jobs, as they cross HTTP. Field names are snake case on the wire. */

export const jobParams = z.object({ jobId: idSchema });

/** The execution graph as a JSON document; validated by the compiler's front end. */
export const executionGraph = recordOf(text(LIMITS.graphBodyBytes), z.unknown(), {
  most: LIMITS.documentValues,
});

/** `30m`, `90s`, or a number of seconds; read as milliseconds. */
const deadline = z.union([text(32), amount(LIMITS.deadlineMs)]).transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0 && ms <= LIMITS.deadlineMs) return ms;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 30m or 2h, a year at most' });
  return z.NEVER;
});

/** `POST /jobs`. Header `Idempotency-Key` makes a repeated submission the same job. */
export const submitJobRequest = z
  .strictObject({
    /** Either the graph itself ... */
    execution_graph: executionGraph.optional(),
    /** ... or the hash of one that was registered or submitted before; 404 when there is none. */
    graph_hash: graphHashSchema.optional(),
    priority: z.enum(PRIORITIES).default('normal'),
    pool: idSchema.default('default'),
    /** How much it matters; that of the graph, or STANDARD, where it is left out. */
    type: z.enum(JOB_TYPES).optional(),
    /** The job fails when it is not over so long after its submission. */
    deadline: deadline.optional(),
    /** Text by name: commands see it as `REPRISE_PARAM_<NAME>`, conditions as `parameters.<name>`. */
    parameters: parametersSchema.optional(),
  })
  .refine(
    ({ execution_graph, graph_hash }) => (execution_graph === undefined) !== (graph_hash === undefined),
    {
      path: ['execution_graph'],
      message: 'send either execution_graph or graph_hash',
    },
  );
export type SubmitJobRequest = z.input<typeof submitJobRequest>;

/** 202 */
export const submitJobResponse = z.object({
  job_id: idSchema,
  status: z.string(),
  graph_hash: z.string(),
  nodes: z.number(),
});
export type SubmitJobResponse = z.infer<typeof submitJobResponse>;

/** `?nodes_from=ID`: the page of nodes that begins with this one. */
export const jobQuery = z.strictObject({ nodes_from: idSchema.optional() });

/** A node of a job. */
const nodeView = z.object({
  status: z.enum([...OUTCOMES, 'waiting', 'expanded', 'ready', 'running', 'backoff']),
  attempts: z.number(),
  worker_id: z.string().optional(),
  /** Of one that is ready: the dependency that keeps it from being handed out. */
  waits_for: z.string().optional(),
  /** A recovery of it that is not over. */
  recovery: z.object({ cause: z.enum(RECOVERY_CAUSES), strategy: z.enum(RECOVERY_STRATEGIES) }).optional(),
  duration_seconds: z.number().optional(),
  reason: z.string().optional(),
  /** It counts as succeeded though its last attempt failed: known flakes did. */
  warning: z.string().optional(),
  /** How far it is undone: `undone` and `parked` stand, and then it runs again when its job does. */
  rollback: z.enum(STEP_PHASES).optional(),
  outputs: outputsSchema.optional(),
});

export type NodeView = z.infer<typeof nodeView>;

/** The latest rollback of a job. */
const rollbackView = z.object({
  /** `requested`: what runs of the job comes to rest first. */
  status: z.enum(['requested', 'running', 'completed']),
  reason: z.string(),
  /** What was complete at this event of the journal stays. */
  to: z.number().optional(),
  /** How many nodes are to be undone, were, and could not be; the nodes say which. */
  steps: z.number(),
  undone: z.number(),
  parked: z.number(),
});

/** `GET /jobs/{jobId}` */
export const jobView = z.object({
  job_id: idSchema,
  name: z.string(),
  status: z.string(),
  owner: z.string(),
  priority: z.enum(PRIORITIES),
  type: z.enum(JOB_TYPES).optional(),
  /** Of the graph that it follows: the one that it was submitted with, or was resumed over. */
  graph_hash: z.string(),
  /** How many executions its workflow has had; 0 before it was admitted. */
  run: z.number().optional(),
  /** Sequence of the last event that this shows: its checkpoint. */
  checkpoint: z.number().optional(),
  submitted_at: z.iso.datetime(),
  finished_at: z.iso.datetime().optional(),
  /** Users who may use it beside its owner. */
  shared_with: z.array(z.string()).optional(),
  /** Nothing of it is handed out until it is unpaused; what runs goes on. */
  paused: z.boolean().optional(),
  /** When it has to be over. */
  deadline: z.iso.datetime().optional(),
  parameters: parametersSchema.optional(),
  /** The trigger that started it. */
  trigger: z.string().optional(),
  /** When it will be over if nothing fails; absent once it is, and while it is undone. */
  estimated_completion: z.iso.datetime().optional(),
  /** Share of the expected work that is done. */
  progress_percentage: z.number(),
  /** Nodes that run now, or are being undone. */
  current_nodes: z.array(z.string()),
  /** Slots that this job's running nodes take, and all that the open workers of its pool have. */
  resource_utilization: z.object({ slots_in_use: z.number(), slots_of_pool: z.number() }).optional(),
  rollback: rollbackView.optional(),
  /** In the order of the graph; all of them, or a page where they do not fit one answer. */
  nodes: z.record(z.string(), nodeView),
  /** Where the next page of nodes begins, for `nodes_from`; absent on the last. */
  next_nodes: z.string().optional(),
});
export type JobView = z.infer<typeof jobView>;

/** An event as the journal recorded it, hashes and all, so that a caller can verify its chain. */
export const recordedEvent: z.ZodType<{ readonly seq: number; readonly at: number; readonly type: string }> =
  z.looseObject({ seq: z.number(), at: z.number(), type: z.string() });

/** `?from=SEQ&limit=N`: `from` is the sequence of the first event wanted. */
export const eventsQuery = z.strictObject({
  from: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(1),
  limit: z.coerce.number().int().min(1).max(LIMITS.eventsPage).default(100),
});

/** `GET /jobs/{jobId}/events?from=SEQ&limit=N`: events as the journal recorded them, hashes and all. */
export const jobEventsResponse = z.object({
  job_id: idSchema,
  events: z.array(recordedEvent),
  /** Where the next page begins; absent on the last. */
  next_from: z.number().optional(),
});
export type JobEventsResponse = z.infer<typeof jobEventsResponse>;

/** `?owner=NAME`: an administrator asks for what belongs to somebody else. */
export const ownerQuery = z.strictObject({ owner: text(LIMITS.ownerLength).min(1).optional() });

/** `GET /jobs` */
export const listJobsQuery = ownerQuery.extend({
  /** Jobs of others that are shared with the owner, in place of those that are the owner's. */
  shared: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true'),
  status: z.enum(['submitted', 'running', ...JOB_OUTCOMES]).optional(),
  ...listKeys(['-submitted_at', 'submitted_at'], LIMITS.jobsPage, 20),
});

/** `GET /jobs?status=S&limit=N&cursor=C`: the caller's own jobs, or an owner's, newest first. */
export const listJobsResponse = z.object({
  jobs: z.array(
    jobView.pick({ job_id: true, name: true, status: true, owner: true, priority: true, submitted_at: true }),
  ),
  ...nextPage,
});

/** `GET /jobs/{jobId}/report/junit`: JUnit XML, a suite a node. */
export const jobJUnit = z.string();

/** `GET /jobs/{jobId}/report/ctrf`: a report of CTRF (https://ctrf.io, specification 0.0.0). */
export const jobCtrf = z.looseObject({
  reportFormat: z.literal('CTRF'),
  specVersion: z.string(),
  /** The id of the job. */
  runId: z.string(),
  results: z.looseObject({
    tool: z.looseObject({ name: z.string() }),
    summary: z.looseObject({ tests: z.number(), passed: z.number(), failed: z.number() }),
    tests: z.array(z.looseObject({ name: z.string(), status: z.string(), duration: z.number() })),
  }),
});

/** `POST /jobs/{jobId}/cancel` */
export const cancelJobRequest = z.strictObject({
  reason: line(LIMITS.reasonLength).min(1).default('cancelled by request'),
  /** Ends what cleans up too (`trigger: always`), also in a job that is being cancelled already. */
  force: z.boolean().default(false),
});

/** `POST /jobs/{jobId}/pause` */
export const pauseJobRequest = z.strictObject({
  reason: line(LIMITS.reasonLength).min(1).default('paused by request'),
});

/** `POST /jobs/{jobId}/unpause` */
export const unpauseJobRequest = z.strictObject({
  reason: line(LIMITS.reasonLength).min(1).default('unpaused by request'),
});

/** `POST /jobs/{jobId}/retry` */
export const retryJobRequest = z.strictObject({
  /** What is tried again; all that waits for its next attempt, and all that failed, where it is left out. */
  nodes: z.array(idSchema).min(1).max(LIMITS.retriedNodes).optional(),
  reason: line(LIMITS.reasonLength).min(1).default('tried again by request'),
  /** As far as the caller wants to go: see docs/retries.md. */
  level: positive(LIMITS.retryLevel).optional(),
});
export type RetryJobRequest = z.input<typeof retryJobRequest>;

/** `POST /jobs/{jobId}/rollback` */
export const rollbackJobRequest = z.strictObject({
  /** Sequence of an event of the journal: nodes that were complete by then stay as they are. */
  to: count().optional(),
  reason: line(LIMITS.reasonLength).min(1).default('rolled back by request'),
});
export type RollbackJobRequest = z.input<typeof rollbackJobRequest>;
/** `POST /jobs/{jobId}/resume`: an ended job runs again what did not succeed, and whatever else is asked for. */
export const resumeJobRequest = z
  .strictObject({
    reason: line(LIMITS.reasonLength).min(1).default('resumed by request'),
    /** These nodes run again whatever became of them, and all that is downstream of them. */
    from: z.array(idSchema).min(1).max(LIMITS.retriedNodes).optional(),
    /** Another graph to go on over: itself ... */
    execution_graph: executionGraph.optional(),
    /** ... or the hash of one that was registered or submitted before. */
    graph_hash: graphHashSchema.optional(),
    /** Only says what would run. */
    dry_run: z.boolean().default(false),
  })
  .refine(({ execution_graph, graph_hash }) => execution_graph === undefined || graph_hash === undefined, {
    path: ['execution_graph'],
    message: 'send either execution_graph or graph_hash, or neither to go on over the same graph',
  });

/** What becomes of a node when its job is resumed. */
const resumedNode = z.object({
  runs: z.boolean(),
  /** See docs/resume.md. */
  why: z.enum(RESUME_WHYS),
  /** Of one that is downstream: of which node. */
  of: idSchema.optional(),
});

/** 202: it was asked for. 200: of a dry run, and where nothing is to be done. */
export const resumeJobResponse = z.object({
  job_id: idSchema,
  /** Of the job at this time. */
  status: z.string(),
  /** Of the graph that it goes on over. */
  graph_hash: z.string(),
  dry_run: z.boolean(),
  /** How many nodes run, and how many keep their results. */
  runs: z.number(),
  keeps: z.number(),
  /** In the order of the graph. */
  nodes: z.record(z.string(), resumedNode),
  /** Nodes that the graph has no more. */
  gone: z.array(z.string()),
});
export type ResumeJobResponse = z.infer<typeof resumeJobResponse>;

/** `POST /jobs/{jobId}/priority` */
export const jobPriorityRequest = z.strictObject({ priority: z.enum(PRIORITIES) });

/** `POST /jobs/{jobId}/share` and `/unshare`: a subject of a token, as `owner` of their own jobs names them. */
export const shareJobRequest = z.strictObject({ user: text(LIMITS.ownerLength).min(1) });

/** `GET /jobs/{jobId}/graph`: the graph that the job follows, as it was written; fan-outs are one node of it. */
export const jobGraphView = z.object({
  job_id: idSchema,
  name: z.string(),
  graph_hash: z.string(),
  on_failure: z.enum(FAILURE_POLICIES),
  /** In the order of the graph. */
  nodes: z.array(
    z.object({
      id: idSchema,
      needs: z.array(idSchema),
      trigger: z.enum(TRIGGER_RULES),
      /** What a worker does: the command, or the suite and its shard. */
      does: z.string(),
      slots: z.number(),
      labels: z.array(z.string()),
      dependencies: z.array(z.string()),
      when: z.string().optional(),
      for_each: z.string().optional(),
      /** What undoes it. */
      compensate: z.string().optional(),
      /** That its author expects. */
      duration_seconds: z.number().optional(),
    }),
  ),
});
export type JobGraphView = z.infer<typeof jobGraphView>;

/** `GET /jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/log`: what its command wrote, from a byte on. */
export const attemptLogQuery = z.strictObject({
  stream: z.enum(['stdout', 'stderr']).default('stdout'),
  from: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
  limit: z.coerce.number().int().min(1).max(LIMITS.logPageBytes).default(65_536),
});
export const attemptLog = z.object({
  text: z.string(),
  /** The byte behind the text: ask from there on for what comes next, while the attempt runs. */
  next_from: z.number(),
  /** Bytes that there are now. */
  size: z.number(),
});

/** `/jobs/{jobId}/nodes/{nodeId}` */
export const jobNodeParams = jobParams.extend({ nodeId: idSchema });

/** 202 to every command: it was asked for. `status` is that of the job at this time. */
export const jobCommandResponse = z.object({ job_id: idSchema, status: z.string() });
