import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { z } from 'zod';
import type { Caller, Scope } from '../../lib/core/access/scopes';
import { formatPath } from '../../lib/core/dag/problems';
import { type Problem, RepriseError } from '../../lib/core/errors';
import { conversation, currentTraceId, headerOf, jsonBody } from './http-middleware';
import { logger, publishMetrics, tracer } from './telemetry';

export interface ApiRequest<Body, Params, Query> {
  readonly body: Body;
  readonly params: Params;
  readonly query: Query;
  readonly caller: Caller;
  readonly traceId: string;
  /** Unique to this call, also when the caller sends the same again. */
  readonly requestId: string;
  readonly header: (name: string) => string | undefined;
  /** Of the invocation: how long it may still take. */
  readonly context: Context;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: unknown;
}

/** One route: what it takes, who may call it, what it does. Schemas are the contract's. */
export interface Route<Body extends z.ZodType, Params extends z.ZodType, Query extends z.ZodType> {
  /** For logs, such as `POST /jobs`. */
  readonly name: string;
  /** The caller needs one of them. */
  readonly scopes: readonly Scope[];
  readonly body: Body;
  readonly params: Params;
  readonly query: Query;
  readonly handle: (
    request: ApiRequest<z.output<Body>, z.output<Params>, z.output<Query>>,
  ) => Promise<ApiResponse>;
}

/** The Lambda handler of a route. */
export function apiHandler<Body extends z.ZodType, Params extends z.ZodType, Query extends z.ZodType>(
  route: Route<Body, Params, Query>,
) {
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics())
    .use(conversation(route.name))
    .use(jsonBody())
    .handler(async (event, context): Promise<APIGatewayProxyResult> => {
      const caller = callerOf(event, route.scopes);
      const { status, body } = await route.handle({
        body: parse(route.body, event.body ?? {}),
        params: parse(route.params, event.pathParameters ?? {}),
        query: parse(route.query, event.queryStringParameters ?? {}),
        caller,
        traceId: currentTraceId(event),
        requestId: event.requestContext.requestId,
        header: (name) => headerOf(event, name),
        context,
      });
      return { statusCode: status, body: JSON.stringify(body) };
    });
}

/** Who calls, as the authorizer found. @throws RepriseError UNAUTHENTICATED, FORBIDDEN */
function callerOf(event: APIGatewayProxyEvent, scopes: readonly Scope[]): Caller {
  const { subject, scopes: granted } = event.requestContext.authorizer ?? {};
  if (typeof subject !== 'string' || subject === '') {
    throw new RepriseError(
      'UNAUTHENTICATED',
      'the request carries no caller: send Authorization: Bearer <token>',
    );
  }
  const caller = {
    subject,
    scopes: String(granted ?? '')
      .split(' ')
      .filter(Boolean),
  };
  if (!scopes.some((scope) => caller.scopes.includes(scope))) {
    throw new RepriseError('FORBIDDEN', `this call needs the scope ${scopes.join(' or ')}`);
  }
  return caller;
}

/** @throws RepriseError INPUT_INVALID with a JSON path for every problem. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue): Problem => {
    const path = formatPath(issue.path as (string | number)[]);
    return { code: 'INPUT_INVALID', path, message: issue.message };
  });
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more problems)` : '';
  throw new RepriseError('INPUT_INVALID', `${first?.path}: ${first?.message}${more}`, { problems });
}
