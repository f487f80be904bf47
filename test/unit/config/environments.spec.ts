import { ENVIRONMENT_NAMES, loadEnvironment } from '../../../lib/config/environments';
import { environmentSchema } from '../../../lib/config/schema';
import { DEFAULT_QUOTAS } from '../../../lib/core/access/quotas';
import { isRepriseError } from '../../../lib/core/errors';

const ISSUER = {
  authIssuer: 'https://id.test/',
  authAudience: 'reprise',
  authJwksUri: 'https://id.test/keys',
};
/** As it is loaded from what `-c` gives, with an issuer unless that says otherwise. */
const load = (context: Record<string, unknown> = {}) =>
  loadEnvironment((key) => (context['env'] === 'local' ? context : { ...ISSUER, ...context })[key]);
/** With what is given and nothing else. */
const loadBare = (context: Record<string, unknown>) => loadEnvironment((key) => context[key]);

describe('environments', () => {
  it.each(ENVIRONMENT_NAMES)('%s is valid once it has an issuer', (env) => {
    expect(load({ env }).name).toBe(env);
  });

  it('is dev when none is asked for', () => {
    expect(load().name).toBe('dev');
  });

  it.each(['production', '', 'constructor', 7])(
    'refuses the unknown environment %p and names the known ones',
    (env) => {
      expect(() => load({ env })).toThrow(/unknown environment .* local, dev, staging, prod/);
    },
  );

  it('takes the issuer from the context', () => {
    const auth = { issuer: 'https://id.test/', audience: 'reprise', jwksUri: 'https://id.test/keys' };
    expect(load({ env: 'prod' }).auth).toEqual({ ...auth, maxLifetimeSeconds: 86_400 });
  });

  it.each(['dev', 'staging', 'prod'])('has %s make a user pool where no issuer is given', (env) => {
    expect(loadBare({ env }).auth).toEqual({
      ...{ maxLifetimeSeconds: 86_400, userPool: { callbackUrls: ['http://localhost:4400/'] } },
    });
    const context = { env, authCallbackUrls: 'https://a.test/, https://b.test/' };
    expect(loadBare(context).auth.userPool?.callbackUrls).toEqual(['https://a.test/', 'https://b.test/']);
    expect(() => loadBare({ env, authCallbackUrls: 'here' })).toThrow(/auth\.userPool\.callbackUrls/);
  });

  it('refuses an audience without an issuer, and names the file, its keys and the options', () => {
    for (const context of [{ authAudience: 'reprise' }, { authJwksUri: 'https://id.test/keys' }]) {
      expect(() => loadBare({ env: 'prod', ...context })).toThrow(
        /prod has no issuer .*auth\.issuer.* lib\/config\/environment\/prod\.ts.*-c authIssuer/,
      );
    }
  });

  it('finds keys by the discovery document of the issuer where no address of them is given', () => {
    expect(load({ authJwksUri: undefined }).auth).not.toHaveProperty('jwksUri');
  });

  it('issues tokens by one of them: an issuer, or a user pool', () => {
    const auth = { ...load().auth, userPool: { callbackUrls: ['https://a.test/'] } };
    expect(environmentSchema.safeParse({ ...load(), auth }).error?.issues[0]?.message).toMatch(/either that/);
  });

  it.each([
    [{ authIssuer: 'https://auth.example.com/dev' }, /auth\.issuer: .* is a placeholder/],
    [{ authIssuer: 'https://login.example/' }, /auth\.issuer: .* is a placeholder/],
    [{ authAudience: undefined }, /auth\.audience: missing/],
    [{ authParameters: '/reprise/dev/auth' }, /auth\.parameters: .* either that or them/],
  ])('refuses what would accept nobody: %j', (context, message) => {
    expect(() => load(context)).toThrow(message);
    expect(() => load(context)).toThrow(/lib\/config\/environment\/dev\.ts/);
  });

  it('leaves the issuer to parameters of SSM where their prefix is said', () => {
    const { auth } = loadBare({ env: 'prod', authParameters: '/reprise/prod/auth' });
    expect(auth).toEqual({ parameters: '/reprise/prod/auth', maxLifetimeSeconds: 86_400 });
    expect(() => loadBare({ env: 'prod', authParameters: 'reprise' })).toThrow(/auth\.parameters/);
  });

  it('reserves concurrency, unless the account allows none', () => {
    expect(load().concurrency.reserved).toMatchObject({ authorizer: 20 });
    expect(load({ reservedConcurrency: 'off' }).concurrency.reserved).toEqual({});
  });

  it('performs effects at once unless told to leave them to the outbox relay', () => {
    expect([load().fastPath, load({ fastPath: 'off' }).fastPath]).toEqual([true, false]);
  });

  it('bounds the queues of jobs, as the context says where it does', () => {
    expect(load().queue.maxWaitingJobs).toBe(10_000);
    expect(load({ maxWaitingJobs: '100' }).queue.maxWaitingJobs).toBe(100);
    expect(() => load({ maxWaitingJobs: 'few' })).toThrow(/queue\.maxWaitingJobs/);
  });

  it('calls workers by https only, but on the developer’s own machine', () => {
    for (const env of ENVIRONMENT_NAMES) {
      const { httpCidrs } = load({ env }).workers;
      expect(httpCidrs).toEqual(env === 'local' ? ['127.0.0.0/8', '::1/128'] : []);
    }
  });

  it('calls workers in a network where the context names one, with subnets and security groups', () => {
    expect(load().vpc).toBeUndefined();
    const context = { vpcSubnets: 'subnet-0a1b2c3d, subnet-0a1b2c3e', vpcSecurityGroups: 'sg-0a1b2c3d' };
    expect(load(context).vpc).toEqual({
      subnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
      securityGroupIds: ['sg-0a1b2c3d'],
    });
    expect(() => load({ vpcSubnets: 'subnet-0a1b2c3d' })).toThrow(/vpc\.securityGroupIds/);
    expect(() => load({ ...context, vpcSubnets: '10.0.0.0/8' })).toThrow(/vpc\.subnetIds/);
  });

  it.each([
    ['workers', { httpCidrs: ['10.0.0.0'] }],
    ['workers', { httpCidrs: ['10.0.0.0/33'] }],
    ['quotas', { ...DEFAULT_QUOTAS, triggers: 0 }],
    ['quotas', { ...DEFAULT_QUOTAS, jobsOfOneCause: 10_001 }],
    ['retries', { limits: [{ suite: 'api', strategies: ['often'] }], explore: 0 }],
    ['retries', { limits: [], explore: 0.5 }],
    ['auth', { ...load().auth, maxLifetimeSeconds: 59 }],
    ['tableKey', 'mine'],
    ['tableKey', { kmsKeyArn: 'alias/mine' }],
    ['concurrency', { ...load().concurrency, account: 150 }],
    ['concurrency', { ...load().concurrency, reserved: { 'pool-inputs': 1 } }],
    ['concurrency', { ...load().concurrency, reserved: { dispatch: 5 } }],
  ])('refuses %s of %j', (name, value) => {
    expect(environmentSchema.safeParse({ ...load(), [name]: value }).success).toBe(false);
  });

  it('takes limits of retries from the context, and says where they are none', () => {
    const limits = [{ suite: 'api-*', maxAttempts: 3 }];
    expect(load({ retryLimits: JSON.stringify(limits) }).retries).toEqual({ limits, explore: 0 });
    expect(() => load({ retryLimits: '[{"suite":"a","attempts":3}]' })).toThrow(/retries\.limits\.0/);
    expect(() => load({ retryLimits: 'none' })).toThrow(/retries\.limits/);
  });

  it('takes inline keys in local', () => {
    const authJwks = '{"keys":[]}';
    expect(load({ env: 'local', authJwks }).auth.jwks).toBe(authJwks);
  });

  it('refuses inline keys elsewhere, where they could not be rotated', () => {
    expect(() => load({ env: 'prod', authJwks: '{"keys":[]}' })).toThrow(/auth\.jwks: inline keys/);
  });

  it.each(['{', '[]', '{"keys":1}', 'null'])('refuses %p as a key set', (authJwks) => {
    expect(() => load({ env: 'local', authJwks })).toThrow(/JSON Web Key Set/);
  });

  it('says which value is wrong', () => {
    let thrown: unknown;
    try {
      load({ env: 'dev', authIssuer: 'not a url' });
    } catch (error) {
      thrown = error;
    }
    expect(isRepriseError(thrown, 'INPUT_INVALID')).toBe(true);
    expect((thrown as Error).message).toContain('environment dev is not valid: auth.issuer');
  });
});
