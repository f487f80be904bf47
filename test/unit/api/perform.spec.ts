import { z } from 'zod';
import { createMemoryAnswers } from '../../../lib/adapters/memory/answers';
import { openApi } from '../../../lib/api/openapi';
import { PAGES, perform, type Received } from '../../../lib/api/perform';
import { isRead, type Route, route, serve, taken } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { listKeys } from '../../../lib/contract/list';
import { RepriseError } from '../../../lib/core/errors';

const routes = Object.values<Route>(ROUTES);
const reads = routes.filter(isRead);
const changes = routes.filter((each) => !isRead(each));

/** A call of a route with whatever it takes; `headers` in any case. */
const received = (
  headers: Readonly<Record<string, string>> = {},
  overrides: Partial<Received> = {},
): Received => ({
  ...{ caller: { subject: 'ana', scopes: ['orchestration.jobs'] }, requestId: 'r1' },
  ...{ traceId: 't', correlationId: 'c', params: {}, query: {}, bytes: new Uint8Array() },
  header: (name) => Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1],
  ...{ remainingMs: () => 15_000, ...overrides },
});

/** The same route with anything for its parts, so that each of the list can be called alike. */
const bare = (of: Route, handle: (requestId: string) => Promise<object>, status = 202) => {
  const { name, scopes, about, open } = of;
  const known = route(name as 'POST /x', {
    by: 'daemon',
    scopes,
    about,
    ...(open && { open }),
    answers: { [status]: z.unknown() },
  });
  const caller = { subject: 'ana', scopes: [scopes[0] ?? ''] };
  const served = serve(known, async ({ requestId }) => ({
    status: status as never,
    body: await handle(requestId),
  }));
  return { served, caller };
};

describe.each(changes)('$name', (each) => {
  it('is done once under an Idempotency-Key, and answered again as it was', async () => {
    const done: string[] = [];
    const { served, caller } = bare(each, async (requestId) => ({ done: done.push(requestId) }));
    const keeping = { answers: createMemoryAnswers(), clock: () => 0 };
    const keyed = received({ 'idempotency-key': 'k1' }, { caller });
    const first = await perform(served, keyed, keeping);
    const again = await perform(served, { ...keyed, requestId: 'r2' }, keeping);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect([first.headers, again.headers]).toEqual([{}, { 'Idempotency-Replayed': 'true' }]);
    expect(done).toHaveLength(1);
    await perform(served, received({ 'Idempotency-Key': 'k2' }, { caller }), keeping);
    expect(new Set(done).size).toBe(2);
  });

  it('is told so in the document', () => {
    const [method = '', path = ''] = each.name.split(' ');
    const told = openApi('1').paths?.[path]?.[method.toLowerCase() as 'post'];
    expect(told?.parameters).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'Idempotency-Key' }),
    );
    expect(told?.responses?.['409']).toBeDefined();
    expect(told?.responses?.['412'] !== undefined).toBe(each.versioned);
  });
});

