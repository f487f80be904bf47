import { apiHandler } from '../../../lambdas/runtime/http';
import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { createMemoryJournalStore } from '../../../lib/adapters/memory/journal-store';
import { changeQueue, getQueue } from '../../../lib/api/queues';
import { changeQueueResponse, queueView } from '../../../lib/contract/queues';
import { askerOf } from '../../../lib/core/engine/asker';
import { createEngine } from '../../../lib/core/engine/engine';
import { createKinds } from '../../../lib/core/engine/kinds';
import { poolAt } from '../../../lib/core/messages/address';
import type { PoolMessage } from '../../../lib/core/messages/pool';
import type { LetterList, LetterQuery, ListedLetters } from '../../../lib/core/ports/registries';
import type { JournalStore } from '../../../lib/core/ports/stores';
import type { StreamReader } from '../../../lib/core/ports/streams';
import type { Listing } from '../../../lib/core/projections/listing';
import { openSlots } from '../../../lib/core/recovery/silence';
import { request } from './request';

const actor = { kind: 'engine', id: 'test' } as const;
const params = { pool: 'default' };
const queued = (jobId: string): PoolMessage => ({
  ...{ type: 'jobQueued', jobId, owner: 'ana', priority: 'normal', queuedAt: 1 },
});

/** A pool that is told these messages at once. */
async function pool(...messages: PoolMessage[]) {
  const listings: (Listing | undefined)[] = [];
  const memory = createMemoryJournalStore();
  const journal: JournalStore = {
    ...memory,
    append: (stream, expected, events, listing) => {
      listings.push(listing);
      return memory.append(stream, expected, events);
    },
  };
  const random = () => 0.5;
  const graphs = { get: () => Promise.reject(new Error('no pool has a graph')) };
  const engine = createEngine(
    { journal, random, clock: () => 5, perform: async () => {} },
    createKinds({ conditions: memoryConditions, journal, random, graphs }),
  );
  const tell = (...more: PoolMessage[]) =>
    engine.handle(
      poolAt('default'),
      more.map((message, i) => ({ id: `m${i}`, actor, message })),
    );
  await tell(...messages);
  return { view: askerOf(engine).view, tell, listings };
}

const NO_LETTERS: LetterList = { list: async () => ({ groups: [] }) };

describe('GET /queues/{pool}', () => {
  const worker = { workerId: 'w1', labels: ['linux'], slots: 4, resources: { browserLicences: 2 } };

  it('shows how full it is, what bounds it and who works for it', async () => {
    const { view } = await pool(
      { type: 'workerRegistered', worker },
      { type: 'queueLimited', maxRunningJobs: 1 },
      queued('j1'),
      queued('j2'),
      { type: 'queueChanged', status: 'paused' },
      { type: 'workerDrained', workerId: 'w1' },
    );
    const handler = apiHandler(
      getQueue({ view, pools: ['default'], maxWaitingJobs: 7, letters: NO_LETTERS }),
    );
    const answer = await request(handler, { params });
    expect(answer.status).toBe(200);
    expect(queueView.parse(answer.body)).toEqual({
      pool: 'default',
      status: 'paused',
      waiting: 1,
      running: 1,
      limits: { max_running_jobs: 1, max_waiting_jobs: 7 },
      owners: [{ owner: 'ana', waiting_jobs: 1, running_jobs: 1, waiting_attempts: 0, slots: 0 }],
      workers: [
        {
          worker_id: 'w1',
          status: 'draining',
          labels: ['linux'],
          slots: 4,
          free_slots: 4,
          resources: { browserLicences: 2 },
        },
      ],
      waits_for: [],
      letters: { open: 0 },
    });
  });

  it('says for which dependencies ready work waits, and how much of it', async () => {
    const offer = (nodeId: string, ...dependencies: string[]): PoolMessage => ({
      type: 'workOffered',
      work: {
        ...{ jobId: 'j', nodeId, attempt: 1, graphHash: 'h', owner: 'ana', labels: [], slots: 1, rank: 1 },
        ...{ priority: 'normal', timeoutMs: 1_000, readyAt: 0, traceId: 't', dependencies },
      },
    });
    const told = (dependency: string, rest: object): PoolMessage =>
      ({ type: 'dependencyChanged', dependency, version: 1, ...rest }) as PoolMessage;
    const { view } = await pool(
      { type: 'workerRegistered', worker },
      ...['a', 'b', 'c', 'd'].map((nodeId) => offer(nodeId, 'payments')),
      offer('e', 'mail', 'payments'),
      offer('f', 'search'),
      offer('g', 'billing'),
      told('payments', { status: 'halfOpen', probes: 1 }),
      told('mail', { status: 'open', until: 1_000 }),
      told('search', { status: 'closed' }),
    );
    const handler = apiHandler(
      getQueue({ view, pools: ['default'], maxWaitingJobs: 7, letters: NO_LETTERS }),
    );
    const { waits_for } = queueView.parse((await request(handler, { params })).body);
    expect(waits_for).toEqual([
      { dependency: 'payments', state: 'half_open', attempts: 3 },
      { dependency: 'mail', state: 'open', until: '1970-01-01T00:00:01.000Z', attempts: 1 },
      { dependency: 'billing', state: 'unknown', attempts: 1 },
    ]);
  });

  it.each([
    ['all that there are', 2, { open: 6, oldest_at: '2026-01-01T00:00:00.000Z' }],
    ['the latest pages of them', 9, { open: 15, oldest_at: '2026-01-01T00:00:00.000Z', more: true }],
  ])('counts letters of the caller that wait: %s', async (_, pages, letters) => {
    const asked: LetterQuery[] = [];
    const oldest = Date.UTC(2026, 0, 1);
    const list: LetterList['list'] = async (query) => {
      asked.push(query);
      const oldestAt = oldest + (asked.length === 2 ? 0 : 60_000);
      const groups = [{ open: 3, oldestAt }, { open: 0 }] as ListedLetters[];
      return { groups, ...(asked.length < pages ? { cursor: `page ${asked.length}` } : {}) };
    };
    const { view } = await pool();
    const handler = apiHandler(getQueue({ view, pools: ['default'], maxWaitingJobs: 7, letters: { list } }));
    const { body } = await request(handler, { params });
    expect(queueView.parse(body).letters).toEqual(letters);
    expect(asked.slice(0, 2).map(({ cursor }) => cursor)).toEqual([undefined, 'page 1']);
    expect(asked).toHaveLength(Math.min(pages, 5));
    expect(new Set(asked.map(({ owner }) => owner)).size).toBe(1);
  });

  it('does not know a pool that there is none of', async () => {
    const { view } = await pool();
    const handler = apiHandler(
      getQueue({ view, pools: ['default'], maxWaitingJobs: 7, letters: NO_LETTERS }),
    );
    const answer = await request(handler, { params: { pool: 'gpu' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'POOL_NOT_FOUND' } });
  });
});

