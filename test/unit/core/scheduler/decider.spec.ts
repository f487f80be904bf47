import { EMPTY_HEAD, record } from '../../../../lib/core/journal/envelope';
import type { PoolMessage, WorkItem } from '../../../../lib/core/messages/pool';
import { LEASE_GRACE_MS } from '../../../../lib/core/scheduler/assign';
import { poolDecider } from '../../../../lib/core/scheduler/decider';
import { AVOID_MS, RESERVE_AFTER_MS } from '../../../../lib/core/scheduler/draft';
import { poolEffects } from '../../../../lib/core/scheduler/effects';
import type { PoolEvent } from '../../../../lib/core/scheduler/events';
import { AGEING_MS } from '../../../../lib/core/scheduler/order';
import { freezePool, thawPool } from '../../../../lib/core/scheduler/snapshot';
import type { PoolState } from '../../../../lib/core/scheduler/state';

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
  const register = (workerId: string, slots: number, labels: string[] | '*' = [], at = 0) =>
    send({ type: 'workerRegistered', worker: { workerId, slots, labels } }, at);
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

  it('has the grace once more after the engine was not well, as its result may wait somewhere', () => {
    const { register, offer, send } = pool();
    register('w', 1);
    offer(work('a', { timeoutMs: 5_000 }));
    const wellSince = 600_000;
    expect(send({ type: 'sweep', wellSince }, wellSince + LEASE_GRACE_MS - 1)).toEqual([]);
    expect(send({ type: 'sweep', wellSince }, wellSince + LEASE_GRACE_MS)).toMatchObject([
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

describe('a worker that registers anew', () => {
  const worker = { workerId: 'w', slots: 2, labels: [], endpoint: 'http://w' };
  const as = (registration: string) => ({
    type: 'workerRegistered' as const,
    worker: { ...worker, registration },
  });
  const endOf = (registration?: string) =>
    ({
      type: 'workerDrained',
      workerId: 'w',
      ...(registration === undefined ? {} : { registration }),
    }) as const;

  it('is asked as it registered last, and keeps what it runs', () => {
    const { state, send, offer } = pool();
    send(as('first'));
    offer(work('a'));
    expect(send(as('first'))).toEqual([]);
    expect(send(as('second')).map(({ type }) => type)).toEqual(['worker.registered']);
    expect(state.workers.get('w')?.free).toBe(1);
    const cause = {
      at: 0,
      actor: { kind: 'engine', id: 'x' },
      causeId: 'c',
      correlationId: 'p',
      traceId: 't',
    } as const;
    const recorded = record('pool/p', EMPTY_HEAD, offer(work('b')), cause);
    expect(recorded.flatMap((event) => poolEffects(state, event))).toMatchObject([
      { kind: 'dispatch', workerId: 'w', registration: 'second' },
    ]);
    expect(freezePool(thawPool(freezePool(state)))).toEqual(freezePool(state));
  });

  it('is not taken out by the end of its earlier process', () => {
    const { send } = pool();
    send(as('first'));
    send(as('second'));
    expect(send(endOf('first'))).toEqual([]);
    expect(send(endOf('second')).map(({ type }) => type)).toEqual(['worker.draining']);
    expect(send(endOf('second'))).toEqual([]);
  });

  const restarted = (registration: string, ...running: string[]) =>
    ({
      type: 'workerRestarted',
      workerId: 'w',
      registration,
      running: running.map((nodeId) => ({ jobId: 'j1', nodeId, attempt: 1 })),
    }) as const;
  const revoked = (events: readonly PoolEvent[]) =>
    events.flatMap(({ type, data }) => (type === 'lease.revoked' ? [data.nodeId] : []));

  it('without its work loses that at once, and is given nothing before its pool knows it anew', () => {
    const { send, offer, state } = pool();
    send(as('first'));
    for (const id of ['a', 'b', 'waits']) offer(work(id));
    const events = send(restarted('first', 'a'));
    expect(events).toEqual([
      {
        type: 'lease.revoked',
        data: {
          ...{ jobId: 'j1', nodeId: 'b', attempt: 1, workerId: 'w', cause: 'workerLost' },
          reason: 'its worker began anew without it',
        },
      },
      { type: 'worker.draining', data: { workerId: 'w' } },
    ]);
    expect([...state.leases.keys()]).toEqual(['j1/a/1']);
    expect(send(restarted('first', 'a'))).toEqual([]);
    expect(grants(send(as('second')))).toEqual(['waits@w']);
  });

  it('keeps what it was given since, however late and often it is heard that it began anew', () => {
    const { send, offer } = pool();
    send(as('first'));
    offer(work('a'));
    send(as('second'));
    offer(work('b'));
    expect(revoked(send(restarted('first')))).toEqual(['a']);
    expect(send(restarted('first'))).toEqual([]);
    expect(send(restarted('another'))).toEqual([]);
    expect(grants(offer(work('c')))).toEqual(['c@w']);
    expect(revoked(send(restarted('second', 'c')))).toEqual(['b']);
  });

  it('is judged by what it has lost, as one whose leases run out', () => {
    const { send, offer, register } = pool();
    for (const id of ['x', 'y', 'z']) register(id, 50);
    send({ type: 'workerRegistered', worker: { ...worker, slots: 8, registration: 'r0' } });
    const seen: string[] = [];
    for (let i = 0; i < 8; i++) {
      const on = { workerId: 'w', until: 1 };
      // What ran elsewhere went well: that it is lost is the worker's doing.
      for (const id of ['x', 'y', 'z']) {
        const nodeId = `${id}${i}`;
        offer(work(nodeId, { nodeHash: 'h'.repeat(16), on: { workerId: id, until: 1 } }));
        send({ type: 'workReleased', jobId: 'j1', nodeId, attempt: 1, ended: { durationMs: 1_000 } });
      }
      offer(work(`w${i}`, { nodeHash: 'h'.repeat(16), on }));
      const events = [
        ...send(restarted(`r${i}`)),
        ...send({ type: 'workerRegistered', worker: { ...worker, slots: 8, registration: `r${i + 1}` } }),
      ];
      seen.push(...events.map(({ type }) => type).filter((type) => /suspected|cordoned/.test(type)));
    }
    expect(seen).toEqual(['worker.suspected', 'worker.cordoned']);
  });

  it('that does not say which it is speaks for itself', () => {
    const { send } = pool();
    send(as('first'));
    expect(send(endOf()).map(({ type }) => type)).toEqual(['worker.draining']);
  });
});

describe('fair share', () => {
  it('serves a light owner next, however much work of another waits', () => {
    const { register, offer, send } = pool();
    register('w', 2);
    for (const id of ['h1', 'h2', 'h3', 'h4']) offer(work(id, { owner: 'heavy', rank: 100 }));
    offer(work('l1', { owner: 'light', rank: 1 }));
    expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId: 'h1', attempt: 1 }))).toEqual(['l1@w']);
  });

  it('takes turns between owners who hold the same', () => {
    const { register, offer, send } = pool();
    register('w', 1);
    const order: string[] = [];
    for (const [id, owner] of [
      ['a1', 'a'],
      ['a2', 'a'],
      ['a3', 'a'],
      ['b1', 'b'],
      ['b2', 'b'],
    ] as const) {
      order.push(...grants(offer(work(id, { owner, rank: owner === 'a' ? 9 : 1 }))));
    }
    for (let i = 0; i < 4; i++) {
      const nodeId = order.at(-1)?.split('@')[0] as string;
      order.push(...grants(send({ type: 'workReleased', jobId: 'j1', nodeId, attempt: 1 })));
    }
    expect(order).toEqual(['a1@w', 'b1@w', 'a2@w', 'b2@w', 'a3@w']);
  });
});

