import { apiHandler } from '../../../lambdas/runtime/http';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { accessibleListedJob } from '../../../lib/api/access';
import { auditedOf } from '../../../lib/api/audited';
import type { Route, Served } from '../../../lib/api/route';
import { ROUTES } from '../../../lib/api/routes';
import { SCOPES, type Scope } from '../../../lib/core/access/scopes';
import type { CommandRecord } from '../../../lib/core/audit/events';
import { createAuditTrail } from '../../../lib/core/audit/trail';
import { RepriseError } from '../../../lib/core/errors';
import { createApp } from '../../../lib/server/app';
import { LISTED } from '../lambdas/listed-job';
import { request } from '../lambdas/request';

const routes = Object.values<Route>(ROUTES);
const VALUES: Readonly<Record<string, string>> = {
  ...{ jobId: 'j1', nodeId: 'a', attempt: '1', hash: 'f'.repeat(64), pool: 'default', id: 'a'.repeat(16) },
  ...{ signature: 'b'.repeat(16), name: 'nightly', group: 'g1', workerId: 'w1' },
};
const NAMED: Readonly<Record<string, string>> = {
  ...{
    jobs: 'job/j1',
    graphs: `graph/${VALUES['hash']}`,
    queues: 'pool/default',
    triggers: 'trigger/nightly',
  },
  ...{ dependencies: 'dependency/nightly', letters: 'letter/g1', workers: 'worker/w1' },
  ...{ quarantines: `quarantine/${VALUES['id']}`, notifications: 'target/nightly' },
};

interface Asked {
  readonly route: Route;
  readonly scopes?: readonly string[];
  readonly isKnown?: boolean;
  readonly answer?: () => Promise<{ readonly status: number; readonly body: unknown }>;
}

/** A host that serves one route, answered as the case says, and what it recorded. */
type Host = (asked: Asked) => Promise<{ status: number; record: CommandRecord | undefined }>;

const done = async () => ({ status: 202, body: {} });
const refusing = (code: ConstructorParameters<typeof RepriseError>[0]) => async () => {
  throw new RepriseError(code, 'not now', { context: {} });
};

function recorder() {
  const journal = createMemoryJournalStore();
  const onLost = (_: unknown, error: unknown) => {
    throw error;
  };
  const trail = createAuditTrail({ journal, clock: () => 0, shards: 1, shard: 0, onLost });
  const record = () => journal.streams.get('audit/1970-01-01')?.[0]?.data as CommandRecord | undefined;
  return { trail, record };
}

/** What a route takes is read elsewhere: here every body does, as it is about who asked. */
const anything = { parse: (x: unknown) => x, safeParse: (data: unknown) => ({ success: true, data }) };
function served({ route, answer = done }: Asked): Served {
  const open = { params: anything, query: anything, body: anything } as unknown as Pick<Route, 'params'>;
  return { route: { ...route, ...open }, handle: answer };
}

const onLambda: Host = async (asked) => {
  const { trail, record } = recorder();
  const { route, scopes = [...route.scopes], isKnown = true } = asked;
  const { status } = await request(apiHandler(served(asked), { trail }), {
    ...{ params: VALUES, subject: isKnown ? 'ana' : '', scopes: scopes.join(' ') },
  });
  return { status, record: record() };
};

const onDaemon: Host = async (asked) => {
  const { trail, record } = recorder();
  const { route, scopes = [...route.scopes], isKnown = true } = asked;
  const app = createApp({
    ...{ routes: [served(asked)], token: 'right', caller: { subject: 'ana', scopes }, trail },
    ...{ health: async () => ({}), onFault: () => undefined },
  });
  const [method = '', path = ''] = route.name.split(' ');
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? 'x');
  const headers = { authorization: `Bearer ${isKnown ? 'right' : 'wrong'}` };
  const { status } = await app.request(url, { method, headers });
  return { status, record: record() };
};

const HOSTS = { 'a function': onLambda, 'the daemon': onDaemon } as const;
const cases = Object.entries(HOSTS).flatMap(([host, ask]) =>
  routes.map((route) => ({ host, ask, route, name: route.name })),
);
const changing = cases.filter(({ name }) => !name.startsWith('GET '));
const commands = changing.filter(({ route }) => auditedOf(route) === 'everything');

