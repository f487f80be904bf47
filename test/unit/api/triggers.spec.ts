import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { errorAnswer } from '../../../lib/api/http-errors';
import { sharedGraphs } from '../../../lib/api/owned-graphs';
import { requireScope } from '../../../lib/api/route';
import { triggerRoutes } from '../../../lib/api/triggers';
import { parse } from '../../../lib/contract/read';
import { fireTriggerResponse, listTriggersResponse, triggerView } from '../../../lib/contract/triggers';
import { SCOPES } from '../../../lib/core/access/scopes';
import type { Graph } from '../../../lib/core/dag/graph';
import { askerOf } from '../../../lib/core/engine/asker';
import { createEngine } from '../../../lib/core/engine/engine';
import { createKinds } from '../../../lib/core/engine/kinds';
import { RepriseError } from '../../../lib/core/errors';
import type { Recorded } from '../../../lib/core/journal/envelope';
import { streamOf, triggerAt } from '../../../lib/core/messages/address';
import type { Effect } from '../../../lib/core/messages/effect';
import type { GraphStore, JournalStore } from '../../../lib/core/ports/stores';
import type { TriggerListing } from '../../../lib/core/projections/listing';
import { triggerIdOf } from '../../../lib/core/trigger/id';
import { HOUR, NOON } from '../../support/trigger-driver';

const execution_graph = { name: 'shop', nodes: [{ id: 'build', run: 'make' }] };
const nightly = { on: { schedule: { cron: '30 2 * * *' } }, job: { execution_graph } };

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts
type Body = any;

/** The routes over an engine with a journal in memory; calls are made as a host makes them. */
function world() {
  const store = createMemoryJournalStore();
  const listed = new Map<string, TriggerListing>();
  const journal: JournalStore = {
    ...store,
    append: async (stream, expected, events, listing) => {
      await store.append(stream, expected, events);
      if (listing?.kind === 'trigger') listed.set(stream, listing);
    },
  };
  const time = { now: NOON };
  const clock = () => time.now;
  const random = () => 0.5;
  const effects: Effect[] = [];
  const perform = async (some: readonly Effect[]) => void effects.push(...some);
  const graphs = new Map<string, Graph>();
  const stored: GraphStore = {
    get: async (hash) => {
      const graph = graphs.get(hash);
      if (graph) return graph;
      throw new RepriseError('GRAPH_NOT_FOUND', `no graph ${hash}`);
    },
    put: async (hash, graph) => void graphs.set(hash, graph),
  };
  const kinds = createKinds({ conditions: memoryConditions, journal, graphs: stored, random });
  const routes = triggerRoutes({
    streams: askerOf(createEngine({ journal, clock, random, perform }, kinds)),
    list: {
      list: async (owner) =>
        [...listed.values()].filter((one) => one.owner === owner && one.status !== 'deleted'),
    },
    graphs: sharedGraphs(stored),
    maxTriggers: 3,
    pools: ['default'],
    ...{ journal, clock },
  });
  let requests = 0;
  async function call(
    name: string,
    body: unknown = {},
    by: { subject?: string; scope?: string; owner?: string } = {},
  ) {
    const [method, path = ''] = name.split(' ');
    const trigger = path.split('/')[2];
    const pattern = trigger === undefined ? name : `${method} ${path.replace(`/${trigger}`, '/{name}')}`;
    const served = routes.find((one) => one.route.name === pattern);
    if (!served) throw new Error(`no route ${pattern}`);
    const { route, handle } = served;
    requests += 1;
    const caller = { subject: by.subject ?? 'ana', scopes: [by.scope ?? SCOPES.jobs] };
    try {
      requireScope(caller, route);
      const answer = await handle({
        body: parse(route.body, body),
        params: parse(route.params, trigger === undefined ? {} : { name: trigger }),
        query: parse(route.query, by.owner === undefined ? {} : { owner: by.owner }),
        ...{ caller, traceId: 'trace', correlationId: 'call', requestId: `r${requests}` },
        ...{ header: () => undefined, remainingMs: () => 10_000 },
      });
      return { status: answer.status, body: answer.body as Body };
    } catch (error) {
      const { status, body } = errorAnswer(error, { traceId: 'trace', instance: '/triggers' });
      return { status, body: body as Body };
    }
  }
  const events = async (name = 'nightly', owner = 'ana') => {
    const recorded: Recorded[] = [];
    for await (const event of store.read(streamOf(triggerAt(triggerIdOf(owner, name))))) recorded.push(event);
    return recorded.map(({ type }) => type);
  };
  return { call, events, effects, graphs, time };
}

