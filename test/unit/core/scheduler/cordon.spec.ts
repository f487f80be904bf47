import type { PoolMessage } from '../../../../lib/core/messages/pool';
import { REFUSALS } from '../../../../lib/core/scheduler/cordon';
import { poolDecider } from '../../../../lib/core/scheduler/decider';
import { poolEffects } from '../../../../lib/core/scheduler/effects';
import type { PoolEvent } from '../../../../lib/core/scheduler/events';
import { freezePool, thawPool } from '../../../../lib/core/scheduler/snapshot';
import type { PoolState } from '../../../../lib/core/scheduler/state';

/** A pool whose work is offered anew each time it comes back, as jobs do. */
function pool() {
  let state: PoolState = poolDecider.initial();
  let now = 0;
  const all: PoolEvent[] = [];
  const send = (message: PoolMessage): PoolEvent[] => {
    const events: PoolEvent[] = [];
    for (const input of [message, { type: 'assign' as const }]) {
      const decided = poolDecider.decide(state, { ...input, at: now });
      for (const event of decided) poolDecider.evolve(state, event, now);
      events.push(...decided);
    }
    all.push(...events);
    return events;
  };
  const register = (workerId: string, endpoint: string | undefined = `http://${workerId}`) =>
    send({
      type: 'workerRegistered',
      worker: { workerId, labels: [], slots: 1, ...(endpoint === '' ? {} : { endpoint }) },
    });
  const offer = (nodeId: string) =>
    send({
      type: 'workOffered',
      work: {
        ...{ jobId: 'j', nodeId, attempt: 1, graphHash: 'h', owner: 'ana', labels: [], slots: 1 },
        ...{ priority: 'normal', rank: 1, timeoutMs: 1_000, readyAt: now, traceId: 't' },
      },
    });
  const leaseOf = (nodeId: string) => state.leases.get(`j/${nodeId}/1`)?.workerId;
  const refuse = (nodeId: string) => {
    const workerId = leaseOf(nodeId) ?? 'nobody';
    const ref = { jobId: 'j', nodeId, attempt: 1 };
    return send({ type: 'dispatchFailed', ...ref, workerId, reason: 'connection refused' });
  };
  let count = 0;
  /** Offers work until the node has refused so many. */
  const refuseTimes = (times: number): PoolEvent[] => {
    let last: PoolEvent[] = [];
    for (let i = 0; i < times; i++) {
      offer(`n${count}`);
      last = refuse(`n${count++}`);
    }
    return last;
  };
  return {
    ...{ send, register, offer, refuse, refuseTimes, leaseOf, all },
    after: (ms: number) => {
      now += ms;
    },
    now: () => now,
    reload: () => {
      state = thawPool(JSON.parse(JSON.stringify(freezePool(state))));
    },
    state: () => state,
  };
}

const cordons = (events: readonly PoolEvent[]) =>
  events.flatMap(({ type, data }) => (type === 'worker.cordoned' ? [data] : []));

