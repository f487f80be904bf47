import { randomBytes, randomUUID } from 'node:crypto';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type Answered, recordOfCall } from '../../lib/api/audited';
import { type Correlation, correlationHeaders, correlationOf } from '../../lib/api/correlation';
import { errorAnswer } from '../../lib/api/http-errors';
import { isRefusal, refusalOf } from '../../lib/api/refusal';
import type { Route } from '../../lib/api/route';
import type { Caller } from '../../lib/core/access/scopes';
import type { AuditTrail } from '../../lib/core/audit/trail';
import { traceNamed } from '../../lib/core/model/trace';
import { count, logger } from './telemetry';

type Middleware = MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** Header names are case insensitive, and the gateway passes them as they were sent. */
export function headerOf(event: Pick<APIGatewayProxyEvent, 'headers'>, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** A call that names no trace is in that of X-Ray, which the runtime keeps in the environment; without one, in a new one. */
const FRESH = {
  traceId: () =>
    traceNamed(process.env['_X_AMZN_TRACE_ID'] ?? '')?.traceId ?? randomBytes(16).toString('hex'),
  correlationId: randomUUID,
};

/**
 * The outermost layer of a route: correlation in, logged and echoed; errors answered in the shape of the contract; one
 * line of log per request.
 */
export function conversation(route: string): Middleware {
  const startedAt = new WeakMap<object, number>();

  function finish(event: APIGatewayProxyEvent, response: APIGatewayProxyResult): void {
    const headers = correlationHeaders(currentCorrelation(event));
    response.headers = { ...headers, ...response.headers };
    const durationMs = Math.round(performance.now() - (startedAt.get(event) ?? performance.now()));
    const line = { route, status: response.statusCode, durationMs };
    // The gateway's own access log has every request.
    if (response.statusCode >= 400) logger.info('request', line);
    else logger.debug('request', line);
  }

  return {
    before: ({ event }) => {
      startedAt.set(event, performance.now());
      const { traceId, correlationId } = currentCorrelation(event);
      logger.appendKeys({ traceId });
      logger.setCorrelationId(correlationId);
    },
    after: ({ event, response }) => {
      if (response) finish(event, response);
    },
    onError: (request) => {
      const { error, event } = request;
      const { status, headers, body } = errorAnswer(error, {
        ...currentCorrelation(event),
        instance: event.path,
      });
      if (status >= 500) logger.error('a request failed', { route, error: error as Error });
      const { subject = '' } = event.requestContext.authorizer ?? {};
      if (isRefusal(error)) logger.warn('refused', { route, subject, reason: refusalOf(error) });
      count(status >= 500 ? 'RequestsFailed' : 'RequestsRefused');
      request.response = { statusCode: status, headers, body: JSON.stringify(body) };
      finish(event, request.response);
    },
  };
}

const correlations = new WeakMap<object, Correlation>();

/** The ids of this request: the same whenever they are asked for. */
export function currentCorrelation(event: APIGatewayProxyEvent): Correlation {
  const known = correlations.get(event);
  if (known) return known;
  const correlation = correlationOf((name) => headerOf(event, name), FRESH);
  correlations.set(event, correlation);
  return correlation;
}

const callers = new WeakMap<object, Caller>();

/** Who makes this request, for its record. */
export function callerIs(event: APIGatewayProxyEvent, caller: Caller): void {
  callers.set(event, caller);
}

/** Records every call of a route, and every refusal, before it is answered. What it cannot record changes no answer. */
export function audited(route: Route, trail: AuditTrail): Middleware {
  async function note(event: APIGatewayProxyEvent, answered: Answered): Promise<void> {
    const { requestId, identity } = event.requestContext;
    const params = event.pathParameters ?? {};
    const caller = callers.get(event) ?? claimed(event);
    const call = { route, caller, source: identity?.sourceIp ?? '', params };
    const record = recordOfCall(call, answered);
    if (record) await trail.note(record, { requestId, ...currentCorrelation(event) });
  }
  return {
    after: async ({ event, response }) => {
      if (response) await note(event, { status: response.statusCode, body: bodyOf(response) });
    },
    onError: ({ event, error }) => note(event, { error }),
  };
}

/** Whom the authorizer let in, where the route did not. */
function claimed(event: APIGatewayProxyEvent): Caller | undefined {
  const { subject } = event.requestContext.authorizer ?? {};
  return typeof subject === 'string' && subject !== '' ? { subject, scopes: [] } : undefined;
}

function bodyOf({ body }: APIGatewayProxyResult): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
