import { LEASE_GRACE_MS } from '../../../lib/core/scheduler/assign';
import { poolDecider } from '../../../lib/core/scheduler/decider';
import type { PoolEvent } from '../../../lib/core/scheduler/events';
import type { PoolMessage, WorkItem } from '../../../lib/core/scheduler/inputs';
import { freezePool, type PoolState, thawPool } from '../../../lib/core/scheduler/state';

const work = (nodeId: string, rest: Partial<WorkItem> = {}): WorkItem => ({
  jobId: 'j1',
  nodeId,
  attempt: 1,
  graphHash: 'h',
  owner: 'ana',
  labels: [],
  slots: 1,
  priority: 'normal',
  rank: 10,
  timeoutMs: 1_000,
  readyAt: 0,
  traceId: 't',
  ...rest,
});

function pool() {
  const state: PoolState = poolDecider.initial();
  const fold = (events: PoolEvent[], at: number) => {
    for (const event of events) poolDecider.evolve(state, event, at);
    return events;
  };
  const send = (message: PoolMessage, at = 0): PoolEvent[] => [
    ...fold(poolDecider.decide(state, { ...message, at }), at),
    ...fold(poolDecider.decide(state, { type: 'assign', at }), at),
  ];
  const register = (workerId: string, slots: number, labels: string[] | '*' = []) =>
    send({ type: 'workerRegistered', worker: { workerId, slots, labels } });
  const offer = (item: WorkItem, at = 0) => send({ type: 'workOffered', work: item }, at);
  return { state, send, register, offer };
}

const grants = (events: PoolEvent[]) =>
  events.flatMap(({ type, data }) => (type === 'lease.granted' ? [`${data.nodeId}@${data.workerId}`] : []));

describe('assignment', () => {
  it('gives the most urgent class first, then the longest remaining path, then the longest wait', () => {
    const { register, offer } = pool();
    offer(work('late', { rank: 5, readyAt: 9 }));
    offer(work('early', { rank: 5, readyAt: 1 }));
    offer(work('long', { rank: 50 }));
    offer(work('urgent', { priority: 'critical', rank: 1 }));
    expect(grants(register('w', 4))).toEqual(['urgent@w', 'long@w', 'early@w', 'late@w']);
  });

  it('gives no node more than its slots, and the freed ones to what waits', () => {
    const { register, offer, send } = pool();
    register('w', 2);
    offer(work('a'));
    offer(work('b'));
    expect(grants(offer(work('c')))).toEqual([]);
    expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId: 'a', attempt: 1 }))).toEqual(['c@w']);
  });

  it('chooses the node with the labels and the most free slots', () => {
    const { register, offer } = pool();
    register('small', 1, ['linux', 'chromium']);
    register('large', 4, ['linux']);
    expect(grants(offer(work('a', { labels: ['linux'] })))).toEqual(['a@large']);
    expect(grants(offer(work('b', { labels: ['chromium'] })))).toEqual(['b@small']);
  });

  it('lets work that fits nowhere now block nothing behind it', () => {
    const { register, offer } = pool();
    register('w', 2, ['linux']);
    offer(work('wide', { slots: 3, priority: 'critical' }));
    offer(work('gpu', { labels: ['gpu'], priority: 'critical' }));
    expect(grants(offer(work('a')))).toEqual(['a@w']);
  });

  it('takes any label where the node is the machine itself', () => {
    const { register, offer } = pool();
    register('local', 1, '*');
    expect(grants(offer(work('a', { labels: ['windows'] })))).toEqual(['a@local']);
  });

  it('numbers leases so that a later one is known from an earlier one', () => {
    const { register, offer } = pool();
    register('w', 2);
    const fences = [...offer(work('a')), ...offer(work('b'))].flatMap((e) =>
      e.type === 'lease.granted' ? [e.data.fence] : [],
    );
    expect(fences).toEqual([1, 2]);
  });
});

