import { z } from 'zod';
import { route, type Served, serve } from '../../../lib/api/route';
import { problemDetails } from '../../../lib/contract/errors';
import { SCOPES, type Scope } from '../../../lib/core/access/scopes';
import { RepriseError } from '../../../lib/core/errors';
import { LIMITS } from '../../../lib/core/limits';
import { createApp } from '../../../lib/server/app';

const body = z.strictObject({ text: z.string() });
const params = z.object({ id: z.string().max(8) });
const query = z.strictObject({ limit: z.coerce.number().int().default(20) });

const faults: string[] = [];
const refusals: unknown[] = [];
const seen: unknown[] = [];

const ofJobs = { by: 'daemon', about: 'a test', scopes: [SCOPES.jobs] as readonly Scope[] };

const echo = serve(
  route('POST /things/{id}/echo', { ...ofJobs, body, params, query, answers: { 202: z.unknown() } }),
  async ({ body, params, query, caller, traceId, requestId, header }) => {
    seen.push(requestId);
    return {
      status: 202,
      body: { body, params, query, caller: caller.subject, traceId, key: header('Idempotency-Key') },
    };
  },
);
const gone = serve(
  route('DELETE /gone', { ...ofJobs, answers: { 200: z.object({ gone: z.boolean() }) } }),
  async () => ({ status: 200, body: { gone: true } }),
);
const failing = (name: Parameters<typeof route>[0], error: unknown, scopes = ofJobs.scopes): Served =>
  serve(route(name, { by: 'daemon', about: 'a test', scopes, answers: {} }), async () => {
    throw error;
  });

const app = createApp({
  routes: [
    echo,
    gone,
    failing('GET /admin', new Error('reached'), [SCOPES.admin]),
    failing('GET /busy', new RepriseError('VERSION_CONFLICT', 'internal detail')),
    failing('GET /full', new RepriseError('QUEUE_FULL', 'come again')),
    failing('GET /broken', new Error('secret detail')),
    failing('GET /missing', new RepriseError('JOB_NOT_FOUND', 'no job x')),
  ],
  token: 'right',
  caller: { subject: 'ana', scopes: [SCOPES.jobs] },
  health: async () => ({ running_jobs: 3 }),
  onRefused: (what) => void refusals.push(what),
  onFault: (message) => void faults.push(message),
});

async function call(path: string, init: RequestInit = {}) {
  const headers = { authorization: 'Bearer right', 'content-type': 'application/json', ...init.headers };
  const response = await app.request(path, { ...init, headers });
  const body = (await response.json()) as never;
  if (response.status >= 400) {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problemDetails.strict().parse(body)).toEqual(body);
    expect(body).toMatchObject({ status: response.status, instance: path.split('?')[0] });
    if ((body as { code: string }).code === 'INPUT_INVALID')
      expect(body).toMatchObject({ problems: expect.any(Array) });
    expect(body).toMatchObject({ correlation_id: response.headers.get('x-correlation-id') });
  }
  return { status: response.status, headers: response.headers, body };
}
const post = (text: string, headers = {}) =>
  call('/things/a1/echo?limit=5', { method: 'POST', body: text, headers });

