import { isTraceId, type TraceParent, traceContextOf, traceNamed } from '../core/model/trace';

/** What ties a call to whatever else belongs to it, and to what follows from it. */
export interface Correlation {
  /** The trace that a job which is submitted by the call belongs to. */
  readonly traceId: string;
  /** Of this call alone: the events that it causes carry it. */
  readonly correlationId: string;
  /** The caller's span, where it named one of this trace. */
  readonly traceParent?: TraceParent;
}

/** Ids for a call that brings none. */
export interface NewIds {
  /** 32 hex digits. */
  readonly traceId: () => string;
  readonly correlationId: () => string;
}

/**
 * The ids of a call: `X-Trace-Id`, else that of `traceparent`, else `X-Correlation-Id`, which also stands for itself. A caller's
 * id is text that we hand on. It proves nothing, and one in another form counts as absent.
 */
export function correlationOf(header: (name: string) => string | undefined, fresh: NewIds): Correlation {
  const given = (name: string) => {
    const value = header(name);
    return value !== undefined && isTraceId(value) ? value : undefined;
  };
  const context = traceContextOf(header('traceparent'), header('tracestate'));
  const correlated = given('X-Correlation-Id');
  const traceId = given('X-Trace-Id') ?? context?.traceId ?? correlated ?? fresh.traceId();
  const correlationId = correlated ?? fresh.correlationId();
  const isOfTrace = context !== undefined && traceNamed(traceId)?.traceId === context.traceId;
  return { traceId, correlationId, ...(isOfTrace && { traceParent: context.parent }) };
}

/** What every answer says of it. */
export function correlationHeaders({ traceId, correlationId }: Correlation): Record<string, string> {
  return { 'X-Trace-Id': traceId, 'X-Correlation-Id': correlationId };
}
