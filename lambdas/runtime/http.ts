import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { AnswerKeeping } from '../../lib/api/idempotency';
import { perform } from '../../lib/api/perform';
import { onceEach } from '../../lib/api/query';
import { NOBODY, type Served } from '../../lib/api/route';
import type { Caller } from '../../lib/core/access/scopes';
import type { AuditTrail } from '../../lib/core/audit/trail';
import { RepriseError } from '../../lib/core/errors';
import { LIMITS } from '../../lib/core/limits';
import { audited, callerIs, conversation, currentCorrelation, headerOf } from './http-middleware';
import { logger, publishMetrics, tracer } from './telemetry';

const NO_TRAIL: AuditTrail = { note: async () => undefined };

/** What is kept of calls: nothing, where it is not said. */
export interface Keeping {
  /** Where they are recorded. */
  readonly trail?: AuditTrail;
  /** Where answers to calls with an `Idempotency-Key` are kept; asked for when there is one. */
  readonly keeping?: () => AnswerKeeping;
}

/**
 * The Lambda handler of a route. `routes`: the names of what it serves. Functions make theirs by
 * `lambdas/shared/api.ts`, which knows where calls are recorded.
 */
export function apiHandler(served: Served, { trail = NO_TRAIL, keeping }: Keeping = {}) {
  const { route } = served;
  const handler = middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(captureLambdaHandler(tracer, { captureResponse: false }))
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(publishMetrics())
    .use(conversation(route.name))
    .use(audited(route, trail))
    .handler(async (event, context): Promise<APIGatewayProxyResult> => {
      const caller = route.open ? NOBODY : callerOf(event);
      callerIs(event, caller);
      const call = {
        ...{ caller, ...currentCorrelation(event), requestId: event.requestContext.requestId },
        ...{ params: event.pathParameters ?? {}, query: queryOf(event) },
        bytes: bytesOf(event),
        header: (name: string) => headerOf(event, name),
        remainingMs: () => context.getRemainingTimeInMillis(),
      };
      const { status, headers, text } = await perform(served, call, keeping?.());
      // What has no body has no type.
      const type = text === undefined ? {} : { 'Content-Type': route.type };
      return { statusCode: status, headers: { ...type, ...headers }, body: text ?? '' };
    });
  return Object.assign(handler, { routes: [route.name] });
}

/** The gateway gives the last value of each key, and all of them beside it. */
function queryOf(event: APIGatewayProxyEvent): Readonly<Record<string, string | undefined>> {
  const { queryStringParameters: last, multiValueQueryStringParameters: all } = event;
  return all ? onceEach(all) : (last ?? {});
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
