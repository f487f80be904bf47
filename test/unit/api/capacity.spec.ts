import { routedHandler } from '../../../lambdas/runtime/routed';
import { compute } from '../../../lib/adapters/system';
import { capacityRoutes } from '../../../lib/api/capacity';
import { SCOPES } from '../../../lib/core/access/scopes';
import { createLoadAnswers } from '../../../lib/core/capacity/answers';
import type { Load } from '../../../lib/core/capacity/load';
import { initialPool } from '../../../lib/core/scheduler/state';
import { machine, nodeOf, ranAs } from '../../support/loads';
import { request } from '../lambdas/request';

const NOW = Date.parse('2026-11-29T12:00:00Z');
const demand = { labels: [], slots: 1, concurrency: { key: 'db', limit: 1 } };
/** Four minutes of work, one at a time. */
const LOAD = ranAs([['a', 'b', 'c', 'd'].map((id) => nodeOf(id, { minutes: 1, demand }))], [machine(4)]);

function api(load: Load = LOAD) {
  const asked: object[] = [];
  const state = { ...initialPool(), warnings: new Map([['waits' as const, NOW]]) };
  const handler = routedHandler(
    capacityRoutes({
      loads: {
        async load(query) {
          asked.push(query);
          return load;
        },
      },
      answers: createLoadAnswers(compute),
      view: (async () => ({ state })) as never,
      pools: ['default'],
      clock: () => NOW,
    }),
  );
  const call = (route: string, more: Parameters<typeof request>[1] = {}) =>
    request(handler, { route, subject: 'root', scopes: SCOPES.admin, ...more });
  return { call, asked };
}

describe('GET /health/bottlenecks', () => {
  it('says what bounds the latest jobs of a pool, and what more of it wins', async () => {
    const { call, asked } = api();
    const { status, body } = await call('GET /health/bottlenecks', { query: { jobs: '7' } });
    expect([status, asked]).toEqual([200, [{ pool: 'default', jobs: 7 }]]);
    expect(body).toMatchObject({ pool: 'default', jobs: 1, makespan_seconds: 240, replayed_seconds: 240 });
    expect(body.bottlenecks[0]).toMatchObject({ kind: 'lock', name: 'db', won_seconds: 120 });
  });

  it('is for administrators, of a pool that there is', async () => {
    const { call } = api();
    expect((await call('GET /health/bottlenecks', { scopes: SCOPES.jobs })).status).toBe(403);
    const { status, body } = await call('GET /health/bottlenecks', { query: { pool: 'other' } });
    expect([status, body.code]).toEqual([400, 'INPUT_INVALID']);
  });
});

describe('GET /capacity/capacity', () => {
  it('recommends a fleet with its price, and shows what the pool is warned of', async () => {
    const query = { target_wait_seconds: '600', worker_hour_usd: '0.5' };
    const { status, body } = await api().call('GET /capacity/capacity', { query });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ reachable: true, target_wait_seconds: 600, recommended: { slots: 1, hour_usd: 0.125 } },
      warnings: [{ condition: 'waits', since: '2026-11-29T12:00:00.000Z' }],
    });
  });

  it('refuses a price that is none, and a pool of which nothing is recorded', async () => {
    const query = { worker_hour_usd: 'cheap' };
    const problem = { path: 'worker_hour_usd', message: expect.stringMatching(/not "cheap"$/) };
    expect((await api().call('GET /capacity/capacity', { query })).body.problems).toMatchObject([problem]);
    const scenarios = [{ name: 'a' }, { name: 'b', worker_hour_usd: '0.1,cheap' }];
    const asked = await api().call('POST /capacity/what-if', { body: { scenarios } });
    expect(asked.body.problems).toMatchObject([{ ...problem, path: 'scenarios[1].worker_hour_usd' }]);
    const { body } = await api(ranAs([], [machine(1)])).call('GET /capacity/capacity');
    expect(body.detail).toContain('no job that is over was found');
  });
});

describe('POST /capacity/what-if', () => {
  const route = 'POST /capacity/what-if';

  it('compares scenarios with what happened and with its replay', async () => {
    const scenarios = [{ name: 'two workers', fleet: [{ labels: ['linux'], count: 2 }] }];
    const { status, body } = await api().call(route, { body: { scenarios, worker_hour_usd: '60' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ jobs: 1, attempts: 4, recorded: { cost_usd: 4 }, replayed: { makespan_seconds: { mean: 240 } } },
      calibration: { makespan_error: 0 },
      scenarios: [{ name: 'two workers', makespan_seconds: { mean: 240 }, cost_usd: 8 }],
    });
  });

  it('refuses what it does not know, and a fleet that cannot run a node, and says which', async () => {
    const unknown = await api().call(route, {
      body: { scenarios: [{ name: 'x', fleet: [{ workers: 3 }] }] },
    });
    expect(unknown.body.code).toBe('INPUT_INVALID');
    const gpu = ranAs([[nodeOf('train', { demand: { labels: ['gpu'], slots: 1 } })]], [machine(1)]);
    const body = { scenarios: [{ name: 'plain', fleet: [{ labels: ['linux'] }] }] };
    const refused = await api(gpu).call(route, { body });
    expect(refused.body).toMatchObject({ code: 'NODE_UNSCHEDULABLE' });
  });
});
