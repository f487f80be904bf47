import { readFileSync } from 'node:fs';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { createAuthorizer } from '../../../lambdas/authorizer/authorize';
import { routedHandler } from '../../../lambdas/runtime/routed';
import { logger } from '../../../lambdas/runtime/telemetry';
import { listJobs } from '../../../lib/api/list-jobs';
import { OPERATIONS, type OperationId } from '../../../lib/api/operations';
import { placeOf, type Route, type Served } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { attemptToken } from '../../../lib/core/access/attempt-token';
import type { Caller } from '../../../lib/core/access/scopes';
import { jobAt } from '../../../lib/core/messages/address';
import { createApp } from '../../../lib/server/app';
import { ACCESS, ROLES, type Role, rolesTable, type Verdict } from '../../support/access-roles';
import { GROUP } from '../../support/letter-driver';
import { HASH } from '../adapters/aws/machines/registry-world';
import { LISTED } from '../lambdas/listed-job';
import { ANAS, ownedWorld, SECRET } from '../lambdas/owned-world';
import { request } from '../lambdas/request';

const routes = Object.entries(ROUTES) as [OperationId, Route][];
const roles = Object.keys(ROLES) as Role[];
const SHARED = { ...LISTED, sharedWith: ['ben'] };

/** What exists in the world, in place of what examples name. */
const PARAMS: Readonly<Record<string, string>> = {
  ...{ jobId: 'j', nodeId: 'a', attempt: '1', hash: HASH, name: 'nightly', group: GROUP },
  ...{ pool: 'default', workerId: 'w1', signature: 'f'.repeat(16) },
};

function callOf(id: OperationId) {
  const { example } = OPERATIONS[id];
  const { path } = placeOf(ROUTES[id].name);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const own = path.startsWith('/trace') ? 'j' : ANAS;
  const params = Object.fromEntries(names.map((name) => [name, name === 'id' ? own : (PARAMS[name] ?? 'x')]));
  const query = Object.fromEntries(
    Object.entries(example.query ?? {})
      .filter(([key]) => key !== 'owner')
      .map(([key, value]) => [key, String(value)]),
  );
  const body = BODIES[id] ?? example.body;
  const workerId = (body as { worker_id?: string } | undefined)?.worker_id ?? 'w1';
  const token = attemptToken(SECRET, { jobId: 'j', nodeId: 'a', attempt: 1 }, workerId);
  return { params, query, body, headers: { 'X-Attempt-Token': token } };
}

/** Where an example is about something else than the world has. */
const BODIES: Partial<Record<OperationId, unknown>> = {
  shareJob: { user: 'cleo' },
  unshareJob: { user: 'cleo' },
  resumeJob: { dry_run: true },
  retryJob: { nodes: ['a'], reason: 'r' },
};

/** A route of which nothing is but the gate: whoever comes here was let in. */
const reached = (route: Route): Served => ({
  route,
  handle: async () => ({ status: 200, body: { reached: true } }),
});

async function world(id: OperationId) {
  const { served, cloud, told } = await ownedWorld(SHARED);
  const ana = { kind: 'user', id: 'ana' } as const;
  await cloud.engine.handle(jobAt('j'), [{ id: 's', actor: ana, message: { type: 'share', user: 'ben' } }]);
  const real = [...served, listJobs({ list: async () => ({ jobs: [] }) })];
  const has = new Set(real.map(({ route }) => route));
  const all = [
    ...real,
    ...routes
      .map(([, route]) => route)
      .filter((route) => !has.has(route))
      .map(reached),
  ];
  return { all: all.filter(({ route }) => route === ROUTES[id]), told };
}

/** Tokens are the names of roles: that they are good is for others to say. */
const verify = async (token: string) => {
  const caller: Caller | undefined = ROLES[token.replaceAll('_', ' ') as Role];
  if (!caller) throw new Error('made up');
  return { caller, expires: 9 };
};
const bearer = (role: Role): Record<string, string> =>
  role === 'anonymous' ? {} : { Authorization: `Bearer ${role.replaceAll(' ', '_')}` };

