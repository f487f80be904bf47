import { z } from 'zod';
import { parseDuration } from '../../core/model/duration';
import { PRIORITIES } from '../../core/dag/graph';
import { OUTCOMES } from '../../core/job/events';
import { failureSchema, outputsSchema } from '../../core/messages/job';
import { parametersSchema } from '../../core/model/parameters';
import { QUEUE_STATUSES, resourcesSchema, workerSchema } from '../../core/messages/pool';

/**
 * What crosses HTTP, in one place: the REST API of the engine and the Test Execution Engine contract of the
 * workers. Field names are snake case on the wire. Types, validation and documentation come from here.
 */
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

// REST API -------------------------------------------------------------------------------------------------

/** SHA-256 of a graph, in hex. */
export const graphHash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits');
/** The execution graph as a JSON document; validated by the compiler's front end. */
const executionGraph = z.record(z.string(), z.unknown());

/** A deadline past this is a mistake, and no longer a time that every calendar can write. */
export const MAX_DEADLINE_MS = 365 * 24 * 3_600_000;

/** `30m`, `90s`, or a number of seconds; read as milliseconds. */
const deadline = z.union([z.string().max(32), z.number()]).transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms > 0 && ms <= MAX_DEADLINE_MS) return ms;
  context.addIssue({ code: 'custom', message: 'expected a duration such as 30m or 2h, a year at most' });
  return z.NEVER;
});

/** `POST /jobs`. Header `Idempotency-Key` makes a repeated submission the same job. */
export const submitJobRequest = z
  .strictObject({
    /** Either the graph itself ... */
    execution_graph: executionGraph.optional(),
    /** ... or the hash of one that was registered or submitted before; 404 when there is none. */
    graph_hash: graphHash.optional(),
    priority: z.enum(PRIORITIES).default('normal'),
    pool: id.default('default'),
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
  job_id: id,
  status: z.string(),
  graph_hash: z.string(),
  nodes: z.number(),
});
export type SubmitJobResponse = z.infer<typeof submitJobResponse>;

export const nodeView = z.object({
  status: z.enum([...OUTCOMES, 'waiting', 'expanded', 'ready', 'running', 'backoff']),
  attempts: z.number(),
  worker_id: z.string().optional(),
  duration_seconds: z.number().optional(),
  reason: z.string().optional(),
  outputs: outputsSchema.optional(),
});

/** `GET /jobs/{jobId}` */
export const jobView = z.object({
  job_id: id,
  name: z.string(),
  status: z.string(),
  owner: z.string(),
  priority: z.enum(PRIORITIES),
  graph_hash: z.string(),
  submitted_at: z.iso.datetime(),
  finished_at: z.iso.datetime().optional(),
  /** Nothing of it is handed out until it is unpaused; what runs goes on. */
  paused: z.boolean().optional(),
  /** When it has to be over. */
  deadline: z.iso.datetime().optional(),
  parameters: parametersSchema.optional(),
  /** The trigger that started it. */
  trigger: z.string().optional(),
  /** When it will be over if nothing fails; absent once it is. */
  estimated_completion: z.iso.datetime().optional(),
  /** Share of the expected work that is done. */
  progress_percentage: z.number(),
  /** Nodes that run now. */
  current_nodes: z.array(z.string()),
  /** Slots that this job's running nodes take, and all that the open workers of its pool have. */
  resource_utilization: z.object({ slots_in_use: z.number(), slots_of_pool: z.number() }).optional(),
  nodes: z.record(z.string(), nodeView),
});
export type JobView = z.infer<typeof jobView>;

/** `GET /jobs/{jobId}/events?from=SEQ&limit=N`: events as the journal recorded them, hashes and all. */
export const jobEventsResponse = z.object({
  job_id: id,
  events: z.array(z.looseObject({ seq: z.number(), at: z.number(), type: z.string() })),
  /** Where the next page begins; absent on the last. */
  next_from: z.number().optional(),
});
export type JobEventsResponse = z.infer<typeof jobEventsResponse>;

/** `GET /jobs?status=S&limit=N&cursor=C`: the caller's own jobs, newest first. */
export const listJobsResponse = z.object({
  jobs: z.array(
    jobView.pick({ job_id: true, name: true, status: true, owner: true, priority: true, submitted_at: true }),
  ),
  /** Where the next page begins; absent on the last. */
  next_cursor: z.string().optional(),
});
export type ListJobsResponse = z.infer<typeof listJobsResponse>;

/** `POST /jobs/{jobId}/cancel` */
export const cancelJobRequest = z.strictObject({
  reason: z.string().max(500).default('cancelled by request'),
});

/** `POST /jobs/{jobId}/pause` */
export const pauseJobRequest = z.strictObject({
  reason: z.string().max(500).default('paused by request'),
});

/** `POST /jobs/{jobId}/unpause` */
export const unpauseJobRequest = z.strictObject({
  reason: z.string().max(500).default('unpaused by request'),
});

/** `POST /jobs/{jobId}/priority` */
export const jobPriorityRequest = z.strictObject({ priority: z.enum(PRIORITIES) });

/** 202 to every command: it was asked for. `status` is that of the job at this time. */
export const jobCommandResponse = z.object({ job_id: id, status: z.string() });
export const cancelJobResponse = jobCommandResponse;