describe('what a list shows of a pool', () => {
  it('goes to the journal with every append that changes it, and with no other', async () => {
    const { listings, tell } = await pool(
      { type: 'queueLimited', maxRunningJobs: 1 },
      queued('j1'),
      queued('j2'),
      queued('j3'),
      { type: 'queueChanged', status: 'draining' },
    );
    await tell({ type: 'workerRegistered', worker: { workerId: 'w1', labels: [], slots: 1 } });
    await tell({ type: 'jobOver', jobId: 'j2' });
    expect(listings).toEqual([
      { kind: 'pool', status: 'draining', waiting: 2, running: 1 },
      undefined,
      { kind: 'pool', status: 'draining', waiting: 1, running: 1 },
    ]);
  });
});

describe('POST /queues/{pool}', () => {
  const admin = { params, scopes: 'orchestration.admin' };

  function world(...before: PoolMessage[]) {
    const send = jest.fn(async () => {});
    const view: StreamReader['view'] = async (at) => (await pool(...before)).view(at);
    const handler = apiHandler(changeQueue({ streams: { send }, pools: ['default'], view }));
    const shown = apiHandler(getQueue({ view, pools: ['default'], maxWaitingJobs: 7, letters: NO_LETTERS }));
    return { handler, shown, sent: () => send.mock.calls as unknown[] };
  }

  it('is for the version that If-Match names, whatever has come into the queue meanwhile', async () => {
    const body = { status: 'open' };
    const { shown } = world();
    const etag = (await request(shown, { params })).headers['ETag'] ?? '';
    const meanwhile = world(queued('j1'));
    const matches = { 'If-Match': etag };
    expect((await request(meanwhile.shown, { params })).headers['ETag']).not.toBe(etag);
    expect((await request(meanwhile.handler, { ...admin, body, headers: matches })).status).toBe(202);
    const changed = world({ type: 'queueChanged', status: 'paused' });
    const late = await request(changed.handler, { ...admin, body, headers: matches });
    expect(late).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
    expect(changed.sent()).toEqual([]);
    const any = await request(changed.handler, { ...admin, body, headers: { 'If-Match': '*' } });
    expect(any.status).toBe(202);
  });

  it('bounds the queue before it opens it', async () => {
    const { handler, sent } = world();
    const answer = await request(handler, { ...admin, body: { status: 'open', max_running_jobs: 5 } });
    expect(answer.status).toBe(202);
    expect(changeQueueResponse.parse(answer.body)).toEqual({ pool: 'default' });
    const to = poolAt('default');
    const origin = { id: 'queue/r1', actor: { kind: 'user', id: 'ana' } };
    expect(sent()).toMatchObject([
      [{ to, message: { type: 'queueLimited', maxRunningJobs: 5 } }, origin],
      [{ to, message: { type: 'queueChanged', status: 'open' } }, origin],
    ]);
  });

  it.each([[{ status: 'draining' }], [{ max_running_jobs: 1 }]])('changes only %j', async (body) => {
    const { handler, sent } = world();
    expect((await request(handler, { ...admin, body })).status).toBe(202);
    expect(sent()).toHaveLength(1);
  });

  it.each([[{}], [{ status: 'closed' }], [{ max_running_jobs: 0 }]])('refuses %j', async (body) => {
    const { handler, sent } = world();
    expect((await request(handler, { ...admin, body })).status).toBe(400);
    expect(sent()).toEqual([]);
  });

  it('is for administrators, and for pools that exist', async () => {
    const { handler, sent } = world();
    const body = { status: 'paused' };
    expect((await request(handler, { params, body })).status).toBe(403);
    expect((await request(handler, { ...admin, params: { pool: 'gpu' }, body })).status).toBe(404);
    expect(sent()).toEqual([]);
  });
});

describe('the open slots of a pool', () => {
  const NOW = 1_000_000;
  const node = (slots: number, extra: object = {}) => ({
    ...{ workerId: `w${slots}`, labels: [], slots, lastSeenAt: NOW, running: 0 },
    ...extra,
  });

  it('are those of workers that live and take new work', () => {
    const workers = [
      node(1),
      node(2, { lastSeenAt: NOW - 45_000 }),
      node(4, { lastSeenAt: NOW - 45_001 }),
      node(8, { draining: true }),
      node(16, { lostAt: NOW }),
    ];
    expect(openSlots(workers, NOW)).toBe(3);
  });
});
