import type * as z from 'zod';
import { assertNever } from '../core/errors';
import type { AttemptReport } from '../core/messages/report';
import type { AttemptRef } from '../core/model/attempt';
import { present } from '../core/model/present';
import type { ReadOnly } from '../core/model/read-only';
import type { AttemptRequest } from '../core/ports/execution';
import type {
  Callback,
  callbackBodies,
  ExecutionRequestBody,
  executionRef,
  executionResults,
} from './executions';

/** Attempts as the ports know them and as they cross HTTP. */

type Bodies = typeof callbackBodies;
export type CallbackOf = {
  [C in Callback]: { readonly callback: C; readonly body: ReadOnly<z.output<Bodies[C]>> };
}[Callback];
export type ResultsBody = ReadOnly<z.output<typeof executionResults>>;
type Ending = Extract<AttemptReport, { type: 'succeeded' | 'failed' }>;

export function toRequestBody(request: AttemptRequest, attemptToken: string): ExecutionRequestBody {
  const { jobId, nodeId, attempt, work, timeoutMs, traceId, parameters } = request;
  return {
    ...{ job_id: jobId, node_id: nodeId, attempt, work },
    ...{ timeout_ms: timeoutMs, ...present({ parameters }), trace_id: traceId, attempt_token: attemptToken },
  };
}

export function refOf(body: z.output<typeof executionRef>): AttemptRef {
  return { jobId: body.job_id, nodeId: body.node_id, attempt: body.attempt };
}

export function bodyOfRef({ jobId, nodeId, attempt }: AttemptRef): z.output<typeof executionRef> {
  return { job_id: jobId, node_id: nodeId, attempt };
}

export function fromRequestBody(body: ExecutionRequestBody): AttemptRequest {
  const { job_id: jobId, node_id: nodeId, attempt, work, parameters } = body;
  const request = { jobId, nodeId, attempt, work, timeoutMs: body.timeout_ms, traceId: body.trace_id };
  return { ...request, ...present({ parameters }) };
}

export function toCallback(report: AttemptReport, workerId: string): CallbackOf {
  const by = { worker_id: workerId };
  switch (report.type) {
    case 'started':
      return { callback: 'started', body: by };
    case 'progressed': {
      const { percentage, message } = report;
      return { callback: 'progress', body: { ...by, percentage, ...present({ message }) } };
    }
    case 'succeeded': {
      const { durationMs, outputs, tests } = report;
      return {
        callback: 'completed',
        body: { ...by, duration_ms: durationMs, outputs, ...present({ tests }) },
      };
    }
    case 'failed': {
      const { durationMs, failure, outputs, tests } = report;
      return {
        callback: 'failed',
        body: { ...by, duration_ms: durationMs, failure, ...present({ outputs, tests }) },
      };
    }
    default:
      return assertNever(report, 'report');
  }
}

export function fromCallback({ callback, body }: CallbackOf): AttemptReport {
  switch (callback) {
    case 'started':
      return { type: 'started' };
    case 'progress': {
      const { percentage, message } = body;
      return { type: 'progressed', percentage, ...present({ message }) };
    }
    case 'completed':
      return succeededReport(body);
    case 'failed':
      return failedReport(body);
    default:
      return assertNever(callback, 'callback');
  }
}

export function isEnding(report: AttemptReport): report is Ending {
  return report.type === 'succeeded' || report.type === 'failed';
}

export function toResultsBody(report: Ending): ResultsBody {
  const { durationMs } = report;
  if (report.type === 'failed') {
    const { failure, outputs, tests } = report;
    return { status: 'failed', duration_ms: durationMs, failure, ...present({ outputs, tests }) };
  }
  const { outputs, tests } = report;
  return { status: 'succeeded', duration_ms: durationMs, outputs, ...present({ tests }) };
}

export function fromResultsBody(body: ResultsBody): AttemptReport {
  if (body.status === 'failed') return failedReport(body);
  return succeededReport(body);
}

type SucceededBody = ReadOnly<z.output<Bodies['completed']>> | Extract<ResultsBody, { status: 'succeeded' }>;

function succeededReport({ duration_ms: durationMs, outputs, tests }: SucceededBody): AttemptReport {
  return { type: 'succeeded', durationMs, outputs, ...present({ tests }) };
}

type FailedBody = ReadOnly<z.output<Bodies['failed']>> | Extract<ResultsBody, { status: 'failed' }>;

function failedReport({ duration_ms: durationMs, failure, outputs, tests }: FailedBody): AttemptReport {
  return { type: 'failed', durationMs, failure, ...present({ outputs, tests }) };
}
