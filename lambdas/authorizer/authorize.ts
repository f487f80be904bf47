import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { decodeJwt } from 'jose';
import { socketQuery } from '../../lib/api/worker-socket';
import type { Verified, VerifyToken } from '../../lib/core/access/identity';
import { MAX_SUBJECT } from '../../lib/core/access/issuer';
import type { AuditTrail } from '../../lib/core/audit/trail';
import { isRepriseError, type RepriseError } from '../../lib/core/errors';
import { LIMITS } from '../../lib/core/limits';
import { present } from '../../lib/core/model/present';
import { count, logger } from '../runtime/telemetry';

/** The gateway answers 401 to this message and 503 to any other. */
const REFUSAL = 'Unauthorized';

class Refusal extends Error {
  constructor(readonly reason: string) {
    super(REFUSAL);
  }
}

/**
 * Lets a verified caller through, with subject and scopes for the functions behind. What a caller may do is decided
 * there: the gateway keeps this answer for all routes.
 */
export function createAuthorizer(verify: VerifyToken, trail?: AuditTrail) {
  return async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    try {
      return await authorize(verify, event);
    } catch (error) {
      if (error instanceof Refusal) await trail?.note(...recordOf(event, error));
      throw error;
    }
  };
}

async function authorize(
  verify: VerifyToken,
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerResult> {
  const token = bearerOf(event);
  if (token === undefined) throw refusal(event, 'no bearer token');
  const { caller, expires } = await verifiedBy(verify, event, token);
  const { subject, scopes, tenant } = caller;
  const peer = isSocket(event) ? { ...peerOf(event, subject), expires } : {};
  logger.info('authorized', { subject });
  return {
    principalId: subject,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: wholeStage(event.methodArn) }],
    },
    // The gateway hands on flat values only; those of a connection with everything that comes over it.
    context: { subject, scopes: scopes.join(' '), ...present({ tenant }), ...peer },
  };
}

async function verifiedBy(
  verify: VerifyToken,
  event: APIGatewayRequestAuthorizerEvent,
  token: string,
): Promise<Verified> {
  try {
    return await verify(token);
  } catch (error) {
    if (isRepriseError(error, 'UPSTREAM_UNAVAILABLE')) throw unavailable(event, error);
    throw refusal(event, (error as Error).message, claimedSubject(token));
  }
}

/** Nobody is known: whom a token names that does not verify, is in its reason's place of the log alone. */
function recordOf(
  event: APIGatewayRequestAuthorizerEvent,
  { reason }: Refusal,
): Parameters<AuditTrail['note']> {
  const { requestId, identity } = event.requestContext;
  const record = {
    ...{ principal: '', source: identity?.sourceIp ?? '', action: routeOf(event) },
    ...{ outcome: 'refused' as const, status: 401, code: 'UNAUTHENTICATED' as const },
    reason: reason.slice(0, LIMITS.auditText),
  };
  return [record, { requestId, traceId: requestId }];
}

function bearerOf({ headers }: APIGatewayRequestAuthorizerEvent): string | undefined {
  const header = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** A WebSocket that is opened: the gateway asks then, and for no message after that. */
function isSocket({ methodArn }: APIGatewayRequestAuthorizerEvent): boolean {
  return /^[^/]+\/[^/]+\/\$connect$/.test(methodArn);
}

/** For whom a connection is opened. */
function peerOf(event: APIGatewayRequestAuthorizerEvent, subject: string) {
  const query = socketQuery(event.queryStringParameters);
  if (query === undefined) throw refusal(event, 'the address names no worker', subject);
  return query;
}

/**
 * `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>` without method and path: the answer is kept
 * by token, and one for a single route would refuse the next.
 */
function wholeStage(methodArn: string): string {
  return `${methodArn.split('/').slice(0, 2).join('/')}/*`;
}

/** Why is logged and not told. @param subject as the token has it, which proves nothing. */
function refusal(event: APIGatewayRequestAuthorizerEvent, reason: string, subject?: string): Error {
  logger.warn('refused', { route: routeOf(event), reason, ...present({ subject }) });
  return new Refusal(reason);
}

function unavailable(event: APIGatewayRequestAuthorizerEvent, error: RepriseError): RepriseError {
  count('KeysUnavailable');
  logger.error('a token could not be verified', { route: routeOf(event), error });
  return error;
}

function routeOf(event: APIGatewayRequestAuthorizerEvent): string {
  return isSocket(event) ? '$connect' : `${event.httpMethod} ${event.resource}`;
}

function claimedSubject(token: string): string | undefined {
  try {
    return decodeJwt(token).sub?.slice(0, MAX_SUBJECT);
  } catch {
    return undefined;
  }
}
