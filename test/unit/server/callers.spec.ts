import { request as httpRequest } from 'node:http';
import { z } from 'zod';
import { fetchedKeys } from '../../../lib/adapters/http/issuer-keys';
import { type Listening, listen } from '../../../lib/adapters/http/listen';
import { createTokenVerifier } from '../../../lib/adapters/http/token-verifier';
import { route, serve } from '../../../lib/api/route';
import { signIn } from '../../../lib/api/sign-in';
import { tokenRulesSchema } from '../../../lib/core/access/issuer';
import { SCOPES } from '../../../lib/core/access/scopes';
import { type AppOptions, createApp } from '../../../lib/server/app';
import { AUDIENCE, type OidcProvider, startOidcProvider } from '../../support/oidc-provider';

const whoami = serve(
  route('GET /whoami', {
    by: 'daemon',
    about: 'a test',
    scopes: [SCOPES.jobs],
    answers: { 200: z.unknown() },
  }),
  async ({ caller }) => ({ status: 200, body: caller }),
);

let provider: OidcProvider;
beforeAll(async () => {
  provider = await startOidcProvider();
});
afterAll(() => provider.close());

const refused: unknown[] = [];
beforeEach(() => refused.splice(0));

function app(over: Partial<AppOptions> = {}) {
  const issuer = provider.issuer;
  const keys = fetchedKeys({ issuer, clock: Date.now });
  const verify = createTokenVerifier({
    ...{ issuer, keys, clock: Date.now, audiences: [AUDIENCE], maxLifetimeSeconds: 3_600 },
    ...tokenRulesSchema.parse({ claims: { tenant: 'org' } }),
  });
  return createApp({
    ...{ routes: [whoami], open: [signIn({ issuer, clientId: 'page' })], token: 'of-server.json', verify },
    caller: { subject: 'ana', scopes: Object.values(SCOPES) },
    health: async () => ({}),
    onRefused: (what) => void refused.push(what),
    onFault: () => {},
    ...over,
  });
}
const asked = (token?: string, headers: Record<string, string> = {}) => ({
  headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
});

describe('a daemon that believes an issuer', () => {
  it('is called by its users, each in their own name, and by the one who started it', async () => {
    const daemon = app();
    const token = await provider.token({ sub: 'ben', org: 'acme' });
    const ben = await daemon.request('/whoami', asked(token));
    expect(await ben.json()).toEqual({ subject: 'acme/ben', tenant: 'acme', scopes: ['orchestration.jobs'] });
    expect(await (await daemon.request('/whoami', asked('of-server.json'))).json()).toMatchObject({
      subject: 'ana',
    });
  });

  it('tells whoever is refused nothing but that, and the log why, without the token', async () => {
    const token = await provider.token({ org: 'acme', aud: 'other' });
    const answer = await app().request('/whoami', asked(token));
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
    expect(refused).toMatchObject([
      { subject: '', reason: 'UNAUTHENTICATED: the token is for somebody else' },
    ]);
    expect(JSON.stringify(refused)).not.toContain(token.split('.')[2]);
    expect((await app().request('/whoami', asked())).status).toBe(401);
    expect((await app().request('/whoami', asked(''))).status).toBe(401);
  });

  it('does not take a good token for a bad one while the issuer does not answer', async () => {
    const token = await provider.token({ org: 'acme' });
    provider.fail(true);
    const answer = await app().request('/whoami', asked(token));
    provider.fail(false);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('knows nobody but its own user without one', async () => {
    const daemon = app({ verify: undefined });
    expect((await daemon.request('/whoami', asked(await provider.token({ org: 'acme' })))).status).toBe(401);
    expect((await daemon.request('/whoami', asked('of-server.json'))).status).toBe(200);
  });

  it('says to whoever asks how to come to a token', async () => {
    const answer = await app().request('/sign-in');
    expect(await answer.json()).toEqual({
      ...{ method: 'oidc', issuer: provider.issuer, client_id: 'page', scope: 'openid' },
    });
    expect(await (await app({ open: [signIn()] }).request('/sign-in')).json()).toEqual({ method: 'token' });
  });
});

describe('how often a caller asks', () => {
  it('is bounded for each by themselves, and it says when to come again', async () => {
    let now = 1_000_000;
    const verify = async (subject: string) => ({ caller: { subject, scopes: [SCOPES.jobs] }, expires: 9 });
    const daemon = app({ verify, rate: { perSecond: 0.5, burst: 2 }, clock: () => now });
    const ask = async (token: string) => daemon.request('/whoami', asked(token));
    expect([(await ask('ben')).status, (await ask('ben')).status]).toEqual([200, 200]);
    const third = await ask('ben');
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '2']);
    expect(await third.json()).toMatchObject({ code: 'QUOTA_EXCEEDED' });
    expect((await ask('cleo')).status).toBe(200);
    now += 2_000;
    expect((await ask('ben')).status).toBe(200);
  });
});

describe('a request for another host, or of another origin', () => {
  let listening: Listening;
  beforeAll(async () => {
    listening = await listen(app({ names: ['ci.shop.test'] }), { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => listening.close());

  /** With headers that `fetch` would not let anybody set. */
  const status = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const sent = { headers: { authorization: 'Bearer of-server.json', ...headers } };
      httpRequest(`${listening.address}${path}`, sent, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  const own = () => new URL(listening.address).host;

  it.each(['/whoami', '/healthz', '/sign-in', '/openapi.json', '/nowhere'])(
    'is refused on %s, whoever asks',
    async (path) => {
      expect(await status(path, { host: 'evil.test' })).toBe(403);
      expect(await status(path, { origin: 'http://evil.test' })).toBe(403);
    },
  );

  it('is refused where it asks for a stream of events, or to become a connection', async () => {
    const stream = { accept: 'text/event-stream', origin: 'http://evil.test' };
    expect(await status('/whoami', stream)).toBe(403);
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', origin: 'http://evil.test' };
    expect(await status('/whoami', upgrade)).toBe(403);
  });

  it('is no other where it names the daemon', async () => {
    for (const headers of [
      {},
      { host: 'localhost' },
      { host: 'ci.shop.test:9' },
      { origin: `http://${own()}` },
    ])
      expect(await status('/whoami', headers)).toBe(200);
  });
});
