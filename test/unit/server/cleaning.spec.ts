import { existsSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import type { CleanupView } from '../../../lib/contract/cleanup';
import { SCOPES } from '../../../lib/core/access/scopes';
import { createApp } from '../../../lib/server/app';
import { type Cleaning, createCleaning } from '../../../lib/server/cleaning';
import { servedRoutes } from '../../../lib/server/routes';
import { configuredWith, createServedWorld, OWNER, type Process, until } from './support/served-world';

const DAY_MS = 86_400_000;

let world: ReturnType<typeof createServedWorld>;
let daemon: Process;
let cleaning: Cleaning;
let warnings: string[];

beforeEach(async () => {
  world = createServedWorld();
  daemon = await world.boot();
  warnings = [];
});
afterEach(async () => {
  await cleaning.close();
  await daemon.end();
});

function clean(isDaily: boolean): Cleaning {
  cleaning = createCleaning({
    ...{ layout: world.layout, retention: () => ({ jobDays: 30, keepJobs: 0 }), isDaily, owner: OWNER },
    ...{ clock: world.time.now, setTimer: world.time.setTimer },
    onRemoved: daemon.engine.lists.forget,
    warn: (message) => void warnings.push(message),
  });
  return cleaning;
}

async function call(method: string, path: string, body?: unknown) {
  const app = createApp({
    routes: servedRoutes({
      traces: { places: async () => [] },
      config: configuredWith(daemon.journal),
      ...{ engine: daemon.engine, journal: daemon.journal, slots: 2, clock: world.time.now, cleaning },
      letters: { list: async () => ({ groups: [] }) },
    }),
    ...{ token: 't', caller: { subject: OWNER, scopes: Object.values(SCOPES) }, health: async () => ({}) },
    onFault: (_, error) => {
      throw error;
    },
  });
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await app.request(path, init);
  return { status: response.status, body: (await response.json()) as never };
}

/** A job that is over, whose journal was last written at that time. */
async function endedAt(jobId: string, at: number): Promise<void> {
  const hash = await world.put(daemon.engine, 'name: g\nnodes: [{ id: a, run: x }]');
  const submission = { owner: OWNER, graphHash: hash, priority: 'normal', pool: 'default' } as const;
  const origin = { requestId: jobId, traceId: jobId, actor: { kind: 'user', id: OWNER } } as const;
  await daemon.engine.submit(jobId, submission, origin);
  await until(
    async () => (await daemon.engine.lists.jobs.get(jobId)).status === 'succeeded',
    () => world.time.advance(1_000),
  );
  await until(() => isGivenUp(jobId));
  utimesSync(world.layout.journal(jobId), at / 1_000, at / 1_000);
}

/** The daemon is done with it. */
const isGivenUp = (jobId: string) =>
  readFileSync(world.layout.run(jobId), 'utf8').includes('"over"') &&
  !readdirSync(world.layout.job(jobId)).some((name) => name.startsWith('owner-'));

const report = async () => (await call('GET', '/cleanup')).body as CleanupView;

describe('a daemon that cleans up', () => {
  it('does so at its start and every day, and shows no job that is gone', async () => {
    await endedAt('old', world.time.now() - 40 * DAY_MS);
    await endedAt('later', world.time.now() - 29.5 * DAY_MS);
    clean(true).begin();
    await until(async () => (await report()).latest?.complete === true);
    expect((await report()).latest).toMatchObject({ by: OWNER, dry_run: false, counts: { job: 1 } });
    expect((await call('GET', '/jobs/old')).status).toBe(404);
    expect((await world.jobs(daemon.engine)).map(({ jobId }) => jobId)).toEqual(['later']);
    world.time.advance(DAY_MS);
    await until(() => !existsSync(world.layout.job('later')));
    await until(async () => (await call('GET', '/jobs/later')).status === 404);
    expect(warnings).toEqual([]);
  });

  it('does so otherwise only when it is asked, and only looks where it is asked to', async () => {
    await endedAt('old', world.time.now() - 40 * DAY_MS);
    clean(false).begin();
    expect(await report()).toEqual({});
    const dry = await call('POST', '/cleanup', { dry_run: true });
    expect([dry.status, dry.body]).toEqual([202, { run: expect.any(String), dry_run: true }]);
    // One at a time.
    expect((await call('POST', '/cleanup', {})).body).toMatchObject({ code: 'JOB_LOCKED' });
    await until(async () => (await report()).latest?.complete === true);
    expect((await report()).latest).toMatchObject({ dry_run: true, items: [{ kind: 'job', id: 'old' }] });
    expect((await call('GET', '/jobs/old')).status).toBe(200);
    await until(async () => (await call('POST', '/cleanup', {})).status === 202);
    await until(() => !existsSync(world.layout.job('old')));
    await until(async () => (await call('GET', '/jobs/old')).status === 404);
  });

  it('says what it could not remove, and ends when the daemon does', async () => {
    await endedAt('old', world.time.now() - 40 * DAY_MS);
    rmSync(world.layout.head('old'));
    clean(true).begin();
    await until(() => warnings.length > 0);
    expect(warnings).toEqual([expect.stringMatching(/could not remove job old: .*head\.json is missing/)]);
    await cleaning.close();
    world.time.advance(3 * DAY_MS);
    expect(existsSync(world.layout.journal('old'))).toBe(true);
  });
});
