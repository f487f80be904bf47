import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { logger } from '../runtime/telemetry';

/** Verifies a token and answers its claims. @throws when the token is not valid. */
export type VerifyToken = (token: string) => Promise<Readonly<Record<string, unknown>>>;

/** The gateway answers 401 to this message and 500 to any other. */
const REFUSAL = 'Unauthorized';

/**
 * Lets a verified caller through, with subject and scopes for the functions behind. What a caller may do is decided
 * there: the gateway keeps this answer for all routes.
 */
export function createAuthorizer(verify: VerifyToken) {
  return async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const token = bearerOf(event);
    if (token === undefined) throw refusal('no bearer token');
    let claims: Readonly<Record<string, unknown>>;
    try {
      claims = await verify(token);
    } catch (error) {
      throw refusal((error as Error).message);
    }
    const { sub: subject } = claims;
    if (typeof subject !== 'string' || subject === '') throw refusal('the token names no subject');
    logger.info('authorized', { subject });
    return {
      principalId: subject,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: wholeStage(event.methodArn) }],
      },
      // The gateway hands on flat values only.
      context: { subject, scopes: scopesOf(claims).join(' ') },
    };
  };
}

function bearerOf({ headers }: APIGatewayRequestAuthorizerEvent): string | undefined {
  const header = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** `scope` (RFC 8693: text) or `scp` (a list, with some issuers). */
function scopesOf({ scope, scp }: Readonly<Record<string, unknown>>): string[] {
  const given = scope ?? scp;
  const list = Array.isArray(given) ? given : String(given ?? '').split(' ');
  return list.filter((name): name is string => typeof name === 'string' && /^[\x21-\x7e]+$/.test(name));
}

/**
 * `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>` without method and path: the answer is kept
 * by token, and one for a single route would refuse the next.
 */
function wholeStage(methodArn: string): string {
  return `${methodArn.split('/').slice(0, 2).join('/')}/*`;
}

/** Why is logged and not told. */
function refusal(reason: string): Error {
  logger.info('refused', { reason });
  return new Error(REFUSAL);
}