type World = Awaited<ReturnType<typeof world>>;
type Host = (world: World, id: OperationId, role: Role) => Promise<Verdict>;

const daemon: Host = async ({ all }, id, role) => {
  const open = all.filter(({ route }) => route.open);
  const app = createApp({
    ...{ routes: all.filter(({ route }) => !route.open), open, token: 'of the daemon', verify },
    caller: { subject: 'the daemon', scopes: [] },
    health: async () => ({}),
    onFault: () => {},
  });
  const { params, query, body, headers } = callOf(id);
  const { method, path } = placeOf(ROUTES[id].name);
  const at = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''));
  const answer = await app.request(`${at}?${new URLSearchParams(query)}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers, ...bearer(role) },
    ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
  });
  return seen(answer.status, await answer.text());
};

const gateway: Host = async ({ all }, id, role) => {
  const { name: route, open } = ROUTES[id] as Route;
  const methodArn = `arn:aws:execute-api:eu-west-1:111122223333:abc/v1/${route.replace(' ', '')}`;
  const event = { methodArn, headers: bearer(role), httpMethod: 'GET', resource: route };
  // An open route is not behind the authorizer.
  const asked = open
    ? undefined
    : createAuthorizer(verify)(event as unknown as APIGatewayRequestAuthorizerEvent);
  const let_in = await asked?.catch((error: Error) => {
    expect(error.message).toBe('Unauthorized');
    return undefined;
  });
  if (!open && !let_in) return 'who';
  const { params, query, body, headers } = callOf(id);
  const { subject = '', scopes = '' } = (let_in?.context ?? {}) as { subject?: string; scopes?: string };
  const call = { route, params, query, headers, subject, scopes };
  const answer = await request(routedHandler(all), {
    ...call,
    ...(!route.startsWith('GET') && { body: body ?? {} }),
  });
  return seen(answer.status, JSON.stringify(answer.body));
};

const VERDICTS: Readonly<Record<number, Verdict>> = { 401: 'who', 403: 'no', 404: 'hidden' };
/** Whoever is told that the job has no such attempt has seen the job. */
const seen = (status: number, text: string): Verdict =>
  text.includes('NODE_NOT_FOUND') ? 'yes' : (VERDICTS[status] ?? 'yes');
const wanted = (verdict: Verdict): Verdict => (verdict === 'own' ? 'yes' : verdict);

describe.each([
  ['the daemon', daemon],
  ['the functions behind the authorizer', gateway],
])('%s', (_, ask) => {
  beforeAll(() => {
    for (const level of ['warn', 'info', 'error'] as const)
      jest.spyOn(logger, level).mockImplementation(() => {});
  });
  afterAll(() => jest.restoreAllMocks());

  it.each(routes.map(([id]) => id))('gives each role of %s what the table says', async (id) => {
    const got: Partial<Record<Role, Verdict>> = {};
    const here = await world(id);
    // The owner last: what they delete would be hidden from the others for that alone.
    for (const role of roles.toReversed()) {
      const before = here.told.length;
      const verdict = await ask(here, id, role);
      got[role] = verdict;
      // Who is refused has told nobody anything.
      const told = here.told.length - before;
      if (verdict !== 'yes') expect({ id, role, told }).toEqual({ id, role, told: 0 });
    }
    const expected = Object.fromEntries(roles.map((role) => [role, wanted(ACCESS[id][role])]));
    expect({ id, ...got }).toEqual({ id, ...expected });
  });
});

describe('the table of roles', () => {
  it('has a row for every operation', () => {
    expect(Object.keys(ACCESS).sort()).toEqual(routes.map(([id]) => id).sort());
  });

  it('stands in docs/access.md: put what rolesTable() gives there', () => {
    expect(readFileSync('docs/access.md', 'utf8')).toContain(rolesTable());
  });
});
