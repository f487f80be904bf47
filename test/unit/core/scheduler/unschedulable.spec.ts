import type { PoolMessage, WorkItem } from '../../../../lib/core/messages/pool';
import { poolDecider } from '../../../../lib/core/scheduler/decider';
import { poolEffects } from '../../../../lib/core/scheduler/effects';
import type { PoolEvent } from '../../../../lib/core/scheduler/events';
import { freezePool, thawPool } from '../../../../lib/core/scheduler/snapshot';
import type { PoolState } from '../../../../lib/core/scheduler/state';
import { KEPT_OFF_MS, NO_WORKER_MS } from '../../../../lib/core/scheduler/unschedulable';

const MINUTE = 60_000;

/** A pool that is swept every minute, and workers that take no attempt. */
function pool() {
  let state: PoolState = poolDecider.initial();
  let now = 0;
  const all: { readonly at: number; readonly event: PoolEvent }[] = [];
  function decide(message: PoolMessage): void {
    for (const input of [message, { type: 'assign' as const }])
      for (const event of poolDecider.decide(state, { ...input, at: now })) {
        poolDecider.evolve(state, event, now);
        all.push({ at: now, event });
      }
  }
  const offer = (nodeId: string, rest: Partial<WorkItem> = {}) =>
    decide({
      type: 'workOffered',
      work: {
        ...{ jobId: 'j', nodeId, attempt: 1, graphHash: 'h', owner: 'ana', labels: [], slots: 1 },
        ...{ priority: 'normal', rank: 1, timeoutMs: 60 * MINUTE, readyAt: now, traceId: 't', ...rest },
      },
    });
  const register = (workerId: string, labels: string[] = []) =>
    decide({
      type: 'workerRegistered',
      worker: { workerId, labels, slots: 1, endpoint: `http://${workerId}` },
    });
  function refuseAll(): void {
    for (const { work, workerId } of [...state.leases.values()]) {
      const { jobId, nodeId, attempt } = work;
      decide({ type: 'dispatchFailed', jobId, nodeId, attempt, workerId, reason: 'no answer' });
    }
  }
  return {
    ...{ offer, register, decide, refuseAll },
    /** A worker whose breaker is open from now on. */
    broken: (workerId: string) => {
      register(workerId);
      for (const nodeId of ['x', 'y', 'z']) {
        offer(`${workerId}-${nodeId}`);
        refuseAll();
      }
    },
    sweep: (minutes: number, onTick: () => void = () => {}, every = 1) => {
      for (let i = 0; i < minutes; i += every) {
        now += every * MINUTE;
        decide({ type: 'sweep' });
        onTick();
      }
    },
    reload: () => {
      state = thawPool(JSON.parse(JSON.stringify(freezePool(state))));
    },
    of: (type: PoolEvent['type']) =>
      all.filter(({ event }) => event.type === type).map(({ at, event }) => [at / MINUTE, event.data]),
    message: () => {
      const event = all.find((each) => each.event.type === 'work.dropped')?.event;
      return poolEffects(state, { ...event, stream: 'pool/p', seq: 1, at: now } as never);
    },
  };
}

const [HALF_AN_HOUR, A_DAY] = [KEPT_OFF_MS / MINUTE, NO_WORKER_MS / MINUTE];
const ANY = { labels: [], slots: 1 };