/** `GET /queues/{pool}`: the queue of jobs of a pool, and the workers it counts on. */
export const queueView = z.object({
  pool: id,
  status: z.enum(QUEUE_STATUSES),
  /** Jobs that wait to be admitted. */
  waiting: z.number(),
  /** Jobs that were admitted and are not over. */
  running: z.number(),
  limits: z.object({ max_running_jobs: z.number(), max_waiting_jobs: z.number() }),
  workers: z.array(
    z.object({
      worker_id: id,
      status: z.enum(['active', 'draining', 'cordoned']),
      /** Why it is cordoned, and until when; without a time, until it is uncordoned. */
      cordon: z.object({ reason: z.string(), until: z.iso.datetime().optional() }).optional(),
      labels: z.array(z.string()),
      slots: z.number(),
      free_slots: z.number(),
      resources: resourcesSchema.optional(),
    }),
  ),
});
export type QueueView = z.infer<typeof queueView>;

/** `POST /queues/{pool}`: what is left out stays as it is. */
export const changeQueueRequest = z
  .strictObject({
    status: z.enum(QUEUE_STATUSES).optional(),
    max_running_jobs: z.number().int().positive().optional(),
  })
  .refine(({ status, max_running_jobs }) => status !== undefined || max_running_jobs !== undefined, {
    path: ['status'],
    message: 'send status, max_running_jobs or both',
  });

/** 202: it was asked for. */
export const changeQueueResponse = z.object({ pool: id });

/** `POST /workers` registers a worker; repeat it after a 404 of the heartbeat. */
export const registerWorkerRequest = z.strictObject({
  worker_id: id,
  pool: id.default('default'),
  labels: z.array(z.string().max(64)).max(64),
  slots: workerSchema.shape.slots,
  /** Amounts of named resources that the work of this node shares. */
  resources: resourcesSchema.exactOptional(),
  /** Where this node serves the Test Execution Engine contract, reachable from the engine. */
  endpoint: z.url(),
});
export type RegisterWorkerRequest = z.input<typeof registerWorkerRequest>;

/** 201. The node accepts only calls that carry `dispatch_token` as bearer token. */
export const registerWorkerResponse = z.object({
  worker_id: id,
  dispatch_token: z.string(),
  heartbeat_seconds: z.number(),
});

/** `POST /workers/{workerId}/cordon`: it gets no new work until it is uncordoned; what it runs goes on. */
export const cordonWorkerRequest = z.strictObject({
  pool: id.default('default'),
  reason: z.string().min(1).max(500),
});

/** `POST /workers/{workerId}/uncordon` */
export const uncordonWorkerRequest = z.strictObject({ pool: id.default('default') });

/** `POST /workers/{workerId}/heartbeat`; 404 when the engine holds the node for lost. */
export const heartbeatRequest = z.strictObject({
  pool: id.default('default'),
  running: z.number().int().nonnegative(),
  /** The node finishes what it runs and takes nothing new. */
  draining: z.boolean().exactOptional(),
});

// Callbacks: `POST /jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/{report}`, header `X-Attempt-Token`.

export const CALLBACKS = ['started', 'progress', 'completed', 'failed'] as const;
export type Callback = (typeof CALLBACKS)[number];

export const callbackBodies = {
  started: z.strictObject({ worker_id: id }),
  progress: z.strictObject({
    worker_id: id,
    percentage: z.number().min(0).max(100),
    message: z.string().max(500).exactOptional(),
  }),
  completed: z.strictObject({ worker_id: id, duration_ms: z.number().nonnegative(), outputs: outputsSchema }),
  failed: z.strictObject({ worker_id: id, duration_ms: z.number().nonnegative(), failure: failureSchema }),
} as const satisfies Record<Callback, z.ZodType>;

/** 202 to every callback. */
export const callbackResponse = z.object({ job_id: id, node_id: id, attempt: z.number().int().positive() });

// Test Execution Engine: served by every worker under its endpoint -----------------------------------

/** `POST {endpoint}/executions` (submit_job): 202, idempotent by job, node and attempt. */
export const executionRequest = z.strictObject({
  job_id: id,
  node_id: id,
  attempt: z.number().int().positive(),
  work: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('command'), run: z.string() }),
    z.strictObject({ kind: z.literal('suite'), suite: z.string() }),
  ]),
  timeout_ms: z.number().positive(),
  /** For the environment of the command: `REPRISE_PARAM_<NAME>`. */
  parameters: parametersSchema.exactOptional(),
  trace_id: z.string(),
  /** Sent back as `X-Attempt-Token` with every callback of this attempt. */
  attempt_token: z.string(),
});
export type ExecutionRequestBody = z.infer<typeof executionRequest>;

/** `GET {endpoint}/executions/{jobId}/{nodeId}/{attempt}` (get_execution_status) */
export const executionStatus = z.object({ status: z.enum(['unknown', 'running', 'finished']) });

/** `POST {endpoint}/executions/{jobId}/{nodeId}/{attempt}/cancel` (cancel_execution) */
export const cancelExecutionRequest = z.strictObject({ reason: z.string() });

/** `GET {endpoint}/executions/{jobId}/{nodeId}/{attempt}/results` (get_execution_results): 404 until finished. */
export const executionResults = z.discriminatedUnion('status', [
  z.object({ status: z.literal('succeeded'), duration_ms: z.number(), outputs: outputsSchema }),
  z.object({ status: z.literal('failed'), duration_ms: z.number(), failure: failureSchema }),
]);

/** Every error of the API. */
export const errorResponse = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
  trace_id: z.string(),
});
