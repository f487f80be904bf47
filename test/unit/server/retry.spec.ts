import { SCOPES } from '../../../lib/core/access/scopes';
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

/** Fails in its first two attempts. */
const world = createServedWorld(({ attempt }) => ({ ms: 1_000, end: attempt <= 2 ? 'failed' : 'succeeded' }));
let daemon: Process;

function call(method: string, path: string, body?: unknown) {
  const { engine, journal } = daemon;
  const app = createApp({
    routes: servedRoutes({
      traces: { places: async () => [] },
      config: configuredWith(journal, { 'retries.limits': [{ node: 'greedy', maxAttempts: 2 }] }),
      engine,
      journal,
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
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
  return (async () => {
    const response = await app.request(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  })();
}

const statusIs = (status: string) =>
  until(async () => (await world.jobs(daemon.engine))[0]?.status === status, world.time.next);

describe('a job of a daemon that failed', () => {
  let id: string;
  const retry = async (body: object) => {
    const ask = () => call('POST', `/jobs/${id}/retry`, body);
    let answer = await ask();
    // Its end is dealt with a moment after it is listed.
    await until(async () => {
      if (answer.body['code'] === 'JOB_LOCKED') answer = await ask();
      return answer.body['code'] !== 'JOB_LOCKED';
    });
    return answer;
  };

  beforeAll(async () => {
    daemon = await world.boot();
    const execution_graph = { name: 'g', type: 'CRITICAL', nodes: [{ id: 'a', run: 'x' }] };
    id = (await call('POST', '/jobs', { execution_graph })).body['job_id'] as unknown as string;
    await statusIs('failed');
  });
  afterAll(() => daemon.end());

  it('asked for no more retries than nodes may have here', async () => {
    const nodes = [{ id: 'greedy', run: 'x', retry: { maxAttempts: 3 } }];
    expect(await call('POST', '/jobs', { execution_graph: { name: 'g', nodes } })).toMatchObject({
      status: 400,
      body: { code: 'RETRY_LIMITED', problems: [{ path: 'nodes[0].retry.maxAttempts' }] },
    });
  });

  it('runs again on request, and is over again', async () => {
    expect((await retry({ nodes: ['a'], reason: 'repaired' })).status).toBe(202);
    await statusIs('running');
    await statusIs('failed');
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({
      body: { type: 'CRITICAL', nodes: { a: { attempts: 2 } } },
    });
  });

  it('has it journalled where it may not, and stays over', async () => {
    expect(await retry({ nodes: ['b'] })).toMatchObject({
      status: 404,
      body: { code: 'NODE_NOT_FOUND', problems: [{ path: 'nodes[0]' }] },
    });
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({ body: { status: 'failed' } });
    expect(JSON.stringify((await call('GET', `/jobs/${id}/events`)).body)).toContain('the job has no node b');
  });

  it('runs again with the next daemon, which takes it up when it dies meanwhile', async () => {
    await daemon.end();
    daemon = await world.boot();
    await statusIs('failed');
    expect((await retry({})).status).toBe(202);
    await statusIs('running');
    await daemon.end();
    daemon = await world.boot();
    await statusIs('succeeded');
  });

  it('tells of each attempt why it was made', async () => {
    expect(await call('GET', `/jobs/${id}/nodes/a/explanation`)).toMatchObject({
      status: 200,
      body: {
        attempts: [{ end: 'failed' }, { end: 'failed' }, { end: 'succeeded' }],
        outcome: 'succeeded',
        requests: [
          { by: OWNER, reason: 'repaired', level: 2 },
          { by: OWNER, reason: 'tried again by request', level: 2 },
        ],
      },
    });
    expect(await call('GET', `/jobs/${id}/nodes/b/explanation`)).toMatchObject({
      status: 404,
      body: { code: 'NODE_NOT_FOUND' },
    });
  });
});
