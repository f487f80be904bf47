import { createFileLetterList } from '../../../lib/adapters/embedded/disk/letter-list';
import { SCOPES, type Scope } from '../../../lib/core/access/scopes';
import { createApp } from '../../../lib/server/app';
import { servedRoutes } from '../../../lib/server/routes';
import {
  configuredWith,
  createServedWorld,
  NO_CLEANING,
  OWNER,
  type Process,
  until,
} from './support/served-world';

/** Nodes `a` and `b` fail until they are mended. */
let mended = false;
const world = createServedWorld(({ nodeId }) => ({
  ms: 1_000,
  end: !mended && (nodeId === 'a' || nodeId === 'b') ? 'failed' : 'succeeded',
}));
let daemon: Process;

const all = Object.values(SCOPES);

function appFor(subject: string, scopes: readonly Scope[]) {
  const { engine, journal } = daemon;
  return createApp({
    routes: servedRoutes({
      traces: { places: async () => [] },
      config: configuredWith(journal),
      ...{ engine, journal, slots: 2, clock: world.time.now },
      letters: createFileLetterList(world.layout),
      cleaning: NO_CLEANING,
    }),
    ...{ token: 't', caller: { subject, scopes }, health: async () => ({}) },
    onFault: (_, error) => {
      throw error;
    },
  });
}

const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };

async function call(
  method: string,
  path: string,
  body?: unknown,
  subject = OWNER,
  scopes: readonly Scope[] = all,
) {
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await appFor(subject, scopes).request(path, init);
  // biome-ignore lint/suspicious/noExplicitAny: what the routes answer is checked by them.
  return { status: response.status, body: (await response.json()) as any };
}

const jobIs = (id: string, status: string) =>
  until(async () => (await call('GET', `/jobs/${id}`)).body.status === status, world.time.next);

