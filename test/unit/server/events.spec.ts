import { SCOPES } from '../../../lib/core/access/scopes';
import { triggerAt } from '../../../lib/core/messages/address';
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

const GRAPH = { name: 'g', nodes: [{ id: 'a', run: 'x' }] };
const push = { source: 'git', 'detail-type': 'push', detail: { commit: 'abc' } };

let world: ReturnType<typeof createServedWorld>;
let daemon: Process;
let call: (method: string, path: string, body?: unknown) => Promise<{ status: number; body: never }>;

beforeEach(async () => {
  world = createServedWorld();
  daemon = await world.boot();
  const app = createApp({
    routes: servedRoutes({
      traces: { places: async () => [] },
      config: configuredWith(daemon.journal),
      engine: daemon.engine,
      journal: daemon.journal,
      slots: 2,
      letters: { list: async () => ({ groups: [] }) },
      clock: world.time.now,
      cleaning: NO_CLEANING,
    }),
    ...{ token: 't', caller: { subject: OWNER, scopes: Object.values(SCOPES) }, health: async () => ({}) },
    onFault: (_, error) => {
      throw error;
    },
  });
  call = async (method, path, body) => {
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await app.request(path, init);
    return { status: response.status, body: (await response.json()) as never };
  };
});
afterEach(() => daemon.end());

const jobs = () => world.jobs(daemon.engine);

describe('what this daemon shows of a job', () => {
  it('is the graph that it follows', async () => {
    const graph = {
      name: 'g',
      nodes: [
        { id: 'a', run: 'x' },
        { id: 'b', run: 'y', needs: ['a'], when: 'results.a.status = "succeeded"' },
      ],
    };
    const { body } = await call('POST', '/jobs', { execution_graph: graph });
    const { job_id } = body as { job_id: string };
    expect(await call('GET', `/jobs/${job_id}/graph`)).toMatchObject({
      status: 200,
      body: {
        ...{ job_id, name: 'g', on_failure: 'continue' },
        nodes: [
          { id: 'a', needs: [], does: 'x' },
          { id: 'b', needs: ['a'], does: 'y', when: 'results.a.status = "succeeded"' },
        ],
      },
    });
    expect(await call('GET', '/jobs/nobody/graph')).toMatchObject({ status: 404 });
  });

  it('is no log where the attempt has not run here', async () => {
    const { body } = await call('POST', '/jobs', { execution_graph: GRAPH });
    const { job_id } = body as { job_id: string };
    expect(await call('GET', `/jobs/${job_id}/nodes/a/attempts/1/log`)).toMatchObject({
      status: 404,
      body: { code: 'NODE_NOT_FOUND' },
    });
  });

  it('is the queue and the slots of this machine', async () => {
    expect(await call('GET', '/queues/default')).toMatchObject({
      status: 200,
      body: { pool: 'default', status: 'open', workers: [{ slots: 2, free_slots: 2 }] },
    });
  });
});

describe('what this daemon publishes', () => {
  it('is heard by its owner’s triggers, and not by those that somebody else left in its directory', async () => {
    const source = {
      kind: 'event' as const,
      pattern: { 'detail-type': ['orchestration.execution.completed'] },
    };
    const mine = await world.set(daemon.engine, 'mine', { source });
    const { definition } = (await daemon.engine.streams.view(triggerAt(mine))).state;
    if (!definition) throw new Error('the trigger was set');
    const set = { type: 'set', owner: 'bob', definition } as const;
    const origin = { id: 'set', actor: { kind: 'user', id: 'bob' } } as const;
    await daemon.engine.streams.ask({ to: triggerAt('of-bob'), message: set }, origin);
    const { body } = await call('POST', '/jobs', { execution_graph: GRAPH });
    await until(
      async () => (await jobs()).filter(({ status }) => status === 'succeeded').length === 2,
      () => world.time.advance(1_000),
    );
    const fired = (await daemon.engine.streams.view(triggerAt(mine))).state.recent.at(-1);
    expect(fired).toMatchObject({
      what: 'fired',
      firing: expect.stringContaining((body as { job_id: string }).job_id),
    });
    expect((await daemon.engine.streams.view(triggerAt('of-bob'))).state.recent).toEqual([]);
  });
});