describe('a worker that lives and takes nothing', () => {
  it('gets no more work after the third attempt in a row, and other nodes do', () => {
    const { register, refuseTimes, offer, leaseOf } = pool();
    register('dead');
    expect(cordons(refuseTimes(REFUSALS.opensAfter - 1))).toEqual([]);
    expect(cordons(refuseTimes(1))).toEqual([
      {
        ...{ workerId: 'dead', reason: 'did not take 3 attempts in a row', cause: 'refusals' },
        until: REFUSALS.openMs,
      },
    ]);
    offer('waits');
    expect(leaseOf('waits')).toBeUndefined();
    register('alive');
    expect(leaseOf('waits')).toBe('alive');
  });

  it('is tried again when its time is over, and one more refusal is enough, for twice as long', () => {
    const { register, refuseTimes, after, send, offer, leaseOf, refuse, now, state } = pool();
    register('dead');
    refuseTimes(REFUSALS.opensAfter);
    let expected = REFUSALS.openMs;
    for (let i = 0; i < 6; i++) {
      after(expected - 1);
      offer(`again-${i}`);
      send({ type: 'sweep' });
      expect(leaseOf(`again-${i}`)).toBeUndefined();
      after(1);
      send({ type: 'sweep' });
      expect(leaseOf(`again-${i}`)).toBe('dead');
      expected = Math.min(expected * 2, REFUSALS.longestMs);
      expect(cordons(refuse(`again-${i}`))).toMatchObject([{ until: now() + expected }]);
    }
    expect(expected).toBe(REFUSALS.longestMs);
    expect(state().cordons.cordoned.size).toBe(1);
  });

  it('is clear of trouble with the first attempt that is over', () => {
    const { register, refuseTimes, send, offer, all } = pool();
    register('flaky');
    for (let i = 0; i < 3; i++) {
      refuseTimes(REFUSALS.opensAfter - 1);
      offer(`good-${i}`);
      send({ type: 'workReleased', jobId: 'j', nodeId: `good-${i}`, attempt: 1 });
    }
    expect(cordons(all)).toEqual([]);
  });

  it('stays in cordon when it registers anew, and when the pool is loaded again', () => {
    const { register, refuseTimes, send, offer, leaseOf, reload } = pool();
    register('dead');
    refuseTimes(REFUSALS.opensAfter);
    send({ type: 'workerLost', workerId: 'dead', reason: 'no heartbeat' });
    register('dead');
    reload();
    offer('waits');
    expect(leaseOf('waits')).toBeUndefined();
  });

  it('is not blamed for attempts that were being cancelled', () => {
    const { register, offer, refuse, send, all } = pool();
    register('w');
    for (let i = 0; i < 2 * REFUSALS.opensAfter; i++) {
      offer(`n${i}`);
      send({ type: 'workWithdrawn', jobId: 'j', nodeId: `n${i}`, attempt: 1, reason: 'cancelled' });
      refuse(`n${i}`);
    }
    expect(cordons(all)).toEqual([]);
  });

  it('is never cordoned where it is this very process', () => {
    const { register, refuseTimes, all } = pool();
    register('local', '');
    refuseTimes(3 * REFUSALS.opensAfter);
    expect(cordons(all)).toEqual([]);
  });
});

describe('a worker that a person cordons', () => {
  it('finishes what it runs and gets nothing new until it is released', () => {
    const { register, offer, send, leaseOf, after, state } = pool();
    register('w');
    offer('runs');
    expect(send({ type: 'workerCordoned', workerId: 'w', reason: 'bad disk' })).toEqual([
      { type: 'worker.cordoned', data: { workerId: 'w', reason: 'bad disk' } },
    ]);
    expect(send({ type: 'workerCordoned', workerId: 'w', reason: 'again' })).toEqual([]);
    expect(leaseOf('runs')).toBe('w');
    send({ type: 'workReleased', jobId: 'j', nodeId: 'runs', attempt: 1 });
    offer('waits');
    after(10 * REFUSALS.longestMs);
    send({ type: 'sweep' });
    expect(leaseOf('waits')).toBeUndefined();
    send({ type: 'workerUncordoned', workerId: 'w' });
    expect(leaseOf('waits')).toBe('w');
    expect(send({ type: 'workerUncordoned', workerId: 'w' })).toEqual([]);
    expect(state().cordons.cordoned.size).toBe(0);
  });

  it('is said on the bus, with the reason', () => {
    const data = { workerId: 'w', reason: 'bad disk' };
    const recorded = { stream: 'pool/p', seq: 7, at: 5, type: 'worker.cordoned', data } as never;
    expect(poolEffects(poolDecider.initial(), recorded)).toMatchObject([
      {
        kind: 'publish',
        event: { type: 'orchestration.node.failure', detail: { ...data, status: 'cordoned' } },
      },
    ]);
  });
});
