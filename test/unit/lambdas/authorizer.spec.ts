import { Metrics } from '@aws-lambda-powertools/metrics';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createAuthorizer } from '../../../lambdas/authorizer/authorize';
import { logger } from '../../../lambdas/runtime/telemetry';
import { fetchedKeys, type IssuerKeys, inlineKeys } from '../../../lib/adapters/http/issuer-keys';
import { createTokenVerifier } from '../../../lib/adapters/http/token-verifier';
import { tokenRulesSchema } from '../../../lib/core/access/issuer';
import { RepriseError } from '../../../lib/core/errors';

const AUTH_ISSUER = 'https://issuer.test';
const AUTH_AUDIENCE = 'reprise-test';
const clock = Date.now;
const verifierOf = (keys: IssuerKeys) =>
  createTokenVerifier({
    ...{ issuer: AUTH_ISSUER, audiences: [AUTH_AUDIENCE], maxLifetimeSeconds: 3_600, keys, clock },
    ...tokenRulesSchema.parse({}),
  });
const methodArn = 'arn:aws:execute-api:eu-west-1:111122223333:abc/v1/GET/jobs/j';

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let authorize: ReturnType<typeof createAuthorizer>;

beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const AUTH_JWKS = JSON.stringify({ keys: [jwk] });
  authorize = createAuthorizer(verifierOf(inlineKeys(AUTH_JWKS)));
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

  it('names the caller by the subject, which becomes a key: not one that is too long', async () => {
    await expect(call(`Bearer ${await token({ sub: 'a'.repeat(257) })}`)).rejects.toThrow(/^Unauthorized$/);
    expect((await call(`Bearer ${await token({ sub: 'a'.repeat(256) })}`)).principalId).toHaveLength(256);
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
    ['a token that lives too long', async () => `Bearer ${await token({ sub: 'a' }, { expires: '2h' })}`],
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

describe('the times of a token', () => {
  const now = () => Math.floor(Date.now() / 1_000);
  async function timed(claims: { iat?: number; exp?: number; nbf?: number }) {
    const jwt = new SignJWT({ sub: 'ana', ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'k1' });
    return `Bearer ${await jwt.setIssuer(AUTH_ISSUER).setAudience(AUTH_AUDIENCE).sign(keys.privateKey)}`;
  }

  it.each<[string, (at: number) => object]>([
    ['that it says not when it expires', (at) => ({ iat: at })],
    ['that it expires later than may be', (at) => ({ iat: at, exp: at + 3_700 })],
    ['that it expires later than may be, without a time of issue', (at) => ({ exp: at + 3_700 })],
    ['that it was issued long ago to live long', (at) => ({ iat: at - 7_200, exp: at + 60 })],
    ['that it is issued in the future', (at) => ({ iat: at + 120, exp: at + 3_600 })],
    ['that it has expired, by more than clocks differ', (at) => ({ iat: at - 100, exp: at - 40 })],
    ['that it is not valid yet, by more than clocks differ', (at) => ({ nbf: at + 60, exp: at + 600 })],
  ])('make it refused when they say %s', async (_, claims) => {
    await expect(call(await timed(claims(now())))).rejects.toThrow(/^Unauthorized$/);
  });

  it.each<[string, (at: number) => object]>([
    ['expired a moment ago', (at) => ({ iat: at - 100, exp: at - 10 })],
    ['becomes valid in a moment', (at) => ({ iat: at + 10, nbf: at + 10, exp: at + 600 })],
    ['lives as long as may be', (at) => ({ iat: at, exp: at + 3_600 })],
  ])('let it through when it %s', async (_, claims) => {
    expect((await call(await timed(claims(now())))).principalId).toBe('ana');
  });
});

describe('a token', () => {
  it('with a critical header that nobody here understands is refused', async () => {
    const jwt = new SignJWT({ sub: 'ana' })
      .setIssuer(AUTH_ISSUER)
      .setAudience(AUTH_AUDIENCE)
      .setExpirationTime('5m');
    jwt.setProtectedHeader({ alg: 'RS256', kid: 'k1', crit: ['bound-to'], 'bound-to': 'another host' });
    const text = await jwt.sign(keys.privateKey, { crit: { 'bound-to': true } });
    await expect(call(`Bearer ${text}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it('is no worse for keys that cannot be had: that is not the caller’s fault, and is no 401', async () => {
    // Nobody listens there.
    const at = { issuer: AUTH_ISSUER, jwksUri: 'https://127.0.0.1:9/keys', clock };
    const unreachable = verifierOf(fetchedKeys(at));
    const jwt = await token({ sub: 'ana' });
    const event = {
      methodArn,
      headers: { authorization: `Bearer ${jwt}` },
    } as unknown as APIGatewayRequestAuthorizerEvent;
    await expect(createAuthorizer(unreachable)(event)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('that cannot be verified is counted, as an alarm asks; one that is refused is not', async () => {
    const added = jest.spyOn(Metrics.prototype, 'addMetric').mockReturnThis();
    const unavailable = async () => {
      throw new RepriseError('UPSTREAM_UNAVAILABLE', 'the keys cannot be had now');
    };
    const event = {
      methodArn,
      headers: { authorization: 'Bearer a.b.c' },
    } as unknown as APIGatewayRequestAuthorizerEvent;
    await expect(call('Bearer a.b.c')).rejects.toThrow(/^Unauthorized$/);
    expect(added).not.toHaveBeenCalled();
    await expect(createAuthorizer(unavailable)(event)).rejects.toThrow('cannot be had');
    expect(added.mock.calls).toEqual([['KeysUnavailable', 'Count', 1]]);
    added.mockRestore();
  });

  it('of a key that is not among those given inline is refused, and nothing is asked of anybody', async () => {
    const jwt = new SignJWT({ sub: 'ana' }).setProtectedHeader({ alg: 'RS256', kid: 'k2' });
    jwt.setIssuer(AUTH_ISSUER).setAudience(AUTH_AUDIENCE).setExpirationTime('5m');
    await expect(call(`Bearer ${await jwt.sign(keys.privateKey)}`)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the context of a caller', () => {
  it('has the tenant, for functions that keep tenants apart', async () => {
    const verify = async () => ({
      caller: { subject: 'acme/ana', tenant: 'acme', scopes: ['orchestration.jobs'] },
      expires: 9,
    });
    const event = { methodArn, headers: { authorization: 'Bearer a.b.c' } };
    const answer = await createAuthorizer(verify)(event as unknown as APIGatewayRequestAuthorizerEvent);
    expect(answer.context).toEqual({ subject: 'acme/ana', scopes: 'orchestration.jobs', tenant: 'acme' });
    expect(answer.principalId).toBe('acme/ana');
  });
});

describe('a refusal', () => {
  it('is logged with the route, the reason and the subject it claims, and without the token', async () => {
    const warn = jest.spyOn(logger, 'warn').mockImplementation(() => {});
    const jwt = await token({ sub: 'ana' }, { expires: '-1m' });
    const event = {
      methodArn,
      httpMethod: 'GET',
      resource: '/jobs/{jobId}',
      headers: { authorization: `Bearer ${jwt}` },
    };
    await expect(authorize(event as unknown as APIGatewayRequestAuthorizerEvent)).rejects.toThrow();
    const reason = expect.stringContaining('expired');
    expect(warn.mock.calls).toEqual([['refused', { route: 'GET /jobs/{jobId}', reason, subject: 'ana' }]]);
    expect(JSON.stringify(warn.mock.calls)).not.toContain(jwt.split('.')[2]);
    warn.mockRestore();
  });

  it('records whom it did not let in, and why, in words of its own', async () => {
    const noted: unknown[] = [];
    const refusing = createAuthorizer(
      () => Promise.reject(new Error('the token does not say when it expires')),
      { note: async (record) => void noted.push(record) },
    );
    const event = {
      ...{
        methodArn,
        httpMethod: 'GET',
        resource: '/jobs/{jobId}',
        headers: { authorization: 'Bearer a.b.c' },
      },
      requestContext: { requestId: 'r1', identity: { sourceIp: '192.0.2.7' } },
    } as unknown as APIGatewayRequestAuthorizerEvent;
    await expect(refusing(event)).rejects.toThrow('Unauthorized');
    expect(noted).toEqual([
      {
        ...{
          principal: '',
          source: '192.0.2.7',
          action: 'GET /jobs/{jobId}',
          outcome: 'refused',
          status: 401,
        },
        ...{ code: 'UNAUTHENTICATED', reason: 'the token does not say when it expires' },
      },
    ]);
  });
});