describe('ageing', () => {
  it('lifts work by a class for every ten minutes it waits', () => {
    const { register, offer } = pool();
    offer(work('old-low', { priority: 'low', readyAt: 0, rank: 1 }), 0);
    offer(work('young-high', { priority: 'high', readyAt: 2 * AGEING_MS, rank: 9 }), 2 * AGEING_MS);
    expect(grants(register('w', 1, [], 2 * AGEING_MS - 1))).toEqual(['young-high@w']);
    const again = pool();
    again.offer(work('old-low', { priority: 'low', owner: 'ben', readyAt: 0, rank: 1 }), 0);
    again.offer(work('young-high', { priority: 'high', readyAt: 2 * AGEING_MS, rank: 9 }), 2 * AGEING_MS);
    expect(grants(again.register('w', 2, [], 3 * AGEING_MS - 1))).toContain('old-low@w');
  });
});

describe('named resources', () => {
  it('are taken with the lease and given back with it', () => {
    const { register, offer, send } = pool();
    send({
      type: 'workerRegistered',
      worker: { workerId: 'w', slots: 8, labels: [], resources: { licences: 3 } },
    });
    register('plain', 8);
    expect(grants(offer(work('a', { resources: { licences: 2 } })))).toEqual(['a@w']);
    expect(grants(offer(work('b', { resources: { licences: 2 } })))).toEqual([]);
    expect(grants(offer(work('c', { resources: { licences: 1 } })))).toEqual(['c@w']);
    expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId: 'a', attempt: 1 }))).toEqual(['b@w']);
  });

  it('of a special node are left to the work that needs them', () => {
    const { register, offer, send } = pool();
    send({ type: 'workerRegistered', worker: { workerId: 'special', slots: 8, labels: ['gpu'] } });
    register('plain', 1);
    expect(grants(offer(work('a')))).toEqual(['a@plain']);
    expect(grants(offer(work('b')))).toEqual(['b@special']);
  });
});

