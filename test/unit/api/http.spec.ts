import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { routedHandler } from '../../../lambdas/runtime/routed';
import { logger } from '../../../lambdas/runtime/telemetry';
import { createLocalLists } from '../../../lib/adapters/embedded/runtime/lists';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { listJobs } from '../../../lib/api/list-jobs';
import { OPERATIONS, type OperationId } from '../../../lib/api/operations';
import { placeOf, type Route, type Served, taken } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { problemDetails } from '../../../lib/contract/errors';
import { SCOPES } from '../../../lib/core/access/scopes';
import { LIMITS } from '../../../lib/core/limits';
import { createApp } from '../../../lib/server/app';
import { createChanges } from '../../../lib/server/changes';

interface Call {
  readonly method?: string;
  /** What is called in place of the path of the route, by what the gateway takes for that path. */
  readonly at?: string;
  /** Of the parameters of its path, as they are sent; any that is fit for it, when it is not said. */
  readonly param?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
interface Answer {
  readonly status: number;
  readonly text: string;
  readonly header: (name: string) => string | null;
}
type Host = (served: readonly Served[], route: Route, call: Call) => Promise<Answer>;

const scopes = Object.values(SCOPES);
const FIT: Readonly<Record<string, string>> = {
  ...{ attempt: '1', hash: '0'.repeat(64), signature: '0'.repeat(16), kind: 'job', id: '0'.repeat(16) },
  code: 'INTERNAL',
};
const FAULT = (message: string, error: unknown) => {
  throw new Error(`${message}: ${String(error)}`);
};

/** The path of a route with its parameters in their places. */
const pathTo = (route: Route, param?: string): string =>
  placeOf(route.name).path.replace(/\{(\w+)\}/g, (_, name: string) => param ?? FIT[name] ?? 'a');

const daemon: Host = async (served, route, { method, at, param, query = '', headers, body }) => {
  const app = createApp({
    ...{ routes: served.filter(({ route }) => !route.open), open: served.filter(({ route }) => route.open) },
    ...{ token: 'right', caller: { subject: 'ana', scopes }, changes: createChanges() },
    ...{ health: async () => ({}), onFault: FAULT },
  });
  const { method: own } = placeOf(route.name);
  const sent = { authorization: 'Bearer right', ...headers };
  const answer = await app.request(`${at ?? pathTo(route, param)}${query}`, {
    ...{ method: method ?? own, headers: sent, ...(body !== undefined && { body }) },
  });
  return { status: answer.status, text: await answer.text(), header: (name) => answer.headers.get(name) };
};

/** What the gateway hands to a function: the values of a path decoded, those of the query by key. */
const lambda: Host = async (served, route, { method, at, param, query = '', headers = {}, body }) => {
  const { method: own, path } = placeOf(route.name);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const decoded = (name: string) => (param === undefined ? (FIT[name] ?? 'a') : decodeURIComponent(param));
  const keys = new URLSearchParams(query);
  const all = Object.fromEntries([...keys.keys()].map((key) => [key, keys.getAll(key)]));
  const event = {
    ...{ httpMethod: method ?? own, resource: path, path: at ?? pathTo(route, param), headers },
    body: body ?? null,
    ...{ pathParameters: Object.fromEntries(names.map((name) => [name, decoded(name)])) },
    ...{ queryStringParameters: Object.fromEntries(keys), multiValueQueryStringParameters: all },
    requestContext: { requestId: 'r', authorizer: { subject: 'ana', scopes: scopes.join(' ') } },
  };
  const context = { functionName: 'test', getRemainingTimeInMillis: () => 1_000 };
  const answer = await routedHandler(served)(event as never, context as never);
  const told = Object.entries(answer.headers ?? {});
  const find = (name: string) => told.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return {
    ...{ status: answer.statusCode, text: answer.body },
    header: (name) => (find(name) === undefined ? null : String(find(name))),
  };
};

const routes: readonly Route[] = Object.values<Route>(ROUTES);
/** A route of which nothing is but its door. */
const bare = (route: Route): Served => ({
  route,
  handle: async () => ({ status: 200, body: { reached: true } }),
});
const all = routes.filter((route) => route !== ROUTES.getChanges).map(bare);
const hosts: readonly (readonly [string, Host, readonly Route[]])[] = [
  ['the daemon', daemon, routes],
  ['a function', lambda, routes.filter(({ by }) => by !== 'daemon')],
];
const JSON_BODY = { 'content-type': 'application/json' };
const isGet = ({ name }: Route) => name.startsWith('GET ');

function expectProblem({ status, text, header }: Answer, wanted: number, code: string): void {
  expect(header('content-type')).toBe('application/problem+json');
  const problem = problemDetails.strict().parse(JSON.parse(text));
  expect([status, problem.status, problem.code]).toEqual([wanted, wanted, code]);
  // What is wrong with a request is wrong at some place of it.
  if (code === 'INPUT_INVALID') expect(problem.problems?.length).toBeGreaterThan(0);
}

beforeAll(() => {
  for (const level of ['warn', 'info', 'error'] as const)
    jest.spyOn(logger, level).mockImplementation(() => {});
});
afterAll(() => jest.restoreAllMocks());

describe.each(hosts)('%s', (_, host, listed) => {
  const ask = (route: Route, call: Call = {}) => host(all, route, call);
  const named = listed.map((route) => [route.name, route] as const);
  const gets = named.filter(([, route]) => isGet(route) && route !== ROUTES.getChanges);
  const withParams = named.filter(([name]) => name.includes('{'));

  /** What a path has: a daemon has them all. */
  const allowed = (of: Route): string[] => {
    const { path } = placeOf(of.name);
    const own = listed
      .filter(({ name }) => placeOf(name).path === path)
      .map(({ name }) => placeOf(name).method);
    return [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
  };
  const told = ({ header }: Answer) => header('Allow')?.split(', ').sort();

  it.each(named)('answers HEAD of %s as GET without a body, or says what there is', async (_name, route) => {
    const head = await ask(route, { method: 'HEAD' });
    expect(head.text).toBe('');
    if (allowed(route).includes('GET')) {
      expect(head.status).toBe(200);
      if (route === ROUTES.getChanges) return;
      const get = await ask(route, { method: 'GET' });
      for (const name of ['ETag', 'Content-Type', 'Cache-Control'])
        expect([name, head.header(name)]).toEqual([name, get.header(name)]);
    } else {
      expect([head.status, told(head)]).toEqual([405, allowed(route)]);
    }
  });

  it.each(named)('answers OPTIONS of %s with what its path has', async (_name, route) => {
    const answer = await ask(route, { method: 'OPTIONS' });
    expect([answer.status, answer.text, told(answer)]).toEqual([204, '', allowed(route)]);
    expect(answer.header('Content-Type')).toBeNull();
    expect(answer.header('X-Correlation-Id')).toEqual(expect.any(String));
  });

  it.each(named)('refuses what the path of %s has not, and says what it has', async (_name, route) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      if (allowed(route).includes(method)) continue;
      const answer = await ask(route, { method });
      expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
      expect(told(answer)).toEqual(allowed(route));
      expect(JSON.parse(answer.text).detail).toMatch(`${pathTo(route)} has no ${method}, but `);
    }
  });

  it.each(named)('has no path of %s with a slash behind it', async (_name, route) => {
    for (const method of [undefined, 'OPTIONS', 'PATCH'])
      expectProblem(
        await ask(route, { at: `${pathTo(route)}/`, ...(method && { method }) }),
        404,
        'ROUTE_NOT_FOUND',
      );
  });

  it.each(withParams)('takes no id of %s that is longer than any, or none', async (_name, route) => {
    const { status: fit } = await ask(route, { headers: JSON_BODY });
    expect([200, 400]).toContain(fit);
    for (const param of [
      'x'.repeat(LIMITS.cursorLength * 8),
      '%2E%2E%2F',
      'a%00b',
      'a%0Ab',
      'a%20b',
      '%22%3E',
    ])
      expectProblem(await ask(route, { param, headers: JSON_BODY }), 400, 'INPUT_INVALID');
  });

  it.each(withParams)('takes no id of %s in another alphabet for one of ours', async (_name, route) => {
    for (const id of ['jöb', '任务', '🎲', 'ｊｏｂ']) {
      const answer = await ask(route, { param: encodeURIComponent(id), headers: JSON_BODY });
      expectProblem(answer, 400, 'INPUT_INVALID');
    }
  });

  it.each(gets)('refuses a key of %s that is given twice', async (_name, route) => {
    const [key = 'limit'] = Object.keys((route.query as { shape?: object }).shape ?? {});
    expectProblem(await ask(route, { query: `?${key}=1&${key}=2` }), 400, 'INPUT_INVALID');
  });

  it.each(gets)('refuses a key of %s that it does not know, by its name', async (_name, route) => {
    const answer = await ask(route, { query: '?nosuchkey=1' });
    expectProblem(answer, 400, 'INPUT_INVALID');
    expect(JSON.parse(answer.text).problems).toEqual([expect.objectContaining({ path: 'nosuchkey' })]);
  });

  it.each(gets)('takes numbers of %s as they are written in JSON, and no others', async (_name, route) => {
    const { properties = {} } = z.toJSONSchema(taken(route.query) ?? z.object({}), { io: 'input' });
    for (const [key, of] of Object.entries(properties)) {
      if (!/"type":"(integer|number)"/.test(JSON.stringify(of))) continue;
      for (const given of ['0x10', '%2010', '010', '+1', '1_0', 'Infinity']) {
        const answer = await ask(route, { query: `?${key}=${given}` });
        expectProblem(answer, 400, 'INPUT_INVALID');
        expect(JSON.parse(answer.text).problems[0]).toMatchObject({ path: key });
      }
      expect([key, (await ask(route, { query: `?${key}=1` })).status]).toEqual([key, 200]);
    }
  });

  it.each(gets)('answers %s the same whatever it is asked to accept', async (_name, route) => {
    const { text, status, header } = await ask(route, { headers: { accept: 'image/png;q=1, */*;q=0' } });
    const plain = await ask(route);
    expect([status, text, header('content-type')]).toEqual([plain.status, plain.text, route.type]);
  });

  it.each(gets)('reads no body of %s that nobody asked for', async (_name, route) => {
    // No client of this kind sends one: the gateway and the daemon get it all the same.
    if (host === daemon) return;
    const { status } = await ask(route, { body: '{"status":"x"}', headers: JSON_BODY });
    expect(status).toBe(200);
    expectProblem(await ask(route, { body: 'x' }), 415, 'MEDIA_TYPE_UNSUPPORTED');
    const much = `"${'x'.repeat(route.bounds.bytes)}"`;
    expectProblem(await ask(route, { body: much, headers: JSON_BODY }), 413, 'INPUT_TOO_LARGE');
  });

  const takers = named.filter(([, route]) => !isGet(route));

  it.each(takers)('takes JSON for the body of %s and nothing else', async (_name, route) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', '']) {
      const answer = await ask(route, { body: '{}', headers: { 'content-type': type } });
      expectProblem(answer, 415, 'MEDIA_TYPE_UNSUPPORTED');
    }
    for (const coding of ['gzip', 'br', 'identity, gzip']) {
      const headers = { ...JSON_BODY, 'content-encoding': coding };
      expectProblem(await ask(route, { body: '{}', headers }), 415, 'MEDIA_TYPE_UNSUPPORTED');
    }
    for (const type of [
      'application/json; charset=utf-8',
      'APPLICATION/JSON',
      'application/merge-patch+json',
    ]) {
      const { status } = await ask(route, { body: '{}', headers: { 'content-type': type } });
      expect([200, 400]).toContain(status);
    }
  });

  const reasoned = (Object.entries(ROUTES) as [OperationId, Route][]).filter(
    ([, route]) => listed.includes(route) && 'reason' in (taken(route.body)?.shape ?? {}),
  );

  it.each(reasoned)('takes a reason of 1 to 500 characters with %s, on one line', async (id, route) => {
    const to = (reason: string) => {
      const body = JSON.stringify({ ...(OPERATIONS[id].example.body as object), reason });
      return ask(route, { body, headers: JSON_BODY });
    };
    // Characters as people count them.
    for (const reason of ['x', 'x'.repeat(500), '🎲'.repeat(500)])
      expect([reason, (await to(reason)).status]).toEqual([reason, 200]);
    for (const reason of ['', 'x'.repeat(501), '🎲'.repeat(501), 'a\nb', 'a\u0000b']) {
      const answer = await to(reason);
      expectProblem(answer, 400, 'INPUT_INVALID');
      expect(JSON.parse(answer.text).problems[0].path).toBe('reason');
    }
  });

  it('asks for a reason where something is changed for others', () => {
    expect(reasoned.length).toBeGreaterThan(15);
  });

  it.each(takers)('takes no body of %s that is larger than it reads', async (_name, route) => {
    const body = `"${'x'.repeat(route.bounds.bytes)}"`;
    expectProblem(await ask(route, { body, headers: JSON_BODY }), 413, 'INPUT_TOO_LARGE');
  });
});