describe('work that no worker takes', () => {
  it('goes back to its job after half an hour where the engine keeps off all workers that it fits', () => {
    const { broken, offer, sweep, refuseAll, of, message } = pool();
    broken('w');
    // Two of them are tried on it.
    for (const nodeId of ['a', 'b', 'c', 'd', 'e']) offer(nodeId);
    sweep(HALF_AN_HOUR, refuseAll);
    expect(of('queue.unschedulable')).toEqual([[1, { ...ANY, why: 'keptOff' }]]);
    expect(of('work.dropped')).toEqual([]);
    sweep(1);
    const reason = 'for 30 minutes the engine has kept all workers off that it fits';
    expect(of('work.dropped')).toMatchObject([
      [31, { nodeId: 'c', cause: 'unschedulable', reason: expect.stringContaining(reason) }],
      [31, { nodeId: 'd' }],
      [31, { nodeId: 'e' }],
    ]);
    expect(message()).toMatchObject([
      { message: { type: 'attemptLost', nodeId: 'c', attempt: 1, cause: 'unschedulable' } },
    ]);
  });

  it('goes back after a day where no worker that it fits is in use', () => {
    const { register, decide, offer, sweep, of } = pool();
    register('gpu', ['gpu']);
    register('cordoned', ['linux']);
    decide({ type: 'workerCordoned', workerId: 'cordoned', reason: 'by a person' });
    offer('a', { labels: ['linux'] });
    offer('b', { labels: ['windows'] });
    sweep(A_DAY);
    expect(of('work.dropped')).toEqual([]);
    sweep(1);
    const reason = expect.stringContaining('no worker');
    expect(of('work.dropped')).toMatchObject([
      [A_DAY + 1, { nodeId: 'a', cause: 'unschedulable', reason }],
      [A_DAY + 1, { nodeId: 'b', cause: 'unschedulable', reason }],
    ]);
  });

  it('counts from when it was ready, and anew once a worker has taken such work', () => {
    const { broken, register, decide, offer, sweep, refuseAll, of } = pool();
    broken('w');
    for (const nodeId of ['t1', 't2', 't3']) offer(nodeId, { rank: 9, priority: 'low' });
    sweep(20, refuseAll);
    offer('a', { priority: 'low' });
    sweep(15, refuseAll);
    expect(of('work.dropped').map(([, work]) => work)).toMatchObject([{ nodeId: 't3' }]);
    register('well');
    sweep(1);
    expect(of('queue.schedulable')).toEqual([[36, ANY]]);
    decide({ type: 'workerLost', workerId: 'well', reason: 'gone' });
    offer('b', { rank: 0 });
    sweep(HALF_AN_HOUR);
    expect(of('work.dropped')).toHaveLength(1);
    sweep(1);
    expect(of('work.dropped').slice(1)).toMatchObject([[67, { nodeId: 'b' }]]);
  });

  it('waits on for workers that are busy', () => {
    const { offer, register, sweep, of } = pool();
    register('busy');
    for (const nodeId of ['runs', 'next']) offer(nodeId);
    sweep(2 * A_DAY);
    expect(of('queue.unschedulable')).toEqual([]);
    expect(of('lease.granted').map(([, lease]) => lease)).toMatchObject([
      { nodeId: 'runs' },
      { nodeId: 'next' },
    ]);
  });

  it('waits on for one that passes its probation: it has had an attempt for a minute', () => {
    const { broken, offer, sweep, of } = pool();
    broken('w');
    offer('long');
    offer('a', { rank: 0 });
    sweep(60);
    expect(of('work.dropped')).toEqual([]);
    expect(of('queue.schedulable')).toEqual([[6, ANY]]);
  });

  it('goes back at once where it is refused for another time, and all have been kept off for half an hour', () => {
    const { broken, offer, sweep, refuseAll, of } = pool();
    broken('w');
    for (const nodeId of ['t1', 't2']) offer(nodeId, { rank: 9 });
    sweep(34, refuseAll);
    offer('a', { attempt: 2 });
    sweep(2, refuseAll);
    const revoked = of('lease.revoked').slice(-1);
    expect(revoked).toMatchObject([[35, { nodeId: 'a', refused: true, cause: 'unschedulable' }]]);
    expect(of('worker.cordoned')).toHaveLength(4);
  });

  it('keeps its clock in a snapshot', () => {
    const { offer, reload, sweep, of } = pool();
    offer('a', { resources: { gpus: 1 } });
    sweep(3);
    reload();
    sweep(A_DAY - 2);
    expect(of('queue.unschedulable')).toHaveLength(1);
    expect(of('work.dropped')).toMatchObject([[A_DAY + 1, { nodeId: 'a' }]]);
  });

  it('is watched for no longer than a day where none of it waits', () => {
    const { offer, decide, sweep, of } = pool();
    offer('a');
    sweep(1);
    decide({ type: 'workWithdrawn', jobId: 'j', nodeId: 'a', attempt: 1, reason: 'cancelled' });
    sweep(A_DAY);
    expect(of('queue.schedulable')).toEqual([[A_DAY + 1, ANY]]);
  });

  it('is watched in two hundred shapes at a time', () => {
    const { offer, sweep, of } = pool();
    for (let i = 0; i < 250; i++) offer(`n${i}`, { labels: [`l${i}`] });
    sweep(A_DAY, undefined, 60);
    expect(of('queue.unschedulable')).toHaveLength(200);
    sweep(A_DAY + 10 * 60, undefined, 60);
    expect(of('queue.unschedulable')).toHaveLength(250);
    expect(of('work.dropped')).toHaveLength(250);
  });

  it('goes back in parts where it is much', () => {
    const { offer, sweep, of } = pool();
    for (let i = 0; i < 250; i++) offer(`n${i}`);
    sweep(A_DAY + 1);
    expect(of('work.dropped')).toHaveLength(100);
    sweep(2);
    expect(of('work.dropped')).toHaveLength(250);
  });
});
