import * as z from 'zod';
import { LIMITS } from '../core/limits';
import { amount, line, positive, text, token } from '../core/model/bounded';
import { failureSchema } from '../core/model/failure';
import { idSchema } from '../core/model/ids';
import { outputsSchema } from '../core/model/outputs';
import { parametersSchema } from '../core/model/parameters';
import type { ReadOnly } from '../core/model/read-only';
import { testSummarySchema } from '../core/model/test-results';
import { workSchema } from '../core/model/work';
import { problemDetails } from './errors';

/** Attempts, as they cross HTTP between the engine and a worker. */

// Callbacks: `POST /jobs/{jobId}/nodes/{nodeId}/attempts/{attempt}/{report}`, header `X-Attempt-Token`.

const CALLBACKS = ['started', 'progress', 'completed', 'failed'] as const;
export type Callback = (typeof CALLBACKS)[number];

const duration_ms = amount(LIMITS.deadlineMs);

/** What the worker that `worker_id` names reports. */
export const callbackBodies = {
  started: z.strictObject({ worker_id: idSchema }),
  progress: z.strictObject({
    worker_id: idSchema,
    percentage: amount(100),
    message: text(LIMITS.reasonLength).exactOptional(),
  }),
  completed: z.strictObject({
    worker_id: idSchema,
    duration_ms,
    outputs: outputsSchema,
    /** What its reports say, of a node that has `reports`. */
    tests: testSummarySchema.exactOptional(),
  }),
  failed: z.strictObject({
    worker_id: idSchema,
    duration_ms,
    failure: failureSchema.strict(),
    /** What the attempt handed on before it failed. */
    outputs: outputsSchema.exactOptional(),
    tests: testSummarySchema.exactOptional(),
  }),
} as const satisfies Record<Callback, z.ZodType>;

export const attemptParams = z.object({
  jobId: idSchema,
  nodeId: idSchema,
  attempt: z.coerce.number().int().min(1).max(LIMITS.attempts),
});

/** 202 to every callback. */
export const callbackResponse = z.object({
  job_id: idSchema,
  node_id: idSchema,
  attempt: positive(LIMITS.attempts),
});

/** Reports of one call. */
export const MAX_REPORTS = 50;

/**
 * `POST /workers/{workerId}/reports`: callbacks of several attempts at once. Each is taken or refused by itself, so what is
 * in `body` is looked at with its own report, and a wrong one spoils no other.
 */
export const reportsRequest = z.strictObject({
  reports: z
    .array(
      z.strictObject({
        job_id: idSchema,
        node_id: idSchema,
        attempt: positive(LIMITS.attempts),
        attempt_token: token(LIMITS.tokenLength),
        callback: z.enum(CALLBACKS),
        body: z.looseObject({}),
      }),
    )
    .min(1)
    .max(MAX_REPORTS),
});

/** What a report would have been answered by itself, in the order of the reports: 202, or a status with its error. */
export const reportsResponse = z.object({
  results: z.array(z.object({ status: z.number().int(), error: problemDetails.exactOptional() })),
});

// Test Execution Engine: served by every worker under its endpoint.

/** `POST {endpoint}/executions` (submit_job): 202, idempotent by job, node and attempt. */
export const executionRequest = z.strictObject({
  job_id: idSchema,
  node_id: idSchema,
  attempt: positive(LIMITS.attempts),
  work: workSchema,
  /** The timers of a process end at 24.8 days, and what is past their range would end at once. */
  timeout_ms: positive(LIMITS.durationMs),
  /** For the environment of the command: `REPRISE_PARAM_<NAME>`. */
  parameters: parametersSchema.exactOptional(),
  trace_id: line(LIMITS.traceIdLength),
  /** Sent back as `X-Attempt-Token` with every callback of this attempt. */
  attempt_token: token(LIMITS.tokenLength),
});
export type ExecutionRequestBody = ReadOnly<z.infer<typeof executionRequest>>;

/**
 * A request with this header asks to hear in the answer whether the attempt has started. One that is answered so is not
 * reported as started besides.
 */
export const ANSWERS_HEADER = 'X-Reprise-Answers';
export const ANSWERS_START = 'started';

/** 202 to submit_job. */
export const executionAccepted = z.looseObject({ started: z.boolean().exactOptional() });

/** An attempt by its names alone. */
export const executionRef = executionRequest.pick({ job_id: true, node_id: true, attempt: true });

/** Attempts that a worker names in one answer at most: as many as fit a frame of its connection. */
export const MAX_RUNNING = 150;

/** `GET {endpoint}/executions`: what runs there, as far as it fits. */
export const runningExecutions = z.object({ running: z.array(executionRef).max(MAX_RUNNING) });

/** `GET {endpoint}/executions/{jobId}/{nodeId}/{attempt}` (get_execution_status) */
export const executionStatus = z.object({ status: z.enum(['unknown', 'running', 'finished']) });

/** `POST {endpoint}/executions/{jobId}/{nodeId}/{attempt}/cancel` (cancel_execution) */
export const cancelExecutionRequest = z.strictObject({ reason: text(LIMITS.messageLength) });

/** `GET {endpoint}/executions/{jobId}/{nodeId}/{attempt}/results` (get_execution_results): 404 until finished. */
export const executionResults = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('succeeded'),
    duration_ms,
    outputs: outputsSchema,
    tests: testSummarySchema.exactOptional(),
  }),
  z.object({
    status: z.literal('failed'),
    duration_ms,
    failure: failureSchema,
    outputs: outputsSchema.exactOptional(),
    tests: testSummarySchema.exactOptional(),
  }),
]);
