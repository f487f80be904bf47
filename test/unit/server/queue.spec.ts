import { writeFileSync } from 'node:fs';
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

type World = ReturnType<typeof createServedWorld>;

const execution_graph = { name: 'g', nodes: [{ id: 'a', run: 'x' }] };

let world: World;
let daemon: Process;
beforeEach(() => {
  world = createServedWorld();
});
afterEach(() => daemon.end());

async function start(): Promise<void> {
  await daemon?.end();
  daemon = await world.boot();
}

async function call(method: string, path: string, body?: unknown) {
  const app = createApp({
    routes: servedRoutes({
      ...{ engine: daemon.engine, journal: daemon.journal, config: configuredWith(daemon.journal) },
      ...{ traces: { places: async () => [] }, letters: { list: async () => ({ groups: [] }) } },
      ...{ slots: 2, clock: world.time.now, cleaning: NO_CLEANING },
    }),
    ...{ token: 't', caller: { subject: OWNER, scopes: Object.values(SCOPES) }, health: async () => ({}) },
    onFault: (_, error) => {
      throw error;
    },
  });
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await app.request(path, init);
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is what it asserts
  return { status: response.status, body: (await response.json()) as any };
}

const set = (change: unknown) => call('POST', '/queues/default', change);
const submit = async () => (await call('POST', '/jobs', { execution_graph })).body.job_id as string;
const statusOf = async (jobId: string) => (await call('GET', `/jobs/${jobId}`)).body.status;
const queue = async () => (await call('GET', '/queues/default')).body;
const running = (jobId: string) =>
  until(async () => (await call('GET', `/jobs/${jobId}`)).body.nodes.a.status === 'running');
const over = (jobId: string) =>
  until(
    async () => (await statusOf(jobId)) === 'succeeded',
    () => world.time.advance(100),
  );

describe('the queue of a daemon', () => {
  it('admits nothing while it is paused, though what runs goes on; over restarts too', async () => {
    await start();
    const first = await submit();
    await running(first);
    expect(await set({ status: 'paused' })).toEqual({ status: 202, body: { pool: 'default' } });
    const second = await submit();
    await until(async () => (await queue()).waiting === 1);
    expect(await queue()).toMatchObject({ status: 'paused', running: 1 });

    await start();
    expect(await queue()).toMatchObject({ status: 'paused', running: 1, waiting: 1 });
    await over(first);
    expect(await statusOf(second)).toBe('submitted');

    await set({ status: 'open' });
    await over(second);
  });

  it('runs no more jobs at once than it is told', async () => {
    await start();
    await set({ max_running_jobs: 1 });
    const [first, second] = [await submit(), await submit()];
    await running(first);
    await until(async () => (await queue()).waiting === 1);
    expect(await queue()).toMatchObject({ limits: { max_running_jobs: 1 }, running: 1 });
    await over(first);
    await over(second);
    await start();
    expect(await queue()).toMatchObject({ status: 'open', limits: { max_running_jobs: 1 } });
  });

  it('counts what goes on after a restart, before what waits', async () => {
    await start();
    await set({ max_running_jobs: 1 });
    const [first, waits, urgent] = [await submit(), await submit(), await submit()];
    await running(first);
    await call('POST', `/jobs/${urgent}/priority`, { priority: 'critical' });
    await over(first);
    await running(urgent);

    await start();
    expect(await queue()).toMatchObject({
      ...{ status: 'open', running: 1, waiting: 1 },
      owners: [{ owner: OWNER, running_jobs: 1, waiting_jobs: 1 }],
    });
    expect(await statusOf(waits)).toBe('submitted');
    await over(urgent);
    await over(waits);
    await until(async () => (await queue()).running === 0);
  });

  it('keeps the priority that a job was given while it waited, over a restart', async () => {
    await start();
    await set({ status: 'paused', max_running_jobs: 1 });
    const [first, urgent] = [await submit(), await submit()];
    await call('POST', `/jobs/${urgent}/priority`, { priority: 'critical' });
    await start();
    await set({ status: 'open' });
    await running(urgent);
    expect(await statusOf(first)).toBe('submitted');
    await over(urgent);
    await over(first);
  });

  it('takes no job while it is drained, whoever asks, and says so', async () => {
    await start();
    const trigger = await world.set(daemon.engine, 'nightly', {});
    await set({ status: 'draining' });
    const refused = { status: 429, body: { code: 'QUEUE_FULL' } };
    expect(await call('POST', '/jobs', { execution_graph })).toMatchObject(refused);
    const event = { source: 'ci', 'detail-type': 'orchestration.job.requested', detail: { execution_graph } };
    expect(await call('POST', '/events', event)).toMatchObject(refused);

    await call('POST', '/events', { source: 'git', 'detail-type': 'push', detail: {} });
    const recent = async () => (await daemon.engine.streams.view(triggerAt(trigger))).state.recent;
    await until(async () => (await recent()).some(({ what }) => what === 'refused'));
    expect((await recent()).find(({ what }) => what === 'refused')?.why).toContain('is being drained');
    expect(await world.jobs(daemon.engine)).toEqual([]);
  });

  it('has no journal that could be read: it is in memory', async () => {
    await start();
    const read = await call('GET', '/streams/pool/default/events');
    expect(read).toMatchObject({ status: 404, body: { code: 'STREAM_NOT_FOUND' } });
  });

  it('is not guessed where what is kept of it cannot be read', async () => {
    writeFileSync(world.layout.queue, '{"status":"stopped"}');
    await start();
    expect(daemon.failure()).toMatchObject({ code: 'JOURNAL_CORRUPT' });
    expect(String(daemon.failure())).toContain('queue.json');
  });
});
