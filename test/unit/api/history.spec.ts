import { routedHandler } from '../../../lambdas/runtime/routed';
import { createMemoryHistory } from '../../../lib/adapters/memory/history';
import { historyRoutes } from '../../../lib/api/history';
import { SCOPES } from '../../../lib/core/access/scopes';
import type { AttemptSample, RetrySample } from '../../../lib/core/history/samples';
import { request } from '../lambdas/request';

const [NODE, INPUT, SIGNATURE, CART] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(16)) as [
  string,
  string,
  string,
  string,
];
const NOW = Date.parse('2026-11-29T12:00:00Z');

function attempt(job: number, number: number, rest: Partial<AttemptSample> = {}): AttemptSample {
  const of = { jobId: `j${job}`, nodeId: 'shop', attempt: number, at: 10 * job + number };
  return { ...of, node: NODE, input: INPUT, passed: true, durationMs: 1, ...rest };
}

function retry(n: number): RetrySample {
  return {
    ...{ jobId: `j${n}`, nodeId: 'shop', attempt: 2, at: n, signature: SIGNATURE, class: 'network' },
    ...{ strategy: 'again', resolved: true, waitedMs: 1_000, spentMs: 1_800_000, slotMs: 3_600_000 },
  };
}

/** Three jobs of ana in which one test failed and passed at the second attempt. */
async function world() {
  const history = createMemoryHistory();
  const failed = [{ key: CART, name: 'cart > adds' }];
  const attempts = [1, 2, 3].flatMap((job) => [
    attempt(job, 1, { passed: false, failed }),
    attempt(job, 2, { rerun: true }),
  ]);
  await history.learn({ jobId: 'j', owner: 'ana', attempts, retries: [retry(1), retry(2)] });
  const handler = routedHandler(historyRoutes({ history, clock: () => NOW }));
  const call = (route: string, more: Partial<Parameters<typeof request>[1]> = {}) =>
    request(handler, { route, subject: 'ana', scopes: SCOPES.jobs, ...more });
  return { history, call };
}

const quarantine = {
  ...{ of: 'test', name: 'cart > adds', owner: 'team-cart', reason: 'SHOP-12' },
  expires_at: '2026-12-01T00:00:00.000Z',
};

describe('GET /history/flakes', () => {
  it('shows nodes and tests that fail though their input passes, to their owner', async () => {
    const { call } = await world();
    const { status, body } = await call('GET /history/flakes');
    expect(status).toBe(200);
    expect(body.flakes.map(({ id, of, name, proposed }: never) => [id, of, name, proposed])).toEqual([
      [NODE, 'node', 'shop', true],
      [CART, 'test', 'cart > adds', true],
    ]);
    expect(body.flakes[1]).toMatchObject({ verdict: 'flaky', attempts: 6, failures: 3, rate: 0.5 });
    expect((await call('GET /history/flakes', { subject: 'bob' })).body).toEqual({ flakes: [] });
  });

  it('shows those of another owner to administrators alone', async () => {
    const { call } = await world();
    const of = { subject: 'root', query: { owner: 'ana' } };
    expect((await call('GET /history/flakes', of)).status).toBe(403);
    const { body } = await call('GET /history/flakes', { ...of, scopes: SCOPES.admin });
    expect(body.flakes).toHaveLength(2);
  });
});

