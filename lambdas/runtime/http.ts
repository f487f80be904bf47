import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { bodyOf } from '../../lib/api/body';
import { NOBODY, requireScope, type Served } from '../../lib/api/route';
import { parse } from '../../lib/contract/read';
import type { Caller } from '../../lib/core/access/scopes';
import type { AuditTrail } from '../../lib/core/audit/trail';
import { RepriseError } from '../../lib/core/errors';
import { LIMITS } from '../../lib/core/limits';
import { audited, callerIs, conversation, currentCorrelation, headerOf } from './http-middleware';
import { logger, publishMetrics, tracer } from './telemetry';

const NO_TRAIL: AuditTrail = { note: async () => undefined };

/**
 * The Lambda handler of a route. `routes`: the names of what it serves. Functions make theirs by
 * `lambdas/shared/api.ts`, which knows where calls are recorded.
 */
export function apiHandler({ route, handle }: Served, trail = NO_TRAIL) {
  const handler = middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics())
    .use(conversation(route.name))
    .use(audited(route, trail))
    .handler(async (event, context): Promise<APIGatewayProxyResult> => {
      const caller = route.open ? NOBODY : callerOf(event);
      callerIs(event, caller);
      requireScope(caller, route);
      const { status, body } = await handle({
        body: parse(route.body, bodyOf(route, bytesOf(event), headerOf(event, 'Content-Type'))),
        params: parse(route.params, event.pathParameters ?? {}),
        query: parse(route.query, event.queryStringParameters ?? {}),
        caller,
        ...currentCorrelation(event),
        requestId: event.requestContext.requestId,
        header: (name) => headerOf(event, name),
        remainingMs: () => context.getRemainingTimeInMillis(),
      });
      return { statusCode: status, headers: { 'Content-Type': route.type }, body: JSON.stringify(body) };
    });
  return Object.assign(handler, { routes: [route.name] });
}

/** The gateway hands on text, or base64 of what it takes for binary. */
function bytesOf({ body, isBase64Encoded }: APIGatewayProxyEvent): Uint8Array {
  return Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
}

/** Who calls, as the authorizer found. @throws RepriseError UNAUTHENTICATED */
function callerOf(event: APIGatewayProxyEvent): Caller {
  const { subject, scopes: granted, tenant } = event.requestContext.authorizer ?? {};
  if (typeof subject !== 'string' || subject === '' || subject.length > LIMITS.ownerLength) {
    throw new RepriseError(
      'UNAUTHENTICATED',
      `the request carries no caller: send Authorization: Bearer <token>, of a subject of ${LIMITS.ownerLength} characters at most`,
    );
  }
  const scopes = String(granted ?? '')
    .split(' ')
    .filter(Boolean);
  return { subject, scopes, ...(typeof tenant === 'string' && { tenant }) };
}
