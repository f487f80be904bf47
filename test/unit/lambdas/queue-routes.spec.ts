import { changeQueueRoute } from '../../../lambdas/change-queue/route';
import { getQueueRoute } from '../../../lambdas/get-queue/route';
import { apiHandler } from '../../../lambdas/runtime/http';
import { openSlots } from '../../../lambdas/shared/pools';
import { changeQueueResponse, queueView } from '../../../lib/adapters/http/contract';
import { createPoolEngine } from '../../../lib/core/engine/pools';
import type { PoolStatusIndex } from '../../../lib/core/engine/stream-engine';
import type { PoolMessage } from '../../../lib/core/messages/pool';
import { MemoryJournal } from './memory-cloud';
import { request } from './request';

const actor = { kind: 'engine', id: 'test' } as const;
const params = { pool: 'default' };
const queued = (jobId: string): PoolMessage => ({
  ...{ type: 'jobQueued', jobId, owner: 'ana', priority: 'normal', queuedAt: 1 },
});

async function pool(...messages: PoolMessage[]) {
  const statuses: PoolStatusIndex[] = [];
  const memory = new MemoryJournal();
  const journal = {
    ...{ head: memory.head, read: memory.read, append: memory.append },
    appendWithStatus: async (...[stream, head, events, status]: [...Parameters<typeof memory.append>]) => {
      statuses.push(status as unknown as PoolStatusIndex);
      await memory.append(stream, head, events);
    },
  };
  const pools = createPoolEngine({ journal: journal as never, clock: () => 5, perform: async () => {} });
  await pools.handle(
    'default',
    messages.map((message, i) => ({ id: `m${i}`, actor, message })),
  );
  return { pools, statuses };
}

describe('GET /queues/{pool}', () => {
  const worker = { workerId: 'w1', labels: ['linux'], slots: 4, resources: { browserLicences: 2 } };

  it('shows how full it is, what bounds it and who works for it', async () => {
    const { pools } = await pool(
      { type: 'workerRegistered', worker },
      { type: 'queueLimited', maxRunningJobs: 1 },
      queued('j1'),
      queued('j2'),
      { type: 'queueChanged', status: 'paused' },
      { type: 'workerDrained', workerId: 'w1' },
    );
    const handler = apiHandler(getQueueRoute({ pools, names: ['default'], maxWaitingJobs: 7 }));
    const answer = await request(handler, { params });
    expect(answer.status).toBe(200);
    expect(queueView.parse(answer.body)).toEqual({
      pool: 'default',
      status: 'paused',
      waiting: 1,
      running: 1,
      limits: { max_running_jobs: 1, max_waiting_jobs: 7 },
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
    });
  });

  it('does not know a pool that there is none of', async () => {
    const { pools } = await pool();
    const handler = apiHandler(getQueueRoute({ pools, names: ['default'], maxWaitingJobs: 7 }));
    const answer = await request(handler, { params: { pool: 'gpu' } });
    expect(answer).toMatchObject({ status: 400, body: { error: { problems: [{ path: 'pool' }] } } });
  });
});

describe('the status of a pool', () => {
  it('goes with every append to a store that keeps it', async () => {
    const { statuses } = await pool(
      { type: 'queueLimited', maxRunningJobs: 1 },
      queued('j1'),
      queued('j2'),
      queued('j3'),
      { type: 'queueChanged', status: 'draining' },
    );
    expect(statuses).toEqual([{ kind: 'pool', status: 'draining', waiting: 2, running: 1 }]);
  });
});

describe('POST /queues/{pool}', () => {
  const admin = { params, scopes: 'orchestration.admin' };

  function world() {
    const sendToPool = jest.fn(async () => {});
    const handler = apiHandler(changeQueueRoute({ queues: { sendToPool }, names: ['default'] }));
    const sent = () =>
      (sendToPool.mock.calls as unknown as [string, { message: object }][]).map(([, e]) => e);
    return { handler, sent };
  }

  it('bounds the queue before it opens it', async () => {
    const { handler, sent } = world();
    const answer = await request(handler, { ...admin, body: { status: 'open', max_running_jobs: 5 } });
    expect(answer.status).toBe(202);
    expect(changeQueueResponse.parse(answer.body)).toEqual({ pool: 'default' });
    const common = { id: 'queue/r1', actor: { kind: 'user', id: 'ana' } };
    expect(sent()).toMatchObject([
      { ...common, message: { type: 'queueLimited', maxRunningJobs: 5 } },
      { ...common, message: { type: 'queueChanged', status: 'open' } },
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
    expect((await request(handler, { ...admin, params: { pool: 'gpu' }, body })).status).toBe(400);
    expect(sent()).toEqual([]);
  });
});

describe('the open slots of a pool', () => {
  const NOW = 1_000_000;
  const node = (slots: number, extra: object = {}) => ({
    ...{ workerId: `w${slots}`, labels: [], slots, lastSeenAt: NOW, running: 0 },
    ...extra,
  });

  it('are those of nodes that live and take new work', () => {
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