describe('an event', () => {
  it('starts a job of every trigger that asks for it, with what it says as parameters', async () => {
    const on = { event: { source: ['git'] } };
    const job = { execution_graph: GRAPH, parameters: { commit: '$.detail.commit', fixed: 'x' } };
    expect(await call('PUT', '/triggers/one', { on, job })).toMatchObject({ status: 201 });
    expect(await call('PUT', '/triggers/two', { on, job })).toMatchObject({ status: 201 });
    expect(await call('PUT', '/triggers/other', { on: { event: { source: ['ci'] } }, job })).toMatchObject({
      status: 201,
    });
    expect(await call('POST', '/events', push)).toMatchObject({
      status: 202,
      body: { triggers: ['one', 'two'] },
    });
    await until(async () => (await jobs()).length === 2);
    const [{ jobId = '' } = {}] = await jobs();
    expect(await call('GET', `/jobs/${jobId}`)).toMatchObject({
      status: 200,
      body: { parameters: { commit: 'abc', fixed: 'x' }, trigger: expect.stringMatching(/^(one|two)$/) },
    });
  });

  it('has the fields that EventBridge would add, for patterns and parameters', async () => {
    const event = {
      version: ['0'],
      account: ['000000000000'],
      region: ['local'],
      time: [{ wildcard: '20*T*Z' }],
      id: ['one'],
      resources: ['arn:aws:s3:::bucket'],
    };
    const job = { execution_graph: GRAPH, parameters: { where: '$.region', when: '$.time' } };
    await call('PUT', '/triggers/all', { on: { event }, job });
    await call('PUT', '/triggers/away', { on: { event: { region: ['eu-west-1'] } }, job });
    const sent = { ...push, id: 'one', resources: ['arn:aws:s3:::bucket'] };
    expect(await call('POST', '/events', sent)).toMatchObject({ body: { triggers: ['all'] } });
    await until(async () => (await jobs()).length === 1);
    const [{ jobId = '' } = {}] = await jobs();
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await call('GET', `/jobs/${jobId}`)).toMatchObject({
      body: { parameters: { where: 'local', when: time } },
    });
  });

  it('that has too many lists for a pattern is refused, and reaches no trigger', async () => {
    const rows = Array.from({ length: 2_000 }, () => ({ x: '1', y: '1', z: '2' }));
    const pattern = { detail: { a: { b: { x: ['1'], y: ['1'], z: ['1'] } } } };
    await call('PUT', '/triggers/rows', { on: { event: pattern }, job: { execution_graph: GRAPH } });
    const event = { ...push, detail: { 'a.b': rows, a: { b: rows } } };
    expect(await call('POST', '/events', event)).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID', problems: [{ path: 'detail' }] },
    });
  });

  it('that comes again with its id starts nothing more', async () => {
    await world.set(daemon.engine, 'push', {});
    for (let i = 0; i < 3; i++) await call('POST', '/events', { ...push, id: 'same' });
    await call('POST', '/events', push);
    await until(async () => (await jobs()).length === 2, world.time.next);
    await until(async () => (await jobs()).every(({ status }) => status === 'succeeded'), world.time.next);
    expect(await jobs()).toHaveLength(2);
  });

  it.each([
    ['cancel', ['cancelled', 'succeeded']],
    ['queue', ['succeeded', 'succeeded']],
    ['skip', ['succeeded']],
    ['allow', ['succeeded', 'succeeded']],
  ] as const)('that comes while a job runs does what the policy %s says', async (overlap, ends) => {
    await world.set(daemon.engine, 'push', { overlap });
    await call('POST', '/events', { ...push, id: 'a' });
    await until(() => world.machine.running().length === 1);
    await call('POST', '/events', { ...push, id: 'b' });
    if (overlap === 'allow') await until(() => world.machine.running().length === 2);
    await until(async () => {
      const statuses = (await jobs()).map(({ status }) => status);
      return [...statuses].sort().join() === ends.join();
    }, world.time.next);
    if (overlap === 'queue' || overlap === 'skip') expect(world.machine.mostAtOnce()).toBe(1);
  });

  it('that asks for a job makes one, the same one with the same key, and is none for triggers', async () => {
    await world.set(daemon.engine, 'all', {
      source: { kind: 'event', pattern: { source: [{ exists: true }] } },
    });
    const detail = { execution_graph: GRAPH, priority: 'high', idempotency_key: 'k', parameters: { a: 'b' } };
    const event = { source: 'ci', 'detail-type': 'orchestration.job.requested', detail };
    const first = await call('POST', '/events', event);
    expect(first).toMatchObject({ status: 202, body: { triggers: [], job_id: expect.any(String) } });
    const again = await call('POST', '/events', event);
    expect((again.body as { job_id: string }).job_id).toBe((first.body as { job_id: string }).job_id);
    const listed = (await jobs()).filter(({ name }) => name === 'g');
    expect(listed).toMatchObject([{ owner: OWNER, priority: 'high' }]);
  });

  it('that asks for a job wrongly is told so', async () => {
    const event = {
      source: 'ci',
      'detail-type': 'orchestration.job.requested',
      detail: { priority: 'huge' },
    };
    expect(await call('POST', '/events', event)).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID' },
    });
    expect(await jobs()).toEqual([]);
  });

  it('of the engine itself goes to triggers too', async () => {
    await world.set(daemon.engine, 'push', {});
    await world.set(daemon.engine, 'after', {
      source: {
        kind: 'event',
        pattern: {
          source: ['reprise'],
          'detail-type': ['orchestration.execution.completed'],
          detail: { trigger: { name: ['push'] } },
        },
      },
    });
    await call('POST', '/events', push);
    await until(
      async () => (await jobs()).filter(({ status }) => status === 'succeeded').length === 2,
      world.time.next,
    );
  });

  it('can pass between two triggers that listen to each other without either waiting for ever', async () => {
    const listensTo = (name: string) => ({
      overlap: 'skip' as const,
      source: {
        kind: 'event' as const,
        pattern: { 'detail-type': ['orchestration.trigger.fired'], detail: { trigger: { name: [name] } } },
      },
    });
    await world.set(daemon.engine, 'ping', listensTo('pong'));
    await world.set(daemon.engine, 'pong', listensTo('ping'));
    expect(await call('POST', '/triggers/ping/fire', {})).toMatchObject({
      status: 202,
      body: { job_ids: [expect.any(String)] },
    });
    await until(async () => (await jobs()).length === 2);
    expect(await call('GET', '/triggers/ping')).toMatchObject({
      body: { recent: [{ what: 'skipped' }, { what: 'fired' }] },
    });
  });
});

