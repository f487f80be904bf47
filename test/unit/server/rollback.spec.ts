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

/** Undoing `a` fails the first five times, which is how often it is tried. */
const world = createServedWorld(({ nodeId, attempt }) => ({
  ...{ ms: 1_000, outputs: { from: nodeId } },
  end: nodeId === 'a' && attempt > 1 && attempt <= 6 ? 'failed' : 'succeeded',
}));
let daemon: Process;

async function call(method: string, path: string, body?: unknown) {
  const { engine, journal } = daemon;
  const app = createApp({
    routes: servedRoutes({
      traces: { places: async () => [] },
      config: configuredWith(journal),
      ...{ engine, journal, slots: 2, clock: world.time.now },
      letters: { list: async () => ({ groups: [] }) },
      cleaning: NO_CLEANING,
    }),
    ...{ token: 't', caller: { subject: OWNER, scopes: Object.values(SCOPES) }, health: async () => ({}) },
    onFault: (_, error) => {
      throw error;
    },
  });
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await app.request(path, { method, headers, ...given });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

const statusIs = (status: string) =>
  until(async () => (await world.jobs(daemon.engine))[0]?.status === status, world.time.next);

describe('a job of a daemon that has succeeded', () => {
  let id: string;
  const rollBack = (body: object) =>
    // Its end is dealt with a moment after it is listed.
    until(async () => (await call('POST', `/jobs/${id}/rollback`, body)).status === 202);

  beforeAll(async () => {
    daemon = await world.boot();
    const nodes = [
      { id: 'a', run: 'x', compensate: 'y' },
      { id: 'b', run: 'x', needs: ['a'], compensate: 'y' },
      { id: 'c', run: 'x', needs: ['b'] },
    ];
    id = (await call('POST', '/jobs', { execution_graph: { name: 'g', nodes } })).body[
      'job_id'
    ] as unknown as string;
    await statusIs('succeeded');
  });
  afterAll(() => daemon.end());

  it('is rolled back on request, by the next daemon too where one dies in its midst', async () => {
    await rollBack({ reason: 'wrong branch' });
    await statusIs('running');
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({
      body: {
        rollback: { status: 'running', reason: 'wrong branch', steps: 2, undone: 0, parked: 0 },
        nodes: { a: { rollback: 'waiting' } },
      },
    });
    expect((await call('GET', `/jobs/${id}`)).body).not.toHaveProperty('estimated_completion');
    await daemon.end();
    daemon = await world.boot();
    await statusIs('cancelled');
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({
      body: {
        status: 'cancelled',
        rollback: { status: 'completed', steps: 2, undone: 1, parked: 1 },
        nodes: {
          a: { status: 'succeeded', attempts: 1, rollback: 'parked', outputs: { from: 'a' } },
          b: { status: 'succeeded', attempts: 1, rollback: 'undone' },
          c: { status: 'succeeded', attempts: 1 },
        },
      },
    });
  });

  it('explains what could not be undone, and undoes it when it is asked once more', async () => {
    expect(await call('GET', `/jobs/${id}/nodes/a/explanation`)).toMatchObject({
      body: {
        attempts: [
          { attempt: 1, end: 'succeeded' },
          ...[2, 3, 4, 5, 6].map((attempt) => ({ attempt, compensates: true, end: 'failed' })),
        ],
        outcome: 'succeeded',
        why_not_undone: 'all 5 attempts failed',
      },
    });
    await rollBack({});
    await statusIs('running');
    await statusIs('cancelled');
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({
      body: { rollback: { steps: 1, undone: 1 }, nodes: { a: { rollback: 'undone' } } },
    });
  });

  it('stays over where there is nothing to undo, which is told', async () => {
    await until(async () => (await call('POST', `/jobs/${id}/rollback`, {})).status === 409);
    expect(await call('POST', `/jobs/${id}/rollback`, {})).toMatchObject({
      body: { code: 'STATE_CONFLICT', detail: expect.stringContaining('there is nothing to undo') },
    });
    expect(await call('GET', `/jobs/${id}`)).toMatchObject({ body: { status: 'cancelled' } });
  });
});