describe('a route over HTTP', () => {
  it('gets body, parameters, query, caller and headers as its schemas read them', async () => {
    const { status, body } = await post('{"text":"hi"}', {
      'idempotency-key': 'k1',
      'x-trace-id': 'trace-1',
    });
    expect(status).toBe(202);
    expect(body).toEqual({
      ...{
        body: { text: 'hi' },
        params: { id: 'a1' },
        query: { limit: 5 },
        caller: 'ana',
        traceId: 'trace-1',
      },
      key: 'k1',
    });
  });

  it('gets another request id each time, for the same request too', async () => {
    await post('{"text":"hi"}');
    await post('{"text":"hi"}');
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('answers to its method and path only', async () => {
    expect(await call('/gone', { method: 'DELETE' })).toMatchObject({ status: 200, body: { gone: true } });
    expect(await call('/nowhere')).toMatchObject({
      status: 404,
      body: { detail: 'no GET /nowhere in the API' },
    });
  });

  it('says which methods its path has, where it has not the one that came', async () => {
    const { status, body, headers } = await call('/gone');
    expect([status, headers.get('allow')]).toEqual([405, 'DELETE, OPTIONS']);
    expect(body).toMatchObject({ detail: '/gone has no GET, but DELETE, OPTIONS' });
  });

  it('refuses keys of the query that it does not know, and does not answer as if they were not there', async () => {
    for (const path of ['/things/a1/echo?limt=5', '/gone?all=true']) {
      const init = path.includes('echo') ? { method: 'POST', body: '{"text":"hi"}' } : { method: 'DELETE' };
      const { status, body } = await call(path, init);
      expect([path, status]).toEqual([path, 400]);
      const key = path.includes('echo') ? 'limt' : 'all';
      expect(body).toMatchObject({
        problems: [{ path: key, message: `unknown key "${key}": take it out` }],
      });
    }
  });

  it('echoes the trace id of the caller, or one of its own where that could do harm', async () => {
    const given = await post('{"text":"hi"}', { 'x-trace-id': 'trace-1' });
    expect(given.headers.get('x-trace-id')).toBe('trace-1');
    const bad = await post('{}', { 'x-trace-id': 'a"b' });
    expect(bad.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
    expect(bad.body).toMatchObject({ trace_id: bad.headers.get('x-trace-id') });
  });

  it('echoes the correlation id of the caller, or one of its own for each call', async () => {
    const given = await post('{"text":"hi"}', { 'x-correlation-id': 'call-1' });
    expect(given.headers.get('x-correlation-id')).toBe('call-1');
    const made = [await post('{"text":"hi"}'), await post('{}')].map(({ headers }) =>
      headers.get('x-correlation-id'),
    );
    for (const id of made) expect(id).toMatch(/^[0-9A-Z]{26}$/);
    expect(new Set(made).size).toBe(2);
  });

  it('is in the trace that a traceparent names', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = await post('{"text":"hi"}', { traceparent });
    expect(headers.get('x-trace-id')).toBe('0af7651916cd43dd8448eb211c80319c');
  });
});

describe('what is refused', () => {
  it.each([
    ['no token', { authorization: '' }],
    ['another token', { authorization: 'Bearer wrong' }],
    ['a token that only begins like it', { authorization: 'Bearer rightly' }],
    ['another scheme', { authorization: 'Basic right' }],
  ])('is a call with %s, whatever it asks for', async (_, headers) => {
    for (const path of ['/things/a1/echo', '/missing', '/nowhere']) {
      expect(await call(path, { headers })).toMatchObject({
        status: 401,
        body: { code: 'UNAUTHENTICATED' },
      });
      expect((await call(path, { headers })).headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('is told of the path as it was sent, which is a reference', async () => {
    for (const path of ['/a%20b', '/a%00b', '/j%C3%B6b', '/%22'])
      expect(await call(path)).toMatchObject({ status: 404, body: { instance: path } });
  });

  it('is not the question whether it is up', async () => {
    expect(await call('/healthz', { headers: { authorization: '' } })).toMatchObject({
      status: 200,
      body: { status: 'ok', running_jobs: 3 },
    });
  });

  it('is logged with route, subject and reason, and never with what was presented', async () => {
    refusals.length = 0;
    await call('/things/a1/echo', { headers: { authorization: 'Bearer stolen' } });
    await call('/admin');
    await call('/missing');
    expect(refusals).toEqual([
      {
        ...{ route: 'GET /things/a1/echo', subject: '', correlationId: expect.any(String) },
        reason: expect.stringMatching(/^UNAUTHENTICATED: /),
      },
      {
        correlationId: expect.any(String),
        route: 'GET /admin',
        subject: 'ana',
        reason: expect.stringMatching(/^FORBIDDEN: .*orchestration.admin/),
      },
    ]);
    expect(JSON.stringify(refusals)).not.toContain('stolen');
  });

  it('is a caller without the scope', async () => {
    expect(await call('/admin')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it.each([
    ['{"text":1}', 400, 'text'],
    ['{"text":"a","more":1}', 400, 'more'],
    ['{"text":', 400, '$'],
    ['[[[[', 400, '$'],
    ['', 400, 'text'],
  ])('is the body %s, with the path of the problem', async (text, status, path) => {
    const { status: got, body } = await post(text);
    expect(got).toBe(status);
    expect(body).toMatchObject({ code: 'INPUT_INVALID' });
    expect(body).toMatchObject({ problems: [{ path }] });
  });

  it('is a body of another type, as a form of another site would send it', async () => {
    expect(await post('{"text":"hi"}', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
  });

  it('is a body of more than its route reads', async () => {
    const { status, body } = await post(JSON.stringify({ text: 'x'.repeat(LIMITS.bodyBytes) }));
    expect([status, body]).toMatchObject([413, { code: 'INPUT_TOO_LARGE' }]);
  });

  it('ends the connection where the body was not read, and says so', async () => {
    const init = { method: 'POST', body: '{"text":"hi"}', headers: { 'content-length': '13' } };
    expect((await call('/nothing', init)).headers.get('connection')).toBe('close');
    expect((await call('/things/a/echo', init)).headers.get('connection')).toBeNull();
    expect((await call('/missing')).headers.get('connection')).toBeNull();
  });

  it('is a parameter that breaks its schema', async () => {
    const init = { method: 'POST', body: '{"text":"hi"}' };
    expect(await call('/things/much-too-long/echo', init)).toMatchObject({ status: 400 });
    expect(await call('/things/a/echo?limit=x', init)).toMatchObject({ status: 400 });
  });
});

describe('an error', () => {
  it('of the catalogue has its status, code and message', async () => {
    expect(await call('/missing')).toMatchObject({
      status: 404,
      body: { code: 'JOB_NOT_FOUND', detail: 'no job x', trace_id: expect.any(String) },
    });
  });

  it('of ours is told to nobody but the log', async () => {
    faults.length = 0;
    const { status, body } = await call('/broken');
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(faults).toEqual([expect.stringMatching(/^GET \/broken failed, call [0-9A-Z]{26}$/)]);
  });

  it.each([
    ['/busy', 503, '1'],
    ['/full', 429, '10'],
    ['/missing', 404, null],
  ])('says when to come again where it passes: %s', async (path, status, after) => {
    const answer = await call(path);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, after]);
  });
});