describe('a concurrency key', () => {
  it('bounds what runs at once over all nodes, and nothing else', () => {
    const { register, offer, send } = pool();
    register('w1', 4);
    register('w2', 4);
    const concurrency = { key: 'staging', limit: 2 };
    for (const id of ['a', 'b', 'c']) offer(work(id, { concurrency }));
    expect(grants(offer(work('free')))).toHaveLength(1);
    expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId: 'a', attempt: 1 }))).toHaveLength(1);
  });
});

describe('wide work', () => {
  it('has a node kept free for it once it has waited', () => {
    const { register, offer, send } = pool();
    register('w1', 4);
    for (const id of ['a', 'b', 'c', 'd']) offer(work(id));
    offer(work('wide', { slots: 4, rank: 99, readyAt: 0 }), 0);
    const later = RESERVE_AFTER_MS;
    offer(work('small', { readyAt: later }), later);
    for (const nodeId of ['a', 'b', 'c']) {
      expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId, attempt: 1 }, later))).toEqual([]);
    }
    expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId: 'd', attempt: 1 }, later))).toEqual([
      'wide@w1',
    ]);
  });

  it('lets others pass before that', () => {
    const { register, offer, send } = pool();
    register('w1', 2);
    offer(work('a'));
    offer(work('b'));
    offer(work('wide', { slots: 2, rank: 99, readyAt: 0 }), 0);
    offer(work('small', { readyAt: 1 }), 1);
    expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId: 'a', attempt: 1 }, 2))).toEqual([
      'small@w1',
    ]);
  });
});