describe('letters of a daemon', () => {
  let job: string;
  let group: string;

  beforeAll(async () => {
    daemon = await world.boot();
    const run = { run: 'x' };
    const nodes = [
      ...[
        { id: 'a', ...run },
        { id: 'b', ...run },
        { id: 'c', ...run },
      ],
      { id: 'd', ...run, needs: ['a', 'b'] },
    ];
    job = (await call('POST', '/jobs', { execution_graph: { name: 'g', nodes } })).body.job_id;
    await jobIs(job, 'failed');
    await until(async () => (await call('GET', '/letters')).body.groups[0]?.open === 2);
    group = (await call('GET', '/letters')).body.groups[0].group;
  });
  afterAll(() => daemon.end());

  it('are listed by group, and shown with what they said', async () => {
    expect((await call('GET', '/letters?status=open&kind=node')).body.groups).toMatchObject([
      { group, kind: 'node', status: 'open', open: 2, owner: OWNER },
    ]);
    expect((await call('GET', '/letters?status=resolved')).body.groups).toEqual([]);
    const { body } = await call('GET', `/letters/${group}`);
    expect(body.letters.map((each: { node_id: string }) => each.node_id).sort()).toEqual(['a', 'b']);
    expect(body.letters[0]).toMatchObject({
      job_id: job,
      status: 'open',
      attempt: 1,
      redriven: 0,
      graph: 'g',
    });
  });

  it('are unknown to others, and poisoned messages an administrator sees', async () => {
    const stranger = ['eve', [SCOPES.jobs, SCOPES.retryStandard]] as const;
    for (const [method, path, body] of [
      ['GET', `/letters/${group}`, undefined],
      ['POST', `/letters/${group}/redrive`, {}],
      ['POST', `/letters/${group}/redrive/stop`, {}],
      ['POST', `/letters/${group}/notes`, { text: 't' }],
    ] as const) {
      const { status, body: told } = await call(method, path, body, ...stranger);
      expect([status, told.code]).toEqual([404, 'LETTER_NOT_FOUND']);
    }
    expect((await call('GET', '/letters', undefined, ...stranger)).body.groups).toEqual([]);
    expect((await call('GET', '/letters?kind=message', undefined, ...stranger)).status).toBe(403);
    expect((await call('GET', '/letters?kind=message')).body.groups).toEqual([]);
  });

  it('are redriven by whoever may have such jobs tried again, by force and with another input by fewer', async () => {
    const own = [SCOPES.jobs, SCOPES.retryBasic];
    const asked = (body: object, scopes: readonly Scope[] = own) =>
      call('POST', `/letters/${group}/redrive`, body, OWNER, scopes);
    expect((await asked({})).status).toBe(403);
    expect((await asked({ force: true }, [SCOPES.jobs, SCOPES.retryStandard])).status).toBe(403);
    expect(await asked({ input: {} })).toMatchObject({ status: 400 });
    expect((await asked({ letters: ['nothing'] }, [SCOPES.jobs, SCOPES.retryStandard])).body).toMatchObject({
      ...{ code: 'LETTER_CONFLICT', detail: 'the group has no letter nothing' },
    });
  });

  it('have no redrive to stop before one is under way', async () => {
    const stopped = await call('POST', `/letters/${group}/redrive/stop`, { reason: 'enough' });
    expect(stopped).toMatchObject({ status: 409, body: { code: 'LETTER_CONFLICT' } });
  });

  it('are changed for the version that is named, and for no other', async () => {
    const app = appFor(OWNER, all);
    const read = async () => (await app.request(`/letters/${group}`, { headers })).headers.get('etag')!;
    const assign = (match: string) =>
      app.request(`/letters/${group}/assign`, {
        ...{ method: 'POST', headers: { ...headers, 'if-match': match }, body: '{"to":"ben"}' },
      });
    const version = await read();
    expect((await call('POST', `/letters/${group}/notes`, { text: 'seen' })).status).toBe(200);
    const late = await assign(version);
    expect(late.status).toBe(412);
    expect(await late.json()).toMatchObject({ code: 'PRECONDITION_FAILED' });
    const now = await read();
    expect(now).not.toBe(version);
    expect((await assign(now)).status).toBe(200);
  });

  it('say who sees to them, and what was found', async () => {
    const assigned = await call('POST', `/letters/${group}/assign`, { to: 'eve' });
    expect(assigned).toMatchObject({ status: 200, body: { status: 'assigned', assignee: 'eve' } });
    const noted = await call('POST', `/letters/${group}/notes`, { text: 'the proxy' });
    expect(noted.body.notes.at(-1)).toMatchObject({ text: 'the proxy', by: OWNER });
  });

  it('go on with their canary in the next daemon, which the first one left on its way', async () => {
    mended = true;
    const { status, body } = await call('POST', `/letters/${group}/redrive`, { reason: 'mended' });
    expect(status).toBe(200);
    expect(body.order).toMatchObject({ mode: 'canary', sent: 1, waiting: 1, reason: 'mended' });
    expect((await call('POST', `/letters/${group}/redrive`, {})).body.code).toBe('LETTER_CONFLICT');
    await daemon.end();
    daemon = await world.boot();
    await jobIs(job, 'succeeded');
    const { body: after } = await call('GET', `/letters/${group}`);
    expect(after).toMatchObject({ open: 0, status: 'resolved', last_order: { sent: 2, left: 0 } });
    const { nodes } = (await call('GET', `/jobs/${job}`)).body;
    expect([nodes.c.attempts, nodes.d.status]).toEqual([1, 'succeeded']);
  });

  it('that are skipped end their job anew, where it has ended', async () => {
    mended = false;
    const execution_graph = { name: 'g', nodes: [{ id: 'a', run: 'x' }] };
    const { job_id } = (await call('POST', '/jobs', { execution_graph })).body;
    await jobIs(job_id, 'failed');
    await until(async () => (await call('GET', '/letters')).body.groups[0]?.open === 1);
    const resolve = () => call('POST', `/letters/${group}/resolve`, { how: 'skip', reason: 'known' });
    expect(await resolve()).toMatchObject({ status: 200, body: { open: 0 } });
    await jobIs(job_id, 'succeeded');
    expect((await resolve()).body).toMatchObject({ code: 'LETTER_CONFLICT' });
  });

  it('that have waited for longer than any queue keeps a message are redriven as on the first day, alone or as a group', async () => {
    mended = false;
    const nodes = ['a', 'b'].map((id) => ({ id, run: 'x' }));
    const submit = async () =>
      (await call('POST', '/jobs', { execution_graph: { name: 'g', nodes } })).body.job_id;
    const jobs = [await submit(), await submit()];
    for (const id of jobs) await jobIs(id, 'failed');
    const read = async () => (await call('GET', `/letters/${group}`)).body;
    await until(async () => (await read()).open === 4);
    await daemon.end();
    let isLater = false;
    world.time.setTimer(() => {
      isLater = true;
    }, 40 * 86_400_000);
    await until(async () => isLater, world.time.next);
    daemon = await world.boot();
    expect(await read()).toMatchObject({ open: 4 });
    mended = true;
    const { letters } = await read();
    const mine = (id: string) =>
      letters.filter(
        (each: { job_id: string; status: string }) => each.job_id === id && each.status !== 'resolved',
      );
    const [first] = mine(jobs[0]);
    const alone = { letters: [first.letter_id], mode: 'all', input: { run: 'y' }, reason: 'mended' };
    expect((await call('POST', `/letters/${group}/redrive`, alone)).status).toBe(200);
    await until(async () => (await read()).open === 3, world.time.next);
    expect(
      (await call('POST', `/letters/${group}/redrive`, { mode: 'canary', reason: 'mended' })).body.order,
    ).toMatchObject({ mode: 'canary', sent: 1, waiting: 2 });
    for (const id of jobs) await jobIs(id, 'succeeded');
    expect(await read()).toMatchObject({ open: 0, status: 'resolved', last_order: { sent: 3, left: 0 } });
    for (const id of jobs) {
      const { body } = await call('GET', `/jobs/${id}`);
      expect([body.nodes.a.attempts, body.nodes.b.attempts]).toEqual([2, 2]);
    }
  });
});