const notFound = { status: 404, body: { code: 'TRIGGER_NOT_FOUND', trace_id: 'trace' } };

describe('PUT /triggers/{name}', () => {
  it('makes a trigger and keeps its graph: 201, and when it is due next', async () => {
    const { call, events, graphs, effects } = world();
    const { status, body } = await call('PUT /triggers/nightly', nightly);
    expect(status).toBe(201);
    const [hash] = [...graphs.keys()];
    expect(triggerView.parse(body)).toEqual({
      ...{ name: 'nightly', status: 'active', overlap: 'skip', running: [], recent: [] },
      on: { schedule: { cron: '30 2 * * *', timezone: 'UTC', missed: 'latest' } },
      job: { graph_hash: hash, priority: 'normal', pool: 'default' },
      next: [2, 3, 4].map((day) => `2026-06-0${day}T02:30:00.000Z`),
    });
    expect(await events()).toEqual(['trigger.set']);
    expect(effects).toMatchObject([{ kind: 'armTrigger', source: { kind: 'schedule' } }]);
  });

  it('changes it with 200, and the same again writes nothing', async () => {
    const { call, events } = world();
    await call('PUT /triggers/nightly', nightly);
    const changed = { ...nightly, overlap: 'queue', job: { ...nightly.job, deadline: '1h' } };
    const answer = await call('PUT /triggers/nightly', changed);
    expect(answer).toMatchObject({
      status: 200,
      body: { overlap: 'queue', job: { deadline_seconds: 3_600 } },
    });
    expect(await call('PUT /triggers/nightly', changed)).toEqual(answer);
    expect(await events()).toEqual(['trigger.set', 'trigger.set']);
  });

  it('takes the hash of a graph that is kept, and no other', async () => {
    const { call, events, graphs } = world();
    await call('PUT /triggers/nightly', nightly);
    const graph_hash = [...graphs.keys()][0];
    const push = { on: { event: { source: ['git'] } }, job: { graph_hash } };
    expect((await call('PUT /triggers/push', push)).body).toMatchObject({ on: push.on, overlap: 'allow' });
    const unknown = { ...push, job: { graph_hash: 'f'.repeat(64) } };
    const answer = await call('PUT /triggers/other', unknown);
    expect(answer).toMatchObject({ status: 404, body: { code: 'GRAPH_NOT_FOUND' } });
    expect(await events('other')).toEqual([]);
  });

  it.each([
    ['a pool that there is not', { job: { execution_graph, pool: 'gpu' } }, 'INPUT_INVALID', 'job.pool'],
    [
      'a graph with a fault',
      { job: { execution_graph: { name: 'shop', nodes: [{ id: 'a', run: 'x', needs: ['b'] }] } } },
      'GRAPH_UNKNOWN_DEPENDENCY',
      'job.execution_graph.nodes[0].needs[0]',
    ],
    ['a bad schedule', { on: { schedule: { cron: 'x' } } }, 'TRIGGER_INVALID', 'on.schedule.cron'],
    ['a bad pattern', { on: { event: { source: 'git' } } }, 'TRIGGER_INVALID', 'on.event.source'],
  ])('refuses %s with its path, and writes nothing', async (_, change, code, path) => {
    const { call, events, graphs, effects } = world();
    const { status, body } = await call('PUT /triggers/nightly', { ...nightly, ...change });
    expect({ status, code: body.code, path: body.problems?.[0]?.path }).toEqual({
      ...{ status: 400, code, path },
    });
    expect([await events(), [...graphs.keys()], effects]).toEqual([[], [], []]);
  });

  it('takes names of letters, digits, hyphens and underscores, from those who may run jobs', async () => {
    const { call } = world();
    expect((await call('PUT /triggers/a.b', nightly)).status).toBe(400);
    expect((await call(`PUT /triggers/${'x'.repeat(65)}`, nightly)).status).toBe(400);
    expect((await call('PUT /triggers/nightly', nightly, { scope: SCOPES.worker })).status).toBe(403);
  });
});