describe('a held job', () => {
  it('gives out nothing until it is unheld, and loses nothing', () => {
    const { register, offer, send } = pool();
    offer(work('a'));
    send({ type: 'jobHeld', jobId: 'j1' });
    offer(work('b'));
    expect(grants(register('w', 2))).toEqual([]);
    expect(grants(send({ type: 'jobUnheld', jobId: 'j1' }))).toEqual(['a@w', 'b@w']);
  });

  it('is given out though it is told late that it was held', () => {
    const { register, offer, send } = pool();
    offer(work('a'));
    send({ type: 'jobUnheld', jobId: 'j1', version: 6 });
    expect(send({ type: 'jobHeld', jobId: 'j1', version: 5 })).toEqual([]);
    expect(grants(register('w', 2))).toEqual(['a@w']);
    send({ type: 'jobOver', jobId: 'j1', version: 9 });
    expect(send({ type: 'jobHeld', jobId: 'j1', version: 8 })).toEqual([]);
  });

  it('is held no more when it is over, once more too', () => {
    const { register, offer, send } = pool();
    send({ type: 'jobOver', jobId: 'j1', version: 4 });
    // It is tried again, paused, and over once more.
    send({ type: 'jobHeld', jobId: 'j1', version: 6 });
    send({ type: 'jobOver', jobId: 'j1', version: 8 });
    expect(send({ type: 'jobOver', jobId: 'j1', version: 8 })).toEqual([]);
    offer(work('again'));
    expect(grants(register('w', 2))).toEqual(['again@w']);
  });
});

const queuedJob = { jobId: 'j1', owner: 'ana', priority: 'normal', queuedAt: 0 } as const;

