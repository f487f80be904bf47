import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createAuthorizer } from '../../../lambdas/authorizer/authorize';
import { createTokenVerifier } from '../../../lambdas/authorizer/verifier';

const AUTH_ISSUER = 'https://issuer.test';
const AUTH_AUDIENCE = 'reprise-test';
const settings = { AUTH_ISSUER, AUTH_AUDIENCE, AUTH_MAX_LIFETIME_SECONDS: 3_600 };
const methodArn = 'arn:aws:execute-api:eu-west-1:111122223333:abc/v1/GET/jobs/j';

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let authorize: ReturnType<typeof createAuthorizer>;

beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const AUTH_JWKS = JSON.stringify({ keys: [jwk] });
  authorize = createAuthorizer(createTokenVerifier({ ...settings, AUTH_JWKS }, Date.now));
});

function token(
  claims: Record<string, unknown>,
  { audience = AUTH_AUDIENCE, expires = '5m', key = keys } = {},
) {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(AUTH_ISSUER)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key.privateKey);
}

const call = (authorization?: string) =>
  authorize({
    methodArn,
    headers: authorization === undefined ? {} : { authorization },
  } as unknown as APIGatewayRequestAuthorizerEvent);

describe('the authorizer', () => {
  it('lets a valid token through to every route, with its subject and scopes', async () => {
    const jwt = await token({ sub: 'ana', scope: 'orchestration.jobs orchestration.admin' });
    expect(await call(`Bearer ${jwt}`)).toEqual({
      principalId: 'ana',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: 'arn:aws:execute-api:eu-west-1:111122223333:abc/v1/*',
          },
        ],
      },
      context: { subject: 'ana', scopes: 'orchestration.jobs orchestration.admin' },
    });
  });

  it('takes scopes as a list too', async () => {
    const jwt = await token({ sub: 'ana', scp: ['orchestration.worker', 'a b'] });
    expect((await call(`bearer ${jwt}`)).context).toEqual({ subject: 'ana', scopes: 'orchestration.worker' });
  });

  it.each([
    ['no token', async () => undefined],
    ['another scheme', async () => 'Basic YTpi'],
    ['no JWT', async () => 'Bearer abc'],
    ['a token for someone else', async () => `Bearer ${await token({ sub: 'a' }, { audience: 'other' })}`],
    ['an old token', async () => `Bearer ${await token({ sub: 'a' }, { expires: '-1m' })}`],
    ['a token without subject', async () => `Bearer ${await token({})}`],
    [
      'a token of another key',
      async () =>
        `Bearer ${await token({ sub: 'a' }, { key: await generateKeyPair('RS256', { extractable: true }) })}`,
    ],
  ])('refuses %s, and says no more than that', async (_, make) => {
    await expect(call(await make())).rejects.toThrow(/^Unauthorized$/);
  });
});