describe('a call under an Idempotency-Key', () => {
  const text = (value: unknown) => new Uint8Array(Buffer.from(JSON.stringify(value)));
  const json = { 'content-type': 'application/json', 'idempotency-key': 'k' };
  const spec = { by: 'daemon', scopes: ['orchestration.jobs' as const], about: 'a test' };
  const asked = route('POST /x', { ...spec, body: z.looseObject({}), answers: { 200: z.unknown() } });
  const world = (handle: (requestId: string) => Promise<unknown> = async () => ({ ok: true })) => {
    const keeping = { answers: createMemoryAnswers(), clock: () => 0 };
    const served = serve(asked, async ({ requestId }) => ({ status: 200, body: await handle(requestId) }));
    return (body: unknown, overrides: Partial<Received> = {}) =>
      perform(served, received(json, { bytes: text(body), ...overrides }), keeping);
  };

  it('that asks for something else is refused', async () => {
    const call = world();
    await call({ a: 1, b: 2 });
    expect(await call({ b: 2, a: 1 })).toMatchObject({ headers: { 'Idempotency-Replayed': 'true' } });
    await expect(call({ a: 1 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    await expect(call({ a: 1, b: 2 }, { params: { x: '1' } })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
    });
  });

  it('is another one of another caller', async () => {
    const call = world();
    await call({ a: 1 });
    const bob = { subject: 'bob', scopes: ['orchestration.jobs'] };
    expect(await call({ a: 2 }, { caller: bob })).toMatchObject({ status: 200, headers: {} });
  });

  it('may be made again where it was refused, and tells streams the same ids', async () => {
    const ids: string[] = [];
    const call = world(async (requestId) => {
      if (ids.push(requestId) === 1) throw new RepriseError('JOB_NOT_FOUND', 'no job x');
      return { ok: true };
    });
    await expect(call({})).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect(await call({})).toMatchObject({ status: 200, headers: {} });
    expect(ids[0]).toBe(ids[1]);
  });

  it('that is under way is not begun a second time', async () => {
    let finish = (): void => undefined;
    const call = world(
      () =>
        new Promise((resolve) => {
          finish = () => resolve({});
        }),
    );
    const first = call({});
    await expect(call({})).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', disposition: 'retryable' });
    finish();
    expect((await first).status).toBe(200);
  });

  it.each(['', 'a b', 'ü', 'x'.repeat(256)])('is not taken with the key %j', async (key) => {
    const served = serve(asked, async () => ({ status: 200, body: {} }));
    await expect(perform(served, received({ 'Idempotency-Key': key }))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});

describe.each(reads)('$name', (each) => {
  it('is answered 304 while it is as its ETag says', async () => {
    let body = { a: 1 };
    const { served, caller } = bare(each, async () => body, 200);
    const first = await perform(served, received({}, { caller }));
    const tag = first.headers['ETag'] ?? '';
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    const ask = (header: string) => perform(served, received({ 'If-None-Match': header }, { caller }));
    for (const header of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      expect(await ask(header)).toMatchObject({ status: 304, headers: { ETag: tag } });
      expect((await ask(header)).text).toBeUndefined();
    }
    body = { a: 2 };
    expect((await ask(tag)).status).toBe(200);
  });
});

const pages = Object.values(PAGES);
const listing = reads.filter((each) => 'limit' in (taken(each.query)?.shape ?? {}));

describe('a list', () => {
  it('is every route that takes a limit, and says where it goes on', () => {
    for (const { name, query, answers } of listing) {
      const keys = Object.keys(taken(query)?.shape ?? {});
      const members = Object.keys((answers[200] as z.ZodObject).shape);
      expect([name, pages.some((key) => keys.includes(key))]).toEqual([name, true]);
      expect([name, Object.keys(PAGES).some((member) => members.includes(member))]).toEqual([name, true]);
    }
  });

  it('has the same keys everywhere', () => {
    const lists = reads.filter(({ name }) => /^GET \/[a-z]+$/.test(name) && !SINGLE.includes(name));
    for (const { name, query } of lists) {
      const keys = Object.keys(taken(query)?.shape ?? {});
      expect([name, ['limit', 'cursor', 'sort'].filter((key) => !keys.includes(key))]).toEqual([name, []]);
    }
    expect(lists.length).toBeGreaterThan(8);
  });

  it('links to its next page, with the same filters', async () => {
    const spec = { by: 'daemon', scopes: ['orchestration.jobs' as const], about: 'a test' };
    const query = z.strictObject({ status: z.string().optional(), ...listKeys(['name']) });
    const list = route('GET /x', { ...spec, query, answers: { 200: z.unknown() } });
    const served = serve(list, async () => ({ status: 200, body: { next_cursor: 'place' } }));
    const asked = received({}, { query: { status: 'paused', limit: '2' } });
    const { headers, body } = await perform(served, asked);
    const { next_cursor: cursor } = body as { next_cursor: string };
    expect(headers['Link']).toBe(`<?status=paused&limit=2&cursor=${cursor}>; rel="next"`);
    const last = serve(list, async () => ({ status: 200, body: {} }));
    expect((await perform(last, asked)).headers['Link']).toBeUndefined();
  });
});

/** Paths of one part that are one thing, and no list of things. */
const SINGLE = ['GET /changes', 'GET /config', 'GET /cleanup', 'GET /health'];