describe('the queue of jobs', () => {
  const queue = (limit: number) => {
    const p = pool();
    p.send({ type: 'queueLimited', maxRunningJobs: limit });
    const submit = (
      jobId: string,
      rest: {
        owner?: string;
        priority?: 'critical' | 'normal' | 'low';
        version?: number;
        running?: true;
      } = {},
      at = 0,
    ) =>
      admitted(
        p.send({ type: 'jobQueued', jobId, owner: 'ana', priority: 'normal', queuedAt: at, ...rest }, at),
      );
    const end = (jobId: string, at = 0) => admitted(p.send({ type: 'jobOver', jobId }, at));
    return { ...p, submit, end };
  };
  const admitted = (events: PoolEvent[]) =>
    events.flatMap(({ type, data }) => (type === 'queue.admitted' ? [data.jobId] : []));

  it('admits as many jobs as may run at once, and the next when one is over', () => {
    const { submit, end } = queue(2);
    expect([submit('a'), submit('b', {}, 1), submit('c', {}, 2)]).toEqual([['a'], ['b'], []]);
    expect(end('a', 3)).toEqual(['c']);
  });

  it('has what is under way run on, also while it is paused and beyond its limit', () => {
    const { submit, end, send } = queue(1);
    send({ type: 'queueChanged', status: 'paused' });
    expect([submit('waits'), submit('a', { running: true }), submit('b', { running: true })]).toEqual([
      ...[[], ['a'], ['b']],
    ]);
    expect(submit('a', { running: true })).toEqual([]);
    expect(send({ type: 'queueChanged', status: 'open' }).map(({ type }) => type)).toEqual(['queue.changed']);
    expect([end('a'), submit('a', { running: true }), end('b')]).toEqual([[], [], ['waits']]);
  });

  it('admits the urgent before the others, and the owner with the fewest running jobs before the rest', () => {
    const { submit, end } = queue(1);
    submit('running');
    submit('ana-1', {}, 1);
    submit('ana-2', {}, 2);
    submit('ben-1', { owner: 'ben' }, 3);
    submit('now', { owner: 'ana', priority: 'critical' }, 4);
    expect(end('running', 5)).toEqual(['now']);
    expect(end('now', 6)).toEqual(['ana-1']);
    const two = queue(2);
    two.submit('ana-1');
    two.submit('ana-2', {}, 1);
    two.submit('ana-3', {}, 2);
    two.submit('ben-1', { owner: 'ben' }, 3);
    expect(two.end('ana-1', 4)).toEqual(['ben-1']);
  });

  it('lets no job wait for ever behind more urgent ones', () => {
    const { submit, end } = queue(1);
    submit('running');
    submit('patient', { priority: 'low', owner: 'ben' }, 0);
    submit('urgent', { priority: 'critical' }, 3 * AGEING_MS);
    expect(end('running', 3 * AGEING_MS)).toEqual(['patient']);
  });

  it('admits nothing while it is paused, and goes on where it was', () => {
    const { submit, send } = queue(5);
    send({ type: 'queueChanged', status: 'paused' });
    expect(submit('a')).toEqual([]);
    expect(admitted(send({ type: 'queueChanged', status: 'open' }))).toEqual(['a']);
  });

  it('moves a job whose priority is changed', () => {
    const { submit, send, end } = queue(1);
    submit('running');
    submit('a', {}, 1);
    submit('b', {}, 2);
    send({ type: 'jobReprioritised', jobId: 'b', priority: 'critical' });
    expect(end('running', 3)).toEqual(['b']);
  });

  it('counts a running job in the class that it has, before and after its priority is changed', () => {
    const { state, submit, send, end } = queue(2);
    submit('x', { owner: 'ana' });
    submit('y', { owner: 'ben' });
    send({ type: 'jobReprioritised', jobId: 'x', priority: 'high', version: 3 });
    expect([...state.admission.running.values()].map((job) => job.priority)).toEqual(['normal', 'high']);
    // Nothing of ana's runs in this class any more, and something of ben's does.
    submit('of-ben', { owner: 'ben' }, 1);
    submit('of-ana', { owner: 'ana' }, 2);
    expect(end('x', 3)).toEqual(['of-ana']);
    for (const jobId of ['y', 'of-ben', 'of-ana']) end(jobId, 4);
    expect([...state.admission.runningBy]).toEqual([]);
  });

  it('forgets a job that was cancelled while it waited', () => {
    const { submit, end } = queue(1);
    submit('running');
    submit('a', {}, 1);
    end('a');
    expect(end('running', 3)).toEqual([]);
    expect(submit('a', {}, 4)).toEqual([]);
  });

  describe('with a job that goes on after its end', () => {
    const again = (version: number, rest: object = {}) => ({ version, rankedBy: version, ...rest });
    const over = (jobId: string, version?: number) => ({ type: 'jobOver', jobId, version }) as never;

    it('admits it once more, and has nothing of it handed out before, whichever is heard first', () => {
      for (const isOfferedFirst of [true, false]) {
        const { register, offer, submit, send } = queue(1);
        register('w', 4);
        submit('j1');
        send(over('j1', 7));
        submit('other', {}, 1);
        const steps = [
          () => grants(offer(work('a', { attempt: 2, since: 9 }), 2)),
          () => submit('j1', again(9), 2),
        ];
        if (!isOfferedFirst) steps.reverse();
        for (const step of steps) expect(step()).toEqual([]);
        expect(admitted(send(over('other'), 3))).toEqual(['j1']);
        expect(grants(send({ type: 'sweep' }, 3))).toEqual(['a@w']);
      }
    });

    it('hands its work out once it is admitted, and what undoes an earlier life at any time', () => {
      const { register, offer, submit, send } = queue(1);
      register('w', 4);
      submit('j1');
      send(over('j1', 7));
      submit('other', {}, 1);
      submit('j1', again(9), 2);
      offer(work('a', { attempt: 2, since: 9 }), 2);
      expect(grants(offer(work('undo'), 2))).toEqual(['undo@w']);
      expect(admitted(send(over('other'), 3))).toEqual(['j1']);
      expect(grants(send({ type: 'sweep' }, 3))).toEqual(['a@w']);
    });

    it('leaves it its place where its end is heard of after that it goes on', () => {
      const { register, offer, submit, send, state } = queue(1);
      register('w', 4);
      submit('j1');
      expect(grants(offer(work('a', { attempt: 2, since: 9 }), 2))).toEqual([]);
      expect(grants(send({ type: 'jobQueued', ...queuedJob, ...again(9) }, 2))).toEqual(['a@w']);
      expect(send(over('j1', 7), 3)).toEqual([]);
      expect([...state.admission.running.keys()]).toEqual(['j1']);
    });

    it('takes it off again when it ends, and hears nothing late of an earlier life', () => {
      const { submit, send, state } = queue(1);
      submit('j1');
      send(over('j1', 7));
      expect(submit('j1', again(9))).toEqual(['j1']);
      send(over('j1', 12));
      for (const version of [9, 12]) expect(submit('j1', again(version))).toEqual([]);
      expect(submit('j1')).toEqual([]);
      expect(state.admission.running.size + state.admission.waiting.size).toBe(0);
      expect(submit('j1', again(15))).toEqual(['j1']);
    });

    it('counts it where it is held before it is heard that it goes on', () => {
      const { register, offer, submit, send } = queue(1);
      register('w', 4);
      submit('j1');
      send(over('j1', 7));
      send({ type: 'jobHeld', jobId: 'j1', version: 11 });
      expect(submit('j1', again(9))).toEqual(['j1']);
      expect(grants(offer(work('a', { attempt: 2, since: 9 })))).toEqual([]);
      expect(grants(send({ type: 'jobUnheld', jobId: 'j1', version: 13 }))).toEqual(['a@w']);
    });

    it('hands out nothing of it any more once it is over again', () => {
      const { register, offer, submit, send } = queue(1);
      submit('j1');
      send(over('j1', 7));
      submit('j1', again(9));
      offer(work('a', { attempt: 2, since: 9 }));
      send(over('j1', 12));
      expect(grants(register('w', 4))).toEqual([]);
    });
  });
});

