import type { z } from 'zod';
import type { errorResponse } from '../contract/errors';
import type { ErrorCode } from '../core/errors';
import { isRepriseError, type RepriseError } from '../core/errors';
import { LIMITS } from '../core/limits';

/** HTTP status of every error; a code without one breaks the build. */
const STATUS: Record<ErrorCode, number> = {
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
  JOB_NOT_FOUND: 404,
  NODE_NOT_FOUND: 404,
  JOB_EXISTS: 409,
  JOB_NOT_OVER: 409,
  JOB_LOCKED: 409,
  QUEUE_FULL: 429,
  QUOTA_EXCEEDED: 429,
  GRAPH_NOT_FOUND: 404,
  TRIGGER_INVALID: 400,
  TRIGGER_NOT_FOUND: 404,
  QUARANTINE_NOT_FOUND: 404,
  LETTER_NOT_FOUND: 404,
  TRACE_NOT_FOUND: 404,
  LETTER_CONFLICT: 409,
  WORKER_NOT_FOUND: 404,
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

interface Told {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly problems?: { readonly path: string; readonly message: string }[];
  readonly more_problems?: number;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `errorResponse` of the contract. */
  readonly body: z.input<typeof errorResponse>;
}

/** What the caller is told. Of a fault on our side, nothing but that it is one: the log has the rest. */
export function errorAnswer(error: unknown, traceId: string): ErrorAnswer {
  const { status, ...told } = toldOf(error);
  const body = { error: told, trace_id: traceId };
  return { status, headers: retryAfter(status, error), body };
}

/** A busy service recovers within a second or so; a full queue empties as jobs end; a quota says when it is fresh. */
function retryAfter(status: number, error: unknown): Record<string, string> {
  if (isRepriseError(error, 'QUOTA_EXCEEDED')) {
    const { retryAfterMs } = error.context;
    return typeof retryAfterMs === 'number' ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1_000)) } : {};
  }
  if (status === 503) return { 'Retry-After': '1' };
  return status === 429 ? { 'Retry-After': '10' } : {};
}

function toldOf(error: unknown): Told {
  if (isRepriseError(error)) return fromCatalogue(error);
  // What a host says of HTTP itself: no such route, no JSON.
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, code: 'INPUT_INVALID', message: (error as Error).message };
  }
  return {
    status: 500,
    code: 'INTERNAL',
    message: 'The request failed on our side. Try again; quote the trace id.',
  };
}

function fromCatalogue(error: RepriseError): Told {
  const { code, problems, count } = error;
  const status = STATUS[code];
  if (status === 503) return { status, code, message: 'A service this call needs is busy. Try again.' };
  if (status === 500) return { status, code, message: 'The request failed on our side. Quote the trace id.' };
  const listed = problems.slice(0, LIMITS.problemsTold).map(({ path, message }) => ({ path, message }));
  const told = { status, code, message: error.message };
  if (listed.length === 0) return told;
  const more = count - listed.length;
  return { ...told, problems: listed, ...(more > 0 && { more_problems: more }) };
}