describe('jobs of a daemon', () => {
  it('are submitted, listed, paused, unpaused, moved, cancelled and told of', async () => {
    const submitted = await call('POST', '/jobs', { execution_graph: GRAPH, deadline: '1h' });
    expect(submitted).toMatchObject({ status: 202, body: { status: 'submitted', nodes: 1 } });
    const { job_id: id } = submitted.body as { job_id: string };
    await until(async () => (await jobs())[0]?.status === 'running');
    expect(await call('POST', `/jobs/${id}/pause`, {})).toMatchObject({ status: 202 });
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({ body: { paused: true, status: 'running' } });
    expect(await call('POST', `/jobs/${id}/unpause`, {})).toMatchObject({ status: 202 });
    expect(await call('POST', `/jobs/${id}/priority`, { priority: 'low' })).toMatchObject({ status: 202 });
    expect(await call('GET', '/jobs')).toMatchObject({ body: { jobs: [{ job_id: id, priority: 'low' }] } });
    expect(await call('POST', `/jobs/${id}/cancel`, { reason: 'enough' })).toMatchObject({ status: 202 });
    await until(async () => (await jobs())[0]?.status === 'cancelled', world.time.next);
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({ body: { status: 'cancelled' } });
    const events = await call('GET', `/jobs/${id}/events?limit=1000`);
    expect(JSON.stringify(events.body)).toContain('"reason":"enough"');
    // Of a job that is over nothing can be asked, and asking wakes nothing.
    expect(await call('POST', `/jobs/${id}/pause`, {})).toMatchObject({
      status: 409,
      body: { code: 'STATE_CONFLICT', state: 'cancelled' },
    });
  });

  it('that cannot run on this machine are refused at once, and so are triggers of such', async () => {
    const wide = {
      name: 'wide',
      nodes: [
        { id: 'a', run: 'x', resources: { slots: 3 } },
        { id: 'b', suite: 'unknown' },
      ],
    };
    for (const answer of [
      await call('POST', '/jobs', { execution_graph: wide }),
      await call('PUT', '/triggers/t', {
        on: { event: { source: ['git'] } },
        job: { execution_graph: wide },
      }),
    ]) {
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'NODE_UNSCHEDULABLE', problems: [{}, {}] },
      });
    }
    expect(await jobs()).toEqual([]);
    expect(await call('GET', '/triggers')).toMatchObject({ body: { triggers: [] } });
  });

  it('that nobody submitted are not known', async () => {
    for (const [method, path] of [
      ['GET', '/jobs/x'],
      ['GET', '/jobs/x/events'],
      ['POST', '/jobs/x/cancel'],
    ] as const) {
      expect(await call(method, path)).toMatchObject({
        status: 404,
        body: { code: 'JOB_NOT_FOUND' },
      });
    }
  });

  it('of a trigger whose graph no longer runs here are refused, and the trigger says so', async () => {
    await world.set(daemon.engine, 'push', {
      overlap: 'skip',
      job: { graphHash: 'f'.repeat(64), priority: 'normal', pool: 'default' },
    });
    await call('POST', '/events', push);
    await until(async () => JSON.stringify((await call('GET', '/triggers/push')).body).includes('"refused"'));
    expect(await call('GET', '/triggers/push')).toMatchObject({ body: { running: [] } });
  });
});