it('the priority that a job was given last counts, in whatever order it says so', () => {
  const { state, send } = pool();
  send({ type: 'jobQueued', jobId: 'j1', owner: 'ana', priority: 'normal', queuedAt: 0 });
  send({ type: 'jobReprioritised', jobId: 'j1', priority: 'critical', version: 9 });
  for (const version of [5, 9])
    expect(send({ type: 'jobReprioritised', jobId: 'j1', priority: 'low', version })).toEqual([]);
  expect(state.admission.running.get('j1')).toMatchObject({ priority: 'critical' });
  // One that does not say how new it is comes from an earlier version of the engine.
  send({ type: 'jobReprioritised', jobId: 'j1', priority: 'high' });
  expect(state.admission.running.get('j1')).toMatchObject({ priority: 'high' });
});

it('the priority of a job moves its queued work too', () => {
  const { register, offer, send } = pool();
  send({ type: 'jobQueued', jobId: 'j1', owner: 'ana', priority: 'low', queuedAt: 0 });
  offer(work('mine', { priority: 'low' }));
  offer(work('other', { jobId: 'j2', rank: 99 }));
  send({ type: 'jobReprioritised', jobId: 'j1', priority: 'critical' });
  expect(grants(register('w', 1))).toEqual(['mine@w']);
});

describe('work that avoids a worker', () => {
  const wary = (nodeId: string, rest: Partial<WorkItem> = {}) => work(nodeId, { avoid: ['w1'], ...rest });

  it('goes to another one that has room, even where that one fits worse', () => {
    const { register, offer } = pool();
    register('w1', 4);
    register('w2', 1, ['gpu']);
    expect(grants(offer(wary('a')))).toEqual(['a@w2']);
  });

  it('waits for another one that is busy, and for no longer than it may', () => {
    const { register, offer, send } = pool();
    register('w1', 1);
    register('w2', 1, ['linux']);
    offer(work('busy', { labels: ['linux'] }));
    expect(grants(offer(wary('a', { readyAt: 1_000 }), 1_000))).toEqual([]);
    // What stands behind it goes on.
    expect(grants(offer(work('b', { readyAt: 1_000 }), 1_000))).toEqual(['b@w1']);
    send({ type: 'workReleased', jobId: 'j1', nodeId: 'b', attempt: 1 }, 2_000);
    expect(grants(send({ type: 'sweep' }, 1_000 + AVOID_MS - 1))).toEqual([]);
    expect(grants(send({ type: 'sweep' }, 1_000 + AVOID_MS))).toEqual(['a@w1']);
  });

  it('gets the other one as soon as that is free', () => {
    const { register, offer, send } = pool();
    register('w1', 1);
    register('w2', 1, ['linux']);
    offer(work('busy', { labels: ['linux'] }));
    offer(wary('a'));
    expect(grants(send({ type: 'workReleased', jobId: 'j1', nodeId: 'busy', attempt: 1 }, 500))).toEqual([
      'a@w2',
    ]);
  });

  it('takes the same one at once where no other could ever take it', () => {
    const { register, offer, send } = pool();
    register('w1', 2, ['gpu']);
    register('w2', 2);
    register('w3', 2, ['gpu']);
    send({ type: 'workerCordoned', workerId: 'w3', reason: 'x' });
    expect(grants(offer(wary('a', { labels: ['gpu'] })))).toEqual(['a@w1']);
  });
});

