import { CHALLENGE, PROBLEM_JSON, type ProblemDetails, problemOf } from '../contract/errors';
import type { ErrorCode } from '../core/errors';
import { isRepriseError, type RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';

/** HTTP status of every error; a code without one breaks the build. */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  GRAPH_SYNTAX: 400,
  GRAPH_INVALID: 400,
  GRAPH_UNKNOWN_DEPENDENCY: 400,
  GRAPH_DUPLICATE_NODE: 400,
  GRAPH_CYCLE: 400,
  GRAPH_TOO_LARGE: 413,
  CONDITION_INVALID: 400,
  SUITE_UNKNOWN: 400,
  SECRET_NOT_FOUND: 400,
  NODE_UNSCHEDULABLE: 400,
  INPUT_INVALID: 400,
  INPUT_TOO_LARGE: 413,
  RETRY_LIMITED: 400,
  ROUTE_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  MEDIA_TYPE_UNSUPPORTED: 415,
  INTERNAL: 500,
  JOB_NOT_FOUND: 404,
  NODE_NOT_FOUND: 404,
  JOB_EXISTS: 409,
  JOB_NOT_OVER: 409,
  IDEMPOTENCY_CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  STATE_CONFLICT: 409,
  JOB_LOCKED: 409,
  QUEUE_FULL: 429,
  QUOTA_EXCEEDED: 429,
  GRAPH_NOT_FOUND: 404,
  TRIGGER_INVALID: 400,
  TRIGGER_NOT_FOUND: 404,
  QUARANTINE_NOT_FOUND: 404,
  LETTER_NOT_FOUND: 404,
  STREAM_NOT_FOUND: 404,
  TRACE_NOT_FOUND: 404,
  LETTER_CONFLICT: 409,
  WORKER_NOT_FOUND: 404,
  POOL_NOT_FOUND: 404,
  DEPENDENCY_NOT_FOUND: 404,
  TARGET_NOT_FOUND: 404,
  WORKER_ID_TAKEN: 409,
  ENDPOINT_REFUSED: 400,
  VERSION_CONFLICT: 503,
  JOURNAL_CORRUPT: 500,
  ATTEMPT_TOKEN_INVALID: 403,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  UPSTREAM_UNAVAILABLE: 503,
  JOURNAL_NEWER: 503,
  MESSAGE_NEWER: 503,
  STORE_NEWER: 500,
  CONFIG_CONFLICT: 412,
  LOCAL_CLOUD: 500,
};

/** The call that an error answers. */
export interface FailedCall {
  readonly traceId: string;
  readonly correlationId?: string;
  /** Its path. */
  readonly instance: string;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ProblemDetails;
}

/** What the caller is told. Of a fault on our side, nothing but that it is one: the log has the rest. */
export function errorAnswer(error: unknown, call: FailedCall): ErrorAnswer {
  const told = isRepriseError(error) ? fromCatalogue(error) : { code: 'INTERNAL' as const, detail: FAULT };
  const status = STATUS[told.code];
  const headers = {
    'Content-Type': PROBLEM_JSON,
    ...{ ...retryAfter(status, error), ...allow(error), ...(status === 401 && CHALLENGE) },
  };
  return { status, headers, body: problemOf({ ...told, status, ...call }) };
}

const FAULT = 'The request failed on our side. Quote the trace id.';

/** A busy service recovers within a second or so; a full queue empties as jobs end; a quota says when it is fresh. */
function retryAfter(status: number, error: unknown): Record<string, string> {
  if (isRepriseError(error, 'QUOTA_EXCEEDED')) {
    const { retryAfterMs } = error.context;
    return typeof retryAfterMs === 'number' ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) } : {};
  }
  if (status === 503) return { 'Retry-After': '1' };
  return status === 429 ? { 'Retry-After': '10' } : {};
}

/** RFC 9110: a 405 says which methods there are. */
function allow(error: unknown): Record<string, string> {
  if (!isRepriseError(error, 'METHOD_NOT_ALLOWED')) return {};
  const { allowed } = error.context;
  return Array.isArray(allowed) ? { Allow: allowed.join(', ') } : {};
}

function fromCatalogue({ code, message, problems, count, context }: RepriseError) {
  if (STATUS[code] === 503) return { code, detail: 'A service this call needs is busy. Try again.' };
  if (STATUS[code] === 500) return { code, detail: FAULT };
  const { state } = context;
  const listed = problems.slice(0, LIMITS.problemsTold);
  return { code, detail: message, problems: listed, count, ...(typeof state === 'string' && { state }) };
}

/** An error that the gateway tells in place of a function; `$context` is what it puts in. */
export function gatewayProblem(error: {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
}) {
  const call = { instance: '$context.path', traceId: '$context.requestId' };
  const headers: Readonly<Record<string, string>> = {
    'Content-Type': PROBLEM_JSON,
    ...((error.status === 429 || error.status === 503) && { 'Retry-After': '1' }),
    ...(error.status === 401 && CHALLENGE),
  };
  return { headers, template: JSON.stringify(problemOf({ ...error, ...call })) };
}
