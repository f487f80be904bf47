import { routedHandler } from '../../../lambdas/runtime/routed';
import { createMemoryHistory } from '../../../lib/adapters/memory/history';
import { predictionRoutes } from '../../../lib/api/predictions';
import { renderPredictions, renderWorkers } from '../../../lib/cli/render/predictions';
import { listWorkersResponse, predictionsResponse } from '../../../lib/contract/predictions';
import type { AttemptSample } from '../../../lib/core/history/samples';
import type { ListedDependency, RegisteredWorker } from '../../../lib/core/ports/registries';
import type { StreamReader } from '../../../lib/core/ports/streams';
import { REFUSALS } from '../../../lib/core/scheduler/cordon';
import { PoolDriver } from '../../support/pool-driver';
import { request } from '../lambdas/request';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const passed = { durationMs: 10_000 };
const broken = { ...passed, failed: 'infrastructure' as const };

/** Of four workers `w1` fails so many attempts by its machine. */
function poolWhere(times: number): PoolDriver {
  const pool = new PoolDriver(NOW);
  for (const worker of ['w1', 'w2', 'w3', 'w4']) pool.register(worker);
  for (let i = 0; i < times; i++) {
    for (const worker of ['w2', 'w3', 'w4']) pool.runOn(worker, passed);
    pool.runOn('w1', broken);
  }
  return pool;
}

function world(
  pool: PoolDriver,
  rest: { readonly registered?: RegisteredWorker[]; readonly listed?: ListedDependency[] } = {},
) {
  const history = createMemoryHistory();
  const view = (async () => ({ state: pool.state })) as unknown as StreamReader['view'];
  const handler = routedHandler(
    predictionRoutes({
      ...{ view, history, pools: ['default'], clock: () => pool.now },
      workers: { list: async () => rest.registered ?? [] },
      dependencies: { list: async () => rest.listed ?? [] },
    }),
  );
  const on = (route: string, more: object = {}) =>
    request(handler, { route, scopes: 'orchestration.jobs', subject: 'ana', ...more });
  const workers = async () => listWorkersResponse.parse((await on('GET /workers')).body).workers;
  const predictions = async (more?: object) =>
    predictionsResponse.parse((await on('GET /health/predictions', more)).body).predictions;
  return { history, on, workers, predictions };
}

describe('GET /workers', () => {
  it('shows how each worker is, and what is known of it', async () => {
    const pool = poolWhere(4);
    const beats = [60, 50, 40, 30, 20, 10]
      .map((s) => ({ at: NOW - s * 1_000, due: NOW - s * 1_000 + 10_000 }))
      .reverse();
    const registered = {
      workerId: 'w2',
      labels: [],
      slots: 1,
      running: 0,
      lastSeenAt: NOW,
      dueAt: pool.now,
      beats,
    };
    const [w1, w2] = await world(pool, { registered: [registered] }).workers();
    expect(w1).toMatchObject({
      ...{ worker_id: 'w1', status: 'active', slots: 1, free_slots: 1 },
      suspected: { reason: expect.stringContaining('of its last 4 attempts 4 failed by the machine') },
      health: { attempts: { own: { bad: 4, of: 4 }, failed: 4, slow: 0 } },
    });
    expect(w1?.health.score).toBeLessThan(0.3);
    expect(w2).toMatchObject({ health: { score: 1, heartbeats: { lateness_ms: 0 } } });
    expect(w2?.last_seen_at).toBe('2026-03-02T00:00:00.000Z');
  });

  it('shows why a worker is kept off new work, and how its trials go', async () => {
    const pool = poolWhere(5);
    const { workers } = world(pool);
    expect((await workers())[0]).toMatchObject({ status: 'cordoned', cordon: { cause: 'health' } });
    pool.now += REFUSALS.openMs;
    pool.send({ type: 'sweep' });
    pool.runOn('w1', passed);
    expect((await workers())[0]).toMatchObject({ status: 'probation', probation: { passed: 1, of: 3 } });
    expect(renderWorkers(await workers()).split('\n')[0]).toBe(
      'w1  probation  1.00  1/1 free  1 of 3 trials went well',
    );
  });

  it('knows nothing of a worker of which nothing was heard', async () => {
    const pool = new PoolDriver(NOW);
    pool.register('w1');
    expect((await world(pool).workers())[0]?.health.score).toBeUndefined();
  });

  it('refuses a pool that does not exist', async () => {
    const { on } = world(new PoolDriver(NOW));
    expect(await on('GET /workers', { query: { pool: 'gpu' } })).toMatchObject({ status: 400 });
  });
});

describe('GET /health/predictions', () => {
  const sample = (job: number, attempt: number, isPassed: boolean): AttemptSample => ({
    ...{ jobId: `j${job}`, nodeId: 'suite', attempt, at: NOW + job * 10 + attempt, durationMs: 1 },
    ...{ node: 'a'.repeat(16), input: 'b'.repeat(16), passed: isPassed },
  });

  it('lists what may be about to fail: workers, dependencies, and what flakes of the caller', async () => {
    const steady = { status: 'closed', forced: false, since: 0 } as const;
    const listed = [
      { ...steady, name: 'mail' },
      { ...steady, name: 'payments', degradingSince: NOW },
    ];
    const { history, predictions } = world(poolWhere(4), { listed });
    const attempts = [0, 1, 2].flatMap((job) => [sample(job, 1, false), sample(job, 2, true)]);
    await history.learn({ jobId: 'j', owner: 'ana', attempts, retries: [] });
    const found = await predictions();
    expect(found.map(({ of, name }) => [of, name])).toEqual([
      ['worker', 'w1'],
      ['dependency', 'payments'],
      ['node', 'suite'],
    ]);
    expect(renderPredictions(found)).toContain(
      'dependency  payments  more calls fail or are slow than used to',
    );
    expect((await predictions({ subject: 'bob' })).map(({ of }) => of)).toEqual(['worker', 'dependency']);
  });

  it('shows what flakes of others to administrators alone', async () => {
    const { on } = world(new PoolDriver(NOW));
    const query = { owner: 'bob' };
    expect(await on('GET /health/predictions', { query })).toMatchObject({ status: 403 });
    const admin = { query, scopes: 'orchestration.admin' };
    expect(await on('GET /health/predictions', admin)).toMatchObject({
      status: 200,
      body: { predictions: [] },
    });
    expect(renderPredictions([])).toBe('nothing seems about to fail\n');
  });
});