describe('the triggers of an owner', () => {
  it('are shown and listed to nobody else: the same name is another trigger', async () => {
    const { call, events } = world();
    await call('PUT /triggers/nightly', nightly);
    const bob = { subject: 'bob' };
    expect(await call('GET /triggers/nightly', {}, bob)).toMatchObject(notFound);
    expect(await call('POST /triggers/nightly/fire', {}, bob)).toMatchObject(notFound);
    const push = { ...nightly, on: { event: { source: ['git'] } } };
    expect((await call('PUT /triggers/nightly', push, bob)).status).toBe(201);
    const listed = async (by = {}) =>
      listTriggersResponse.parse((await call('GET /triggers', {}, by)).body).triggers;
    expect(await listed()).toEqual([
      {
        ...{ name: 'nightly', status: 'active' },
        on: { schedule: { cron: '30 2 * * *', timezone: 'UTC', missed: 'latest' } },
      },
    ]);
    expect(await listed(bob)).toEqual([{ name: 'nightly', status: 'active', on: push.on }]);
    expect(await events()).toEqual(['trigger.set']);
  });
});

describe('POST /triggers/{name}/pause and unpause', () => {
  it('hold it and let it go on; there is no next time while it is paused', async () => {
    const { call, events, time } = world();
    await call('PUT /triggers/nightly', nightly);
    const { status, body } = await call('POST /triggers/nightly/pause', { reason: 'holiday' });
    expect([status, triggerView.parse(body).status, body.next]).toEqual([200, 'paused', undefined]);
    expect((await call('POST /triggers/nightly/pause')).status).toBe(200);
    time.now += 48 * HOUR;
    const again = triggerView.parse((await call('POST /triggers/nightly/unpause')).body);
    expect(again.status).toBe('active');
    expect(again.next?.[0]).toBe('2026-06-04T02:30:00.000Z');
    expect(await events()).toEqual(['trigger.set', 'trigger.paused', 'trigger.unpaused']);
    expect((await call('POST /triggers/nightly/pause', { why: 'x' })).status).toBe(400);
  });
});

describe('GET /triggers/{name}/events', () => {
  it('gives the journal of the trigger, to its owner', async () => {
    const { call } = world();
    await call('PUT /triggers/nightly', nightly);
    await call('POST /triggers/nightly/fire');
    const { status, body } = await call('GET /triggers/nightly/events');
    expect([status, body.name]).toEqual([200, 'nightly']);
    expect(body.events).toMatchObject([
      { seq: 1, type: 'trigger.set' },
      { seq: 2, type: 'trigger.fired' },
    ]);
    expect(await call('GET /triggers/nightly/events', {}, { subject: 'bob' })).toMatchObject(notFound);
  });
});

describe('POST /triggers/{name}/fire', () => {
  it('starts a job now, and says which; none where the overlap policy says so', async () => {
    const { call, effects } = world();
    await call('PUT /triggers/nightly', nightly);
    const first = await call('POST /triggers/nightly/fire');
    expect(first.status).toBe(202);
    const { job_ids } = fireTriggerResponse.parse(first.body);
    const submission = {
      owner: 'ana',
      trigger: { id: triggerIdOf('ana', 'nightly'), name: 'nightly', root: job_ids[0] },
    };
    expect(effects).toContainEqual(
      expect.objectContaining({
        ...{ kind: 'submitJob', jobId: job_ids[0] },
        submission: expect.objectContaining(submission),
      }),
    );
    expect((await call('POST /triggers/nightly/fire')).body).toEqual({ name: 'nightly', job_ids: [] });
    const view = triggerView.parse((await call('GET /triggers/nightly')).body);
    expect(view).toMatchObject({
      running: job_ids,
      recent: [
        { what: 'skipped', why: 'overlap' },
        { what: 'fired', firing: 'manual/r2', job_id: job_ids[0], at: '2026-06-01T12:00:00.000Z' },
      ],
    });
  });
});