describe('quarantines', () => {
  it('are entered, shown with the flake, and taken away', async () => {
    const { call } = await world();
    const put = await call('PUT /quarantines/{id}', { params: { id: CART }, body: quarantine });
    const view = {
      ...{ id: CART, ...quarantine, by: 'ana' },
      ...{ created_at: new Date(NOW).toISOString(), expired: false },
    };
    expect([put.status, put.body]).toEqual([200, view]);
    expect((await call('GET /quarantines')).body).toEqual({ quarantines: [view] });
    const { body } = await call('GET /history/flakes');
    expect(body.flakes.find(({ id }: { id: string }) => id === CART)).toMatchObject({
      ...{ proposed: false, quarantine: view },
    });
    expect((await call('DELETE /quarantines/{id}', { params: { id: CART } })).status).toBe(200);
    const gone = await call('DELETE /quarantines/{id}', { params: { id: CART } });
    expect([gone.status, gone.body.code]).toEqual([404, 'QUARANTINE_NOT_FOUND']);
  });

  it('are changed for the version that is named, and for no other', async () => {
    const { call } = await world();
    const [route, params] = ['PUT /quarantines/{id}', { id: CART }] as const;
    const put = (body: object, headers: Record<string, string>) => call(route, { params, body, headers });
    const read = () => call('GET /quarantines/{id}', { params });
    expect(await read()).toMatchObject({ status: 404, body: { code: 'QUARANTINE_NOT_FOUND' } });

    const isNew = { 'If-None-Match': '*' };
    expect((await put(quarantine, { 'If-Match': '"x"' })).status).toBe(412);
    expect((await put(quarantine, isNew)).status).toBe(200);
    expect((await put(quarantine, isNew)).status).toBe(412);

    const first = await read();
    expect(first).toMatchObject({ status: 200, body: { id: CART, reason: 'SHOP-12' } });
    const match = { 'If-Match': first.headers['ETag']! };
    expect((await put({ ...quarantine, reason: 'SHOP-13' }, match)).status).toBe(200);
    expect((await put({ ...quarantine, reason: 'SHOP-14' }, match)).status).toBe(412);
    expect((await call('DELETE /quarantines/{id}', { params, headers: match })).status).toBe(412);
    const second = await read();
    expect(second.body.reason).toBe('SHOP-13');
    const now = { 'If-Match': second.headers['ETag']! };
    expect((await call('DELETE /quarantines/{id}', { params, headers: now })).status).toBe(200);
  });

  it('say when they have expired', async () => {
    const { history, call } = await world();
    const { expires_at: _, ...rest } = quarantine;
    const times = { createdAt: NOW - 2, expiresAt: NOW - 1 };
    await history.quarantine('ana', { ...rest, of: 'test', id: CART, by: 'ana', ...times });
    expect((await call('GET /quarantines')).body.quarantines[0]).toMatchObject({ expired: true });
  });

  it.each([
    ['without an owner', { owner: '' }],
    ['without a reason', { reason: '' }],
    ['that has expired', { expires_at: '2026-11-29T12:00:00Z' }],
    ['for longer than 90 days', { expires_at: '2027-03-01T00:00:00Z' }],
    ['of something else', { of: 'job' }],
  ])('are refused %s', async (_, wrong) => {
    const { call } = await world();
    const body = { ...quarantine, ...wrong };
    expect((await call('PUT /quarantines/{id}', { params: { id: CART }, body })).status).toBe(400);
  });
});

describe('GET /history/effectiveness', () => {
  it('sums up what retries came to, with what it cost where a slot has a price', async () => {
    const { call } = await world();
    const query = { slot_hour_usd: '0.5' };
    const { body } = await call('GET /history/effectiveness', { query });
    expect(body.effectiveness).toMatchObject([
      {
        ...{ signature: SIGNATURE, class: 'network', strategy: 'again', attempts: 2, resolved: 2 },
        ...{ share: 1, high: 1, waited_seconds: 2, spent_seconds: 3_600, slot_seconds: 7_200, cost_usd: 1 },
        recommendation: 'too few retries to tell: 2 of 5',
      },
    ]);
  });

  it('is of everyone for administrators alone', async () => {
    const { call } = await world();
    const query = { of: 'everyone' };
    expect((await call('GET /history/effectiveness', { query })).status).toBe(403);
    const all = await call('GET /history/effectiveness', { query, subject: 'root', scopes: SCOPES.admin });
    expect(all.body.effectiveness).toHaveLength(1);
    const own = await call('GET /history/effectiveness', { subject: 'bob' });
    expect(own.body).toEqual({ effectiveness: [] });
  });
});

describe('GET /history/signatures/{signature}', () => {
  it('shows numbers of the whole deployment, and the correction that holds for the caller', async () => {
    const { history, call } = await world();
    await history.correct(
      SIGNATURE,
      { class: 'assertion', by: 'ana', reason: 'a bug', at: NOW },
      { owner: 'ana' },
    );
    const ask = (subject: string) =>
      call('GET /history/signatures/{signature}', { params: { signature: SIGNATURE }, subject });
    const { body } = await ask('ana');
    expect(body).toMatchObject({
      ...{ signature: SIGNATURE, effectiveness: [{ attempts: 2, resolved: 2 }] },
      correction: { class: 'assertion', by: 'ana', reason: 'a bug', at: new Date(NOW).toISOString() },
    });
    expect((await ask('bob')).body).not.toHaveProperty('correction');
  });
});