describe('work whose state is on a worker', () => {
  const on = { workerId: 'w1', until: 30_000 };

  it('is given to no other one until then, and to that one when it is back', () => {
    const { register, offer } = pool();
    register('w2', 1);
    expect(grants(offer(work('a', { on })))).toEqual([]);
    expect(grants(register('w1', 1, [], 29_999))).toEqual(['a@w1']);
  });

  it('is given to any once the time is over', () => {
    const { register, offer, send } = pool();
    register('w2', 1);
    offer(work('a', { on }));
    expect(grants(send({ type: 'sweep' }, 29_999))).toEqual([]);
    expect(grants(send({ type: 'sweep' }, 30_000))).toEqual(['a@w2']);
  });

  it('holds up no other work, and keeps no worker free that it may not have', () => {
    const { register, offer, send } = pool();
    register('w2', 1);
    const late = { workerId: 'w1', until: 10 * RESERVE_AFTER_MS };
    offer(work('a', { on: late }));
    expect(grants(offer(work('b'), RESERVE_AFTER_MS + 1))).toEqual(['b@w2']);
    expect(grants(send({ type: 'sweep' }, RESERVE_AFTER_MS + 2))).toEqual([]);
  });
});

describe('what an attempt is told of its lease', () => {
  it('that ended without it says why, and who had it', () => {
    const { state, register, offer, send } = pool();
    const told = (events: PoolEvent[]) =>
      events
        .filter(({ type }) => type === 'lease.revoked')
        .flatMap((event) => {
          const [recorded] = record('pool/p', EMPTY_HEAD, [event], {
            ...{ at: 0, actor: { kind: 'engine', id: 'e' } as const },
            ...{ causeId: 'c', correlationId: 'c', traceId: 't' },
          });
          return poolEffects(state, recorded as never).map(
            (effect) => (effect as { message?: object }).message,
          );
        });
    register('w1', 3);
    for (const id of ['a', 'b', 'c']) offer(work(id));
    const ref = { jobId: 'j1', attempt: 1, workerId: 'w1' };
    const refused = told(send({ type: 'dispatchFailed', ...ref, nodeId: 'a', reason: 'full' }));
    expect(refused).toMatchObject([{ type: 'attemptLost', nodeId: 'a', cause: 'refused', workerId: 'w1' }]);
    send({ type: 'workReleased', jobId: 'j1', nodeId: 'b', attempt: 1 });
    const expired = told(send({ type: 'sweep' }, 1_000 + LEASE_GRACE_MS));
    expect(expired).toMatchObject([{ nodeId: 'c', cause: 'leaseExpired', workerId: 'w1' }]);
    offer(work('d'), 1);
    const lost = told(send({ type: 'workerLost', workerId: 'w1', reason: 'silent' }, 2));
    expect(lost).toMatchObject([{ nodeId: 'd', cause: 'workerLost', workerId: 'w1', reason: 'silent' }]);
  });
});