describe('DELETE /triggers/{name}', () => {
  it('answers with what it was; then there is none, until it is made anew', async () => {
    const { call, effects } = world();
    await call('PUT /triggers/nightly', nightly);
    const before = await call('GET /triggers/nightly');
    expect(await call('DELETE /triggers/nightly')).toEqual(before);
    expect(effects.at(-1)).toEqual(expect.not.objectContaining({ source: expect.anything() }));
    for (const name of ['GET /triggers/nightly', 'DELETE /triggers/nightly', 'POST /triggers/nightly/fire']) {
      expect(await call(name)).toMatchObject(notFound);
    }
    expect((await call('POST /triggers/nightly/pause')).body.detail).toContain('PUT /triggers/nightly');
    expect((await call('GET /triggers')).body).toEqual({ triggers: [] });
    expect((await call('PUT /triggers/nightly', nightly)).status).toBe(201);
  });
});

describe('an owner', () => {
  const root = { subject: 'root', scope: SCOPES.admin };

  it('has so many triggers, and makes another once one is gone; others have as many', async () => {
    const { call } = world();
    for (const name of ['a', 'b', 'c'])
      expect((await call(`PUT /triggers/${name}`, nightly)).status).toBe(201);
    expect(await call('PUT /triggers/d', nightly)).toMatchObject({
      status: 429,
      body: { code: 'QUOTA_EXCEEDED', detail: expect.stringContaining('3 triggers') },
    });
    expect((await call('PUT /triggers/a', { ...nightly, overlap: 'queue' })).status).toBe(200);
    expect((await call('PUT /triggers/d', nightly, { subject: 'bob' })).status).toBe(201);
    await call('DELETE /triggers/b');
    expect((await call('PUT /triggers/d', nightly)).status).toBe(201);
  });

  it('is named by administrators only, who then manage their triggers', async () => {
    const { call, events } = world();
    await call('PUT /triggers/nightly', nightly);
    const ofAna = { ...root, owner: 'ana' };
    expect((await call('GET /triggers', {}, ofAna)).body.triggers).toMatchObject([{ name: 'nightly' }]);
    expect((await call('POST /triggers/nightly/pause', {}, ofAna)).body.status).toBe('paused');
    expect((await call('PUT /triggers/weekly', nightly, ofAna)).status).toBe(201);
    expect(await events('weekly')).toEqual(['trigger.set']);
    expect((await call('GET /triggers')).body.triggers).toHaveLength(2);
    const bob = { subject: 'bob', owner: 'ana' };
    for (const name of ['GET /triggers', 'GET /triggers/nightly', 'DELETE /triggers/nightly'])
      expect(await call(name, {}, bob)).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN' },
      });
  });

  it('hears of their own only, though an administrator sets their trigger; an administrator’s own hears of all', async () => {
    const { call, effects } = world();
    const onEnd = { on: { event: { source: ['reprise'] } }, job: { execution_graph } };
    await call('PUT /triggers/a', onEnd, { ...root, owner: 'ana' });
    await call('PUT /triggers/a', onEnd, root);
    expect(effects).toMatchObject([
      { source: { pattern: { detail: { reprise_owner: ['ana', { exists: false }] } } } },
      { source: { pattern: { source: ['reprise'] } } },
    ]);
    expect(JSON.stringify(effects[1])).not.toContain('reprise_owner');
    // What is shown is what was set.
    expect((await call('GET /triggers/a')).body.on).toEqual(onEnd.on);
  });

  it('is told when the pattern is too long with their name in it', async () => {
    const { call } = world();
    const event = { source: ['x'.repeat(1_990)] };
    const answer = await call('PUT /triggers/a', { ...nightly, on: { event } }, { subject: 'a'.repeat(100) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'TRIGGER_INVALID' } });
  });

  it('needs the scope for it to have jobs of the class critical', async () => {
    const { call } = world();
    const urgent = { ...nightly, job: { ...nightly.job, priority: 'critical' } };
    expect((await call('PUT /triggers/a', urgent)).status).toBe(403);
    expect((await call('PUT /triggers/a', urgent, root)).status).toBe(201);
  });
});
