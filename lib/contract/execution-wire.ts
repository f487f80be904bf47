import type { z } from 'zod';
import { assertNever } from '../core/errors';
import type { AttemptReport, ExecutionRef, ExecutionRequest } from '../core/ports/stores';
import type { Callback, callbackBodies, ExecutionRequestBody, executionResults } from '../adapters/http/contract';

/** Attempts as the ports know them and as they cross HTTP. */

type Bodies = typeof callbackBodies;
export type CallbackOf = {
  [C in Callback]: { readonly callback: C; readonly body: z.input<Bodies[C]> };
}[Callback];
export type ResultsBody = z.input<typeof executionResults>;
type Ending = Extract<AttemptReport, { type: 'succeeded' | 'failed' }>;

export function toRequestBody(request: ExecutionRequest, attemptToken: string): ExecutionRequestBody {
  const { jobId, nodeId, attempt, work, timeoutMs, traceId, parameters } = request;
  return {
    job_id: jobId,
    node_id: nodeId,
    attempt,
    work,
    timeout_ms: timeoutMs,
    ...(parameters === undefined ? {} : { parameters }),
    trace_id: traceId,
    attempt_token: attemptToken,
  };
}

export function fromRequestBody(body: ExecutionRequestBody): ExecutionRequest {
  const { job_id: jobId, node_id: nodeId, attempt, work, parameters } = body;
  return {
    ...{ jobId, nodeId, attempt, work, timeoutMs: body.timeout_ms, traceId: body.trace_id },
    ...(parameters === undefined ? {} : { parameters }),
  };
}

export function toCallback(report: AttemptReport, workerId: string): CallbackOf {
  const by = { worker_id: workerId };
  switch (report.type) {
    case 'started':
      return { callback: 'started', body: by };
    case 'progressed': {
      const message = report.message === undefined ? {} : { message: report.message };
      return { callback: 'progress', body: { ...by, percentage: report.percentage, ...message } };
    }
    case 'succeeded': {
      const outputs = report.outputs as z.input<Bodies['completed']>['outputs'];
      return { callback: 'completed', body: { ...by, duration_ms: report.durationMs, outputs } };
    }
    case 'failed':
      return {
        callback: 'failed',
        body: { ...by, duration_ms: report.durationMs, failure: report.failure },
      };
    default:
      return assertNever(report, 'report');
  }
}

export function isEnding(report: AttemptReport): report is Ending {
  return report.type === 'succeeded' || report.type === 'failed';
}

export function toResultsBody(report: Ending): ResultsBody {
  if (report.type === 'failed') {
    return { status: 'failed', duration_ms: report.durationMs, failure: report.failure };
  }
  const outputs = report.outputs as Extract<ResultsBody, { status: 'succeeded' }>['outputs'];
  return { status: 'succeeded', duration_ms: report.durationMs, outputs };
}

export function fromResultsBody(body: z.output<typeof executionResults>): AttemptReport {
  if (body.status === 'failed')
    return { type: 'failed', durationMs: body.duration_ms, failure: body.failure };
  return { type: 'succeeded', durationMs: body.duration_ms, outputs: body.outputs };
}

/** `<jobId>/<nodeId>/<attempt>`: the name of an attempt in paths and logs. Ids hold nothing to escape. */
export function attemptPath({ jobId, nodeId, attempt }: ExecutionRef): string {
  return `${jobId}/${nodeId}/${attempt}`;
}