describe('every route', () => {
  it.each(commands)('$host records who asked for $name', async ({ ask, route }) => {
    const { record } = await ask({ route });
    const [, kind = ''] = /\/([a-z]+)\/\{/.exec(route.name) ?? [];
    const resource = NAMED[kind];
    expect(record).toEqual({
      ...{ principal: 'ana', source: '', action: route.name, outcome: 'accepted', status: 202 },
      ...{ scope: route.scopes[0], ...(resource === undefined ? {} : { resource }) },
    });
  });

  it.each(changing)('$host records who may not ask for $name', async ({ ask, route }) => {
    const { status, record } = await ask({ route, scopes: ['something.else'] });
    expect(status).toBe(403);
    expect(record).toMatchObject({ principal: 'ana', action: route.name, outcome: 'refused', status: 403 });
    expect(record).toMatchObject({ code: 'FORBIDDEN', reason: expect.stringContaining('scope') });
    expect(record).not.toHaveProperty('scope');
  });

  it.each(cases.filter(({ route }) => !route.open))(
    '$host records that nobody known asked for $name',
    async ({ ask, route }) => {
      const { status, record } = await ask({ route, isKnown: false });
      expect(status).toBe(401);
      expect(record).toMatchObject({ principal: '', action: route.name, outcome: 'refused', status: 401 });
    },
  );

  it.each(changing)('$host records a conflict, a quota and a fault of $name', async ({ ask, route }) => {
    const outcomes = [
      ['LETTER_CONFLICT', 409, 'refused'],
      ['QUOTA_EXCEEDED', 429, 'refused'],
      ['GRAPH_CYCLE', 400, 'refused'],
      ['JOURNAL_CORRUPT', 500, 'failed'],
    ] as const;
    for (const [code, status, outcome] of outcomes) {
      const { record } = await ask({ route, answer: refusing(code) });
      expect(record).toMatchObject({ code, status, outcome, principal: 'ana', action: route.name });
    }
  });
});

describe('a record', () => {
  const reads = Object.entries(HOSTS).map(([host, ask]) => ({ host, ask }));

  it.each(reads)('of $host is not made of a read that is answered', async ({ ask }) => {
    expect((await ask({ route: ROUTES.getJob })).record).toBeUndefined();
    expect((await ask({ route: ROUTES.heartbeat })).record).toBeUndefined();
  });

  it.each(reads)('of $host has the owner of what was asked for, whom the answer hides', async ({ ask }) => {
    const host = HOSTS['a function'] === ask ? onLambda : onDaemon;
    const foreign = async (request: Parameters<Served['handle']>[0]) => {
      await accessibleListedJob(request.caller, 'j1', { get: async () => ({ ...LISTED, owner: 'eve' }) });
      return done();
    };
    const scopes: Scope[] = [SCOPES.jobs];
    const answer = foreign as unknown as typeof done;
    for (const route of [ROUTES.cancelJob, ROUTES.getJob]) {
      const { status, record } = await host({ route, scopes, answer });
      expect(status).toBe(404);
      expect(record).toMatchObject({
        principal: 'ana',
        owner: 'eve',
        resource: 'job/j1',
        code: 'JOB_NOT_FOUND',
      });
      expect(record?.reason).toBe('it belongs to another owner');
    }
  });

  it.each(reads)('of $host names what a command made', async ({ ask }) => {
    const answer = async () => ({ status: 202, body: { job_id: 'j9', status: 'queued' } });
    const { record } = await ask({ route: ROUTES.submitJob, answer });
    expect(record).toMatchObject({ resource: 'job/j9', owner: 'ana' });
  });

  it.each(reads)('of $host holds nothing of a body', async ({ ask }) => {
    const answer = async () => {
      const message = 'env.TOKEN: must not be "hunter2"';
      const problems = [{ code: 'INPUT_INVALID' as const, path: 'env.TOKEN', message }];
      throw new RepriseError('INPUT_INVALID', message, { problems });
    };
    const { record } = await ask({ route: ROUTES.submitJob, answer });
    expect(record).toMatchObject({ code: 'INPUT_INVALID', reason: 'at env.TOKEN' });
    expect(JSON.stringify(record)).not.toContain('hunter2');
  });
});