describe('a path with a slash too many', () => {
  it.each(['/jobs/', '//jobs', '/jobs//j', '/jobs/j/', '/jobs/j/events/', '/'])(
    'is none: %s',
    async (path) => {
      const app = createApp({
        ...{ routes: all, token: 'right', caller: { subject: 'ana', scopes } },
        ...{ health: async () => ({}), onFault: FAULT },
      });
      const answer = await app.request(path, { headers: { authorization: 'Bearer right' } });
      const header = (name: string) => answer.headers.get(name);
      expectProblem({ status: answer.status, text: await answer.text(), header }, 404, 'ROUTE_NOT_FOUND');
    },
  );
});

describe.each(hosts)('the list of jobs of %s', (_, host) => {
  const lists = createLocalLists(createMemoryJournalStore());
  const served = [listJobs(lists.jobs)];
  const submitted = () =>
    lists.enter(`job/${randomUUID()}`, {
      ...{ kind: 'job', name: 'g', status: 'running', owner: 'ana', priority: 'medium', jobType: 'STANDARD' },
      submittedAt: 1,
    } as never);
  const ask = (headers = {}, query = '') => host(served, ROUTES.listJobs, { headers, query });

  it('is a 304 while nothing has changed, and another answer once there is another job', async () => {
    submitted();
    const first = await ask();
    const tag = String(first.header('ETag'));
    const same = await ask({ 'if-none-match': tag });
    expect([first.status, same.status, same.text, same.header('ETag')]).toEqual([200, 304, '', tag]);
    expect(same.header('Content-Type')).toBeNull();
    expect((await ask({ 'if-none-match': `"other", W/${tag}` })).status).toBe(304);
    submitted();
    const next = await ask({ 'if-none-match': tag });
    expect([next.status, next.header('ETag') === tag]).toEqual([200, false]);
    expect(JSON.parse(next.text).jobs).toHaveLength(2);
  });

  it('has a tag for each page and filter of its own', async () => {
    const tags = await Promise.all(
      ['', '?limit=1', '?status=failed'].map(async (query) => (await ask({}, query)).header('ETag')),
    );
    expect(new Set(tags).size).toBe(3);
  });
});