describe('repetition', () => {
  it('of an offer, a release or a registration has no consequence', () => {
    const { register, offer, send } = pool();
    register('w', 1);
    offer(work('a'));
    expect(offer(work('a'))).toEqual([]);
    expect(register('w', 1)).toEqual([]);
    send({ type: 'workReleased', jobId: 'j1', nodeId: 'a', attempt: 1 });
    expect(send({ type: 'workReleased', jobId: 'j1', nodeId: 'a', attempt: 1 })).toEqual([]);
  });
});

describe('a lost node', () => {
  it('gives back its leases and takes nothing more', () => {
    const { register, offer, send } = pool();
    register('w', 2);
    offer(work('a'));
    const events = send({ type: 'workerLost', workerId: 'w', reason: 'silent' });
    expect(events.map(({ type }) => type)).toEqual(['lease.revoked', 'worker.lost']);
    expect(grants(offer(work('b')))).toEqual([]);
  });

  it('comes back with all its slots', () => {
    const { register, offer, send } = pool();
    register('w', 1);
    offer(work('a'));
    send({ type: 'workerLost', workerId: 'w', reason: 'silent' });
    offer(work('b'));
    expect(grants(register('w', 1))).toEqual(['b@w']);
  });
});

describe('a lease', () => {
  it('runs out after the timeout of its work and the grace', () => {
    const { register, offer, send } = pool();
    register('w', 1);
    offer(work('a', { timeoutMs: 5_000 }), 100);
    expect(send({ type: 'sweep' }, 5_099 + LEASE_GRACE_MS)).toEqual([]);
    expect(send({ type: 'sweep' }, 5_100 + LEASE_GRACE_MS)).toMatchObject([
      { type: 'lease.revoked', data: { nodeId: 'a' } },
    ]);
  });

  it('is revoked by its own node only', () => {
    const { register, offer, send } = pool();
    register('w', 1);
    offer(work('a'));
    const refuse = { type: 'dispatchFailed', jobId: 'j1', nodeId: 'a', attempt: 1, reason: 'full' } as const;
    expect(send({ ...refuse, workerId: 'other' })).toEqual([]);
    expect(send({ ...refuse, workerId: 'w' })).toMatchObject([{ type: 'lease.revoked' }]);
  });
});

describe('withdrawn work', () => {
  const withdrawn = {
    type: 'workWithdrawn',
    jobId: 'j1',
    nodeId: 'a',
    attempt: 1,
    reason: 'cancelled',
  } as const;

  it('leaves the queue when nothing runs it', () => {
    const { offer, send, state } = pool();
    offer(work('a'));
    expect(send(withdrawn)).toMatchObject([{ type: 'work.dropped' }]);
    expect(state.queued.size).toBe(0);
  });

  it('is cancelled once where it runs', () => {
    const { register, offer, send } = pool();
    register('w', 1);
    offer(work('a'));
    expect(send(withdrawn)).toMatchObject([{ type: 'lease.cancelRequested', data: { workerId: 'w' } }]);
    expect(send(withdrawn)).toEqual([]);
  });

  it('is reported when the pool does not know it', () => {
    expect(pool().send(withdrawn)).toMatchObject([{ type: 'work.unknown' }]);
  });
});

describe('a draining node', () => {
  it('finishes what it has and takes nothing new', () => {
    const { register, offer, send } = pool();
    register('w', 2);
    offer(work('a'));
    send({ type: 'workerDrained', workerId: 'w' });
    expect(grants(offer(work('b')))).toEqual([]);
    expect(send({ type: 'workReleased', jobId: 'j1', nodeId: 'a', attempt: 1 })).toMatchObject([
      { type: 'lease.released' },
    ]);
  });
});

it('a snapshot of the pool folds on as the pool itself', () => {
  const { register, offer, state } = pool();
  register('w', 1);
  offer(work('a'));
  offer(work('b'));
  const thawed = thawPool(JSON.parse(JSON.stringify(freezePool(state))));
  expect(thawed).toEqual(state);
});
