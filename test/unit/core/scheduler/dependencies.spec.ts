import { EMPTY_HEAD, record } from '../../../../lib/core/journal/envelope';
import { LIMITS } from '../../../../lib/core/limits';
import type { DependencyStatus } from '../../../../lib/core/messages/dependency';
import type { PoolMessage, WorkItem } from '../../../../lib/core/messages/pool';
import { present } from '../../../../lib/core/model/present';
import { poolDecider } from '../../../../lib/core/scheduler/decider';
import { RESERVE_AFTER_MS } from '../../../../lib/core/scheduler/draft';
import { poolEffects } from '../../../../lib/core/scheduler/effects';
import type { PoolEvent } from '../../../../lib/core/scheduler/events';
import { freezePool, thawPool } from '../../../../lib/core/scheduler/snapshot';

const work = (nodeId: string, rest: Partial<WorkItem> = {}): WorkItem => ({
  ...{ jobId: 'j', nodeId, attempt: 1, graphHash: 'h', owner: 'ana', labels: [], slots: 1 },
  ...{ priority: 'normal', rank: 10, timeoutMs: 1_000, readyAt: 0, traceId: 't', ...rest },
});
const needing = (nodeId: string, ...dependencies: string[]) => work(nodeId, { dependencies });

function pool(slots = 9) {
  const state = poolDecider.initial();
  let version = 0;
  const send = (message: PoolMessage, at = 0): PoolEvent[] => {
    const all: PoolEvent[] = [];
    for (const input of [
      { ...message, at },
      { type: 'assign' as const, at },
    ]) {
      const events = poolDecider.decide(state, input);
      for (const event of events) poolDecider.evolve(state, event, at);
      all.push(...events);
    }
    return all;
  };
  send({ type: 'workerRegistered', worker: { workerId: 'w', slots, labels: '*' } });
  const offer = (...items: WorkItem[]) => items.flatMap((item) => send({ type: 'workOffered', work: item }));
  const told = (
    dependency: string,
    status: DependencyStatus,
    rest: { probes?: number; at?: number } = {},
  ) => {
    const { at = 0, ...more } = rest;
    version += 1;
    return send({ type: 'dependencyChanged', dependency, version, status, ...more }, at);
  };
  return { state, send, offer, told };
}

const granted = (events: readonly PoolEvent[]) =>
  events.flatMap(({ type, data }) => (type === 'lease.granted' ? [data.nodeId] : []));
const released = (nodeId: string) => ({ type: 'workReleased' as const, jobId: 'j', nodeId, attempt: 1 });

describe('work that names a dependency', () => {
  it('waits until the dependency has said how it stands, which the pool asks once', () => {
    const { offer, told } = pool();
    const first = offer(needing('a', 'payments'));
    expect(first.map(({ type }) => type)).toEqual(['queue.dependencyWatched', 'work.queued']);
    expect(offer(needing('b', 'payments')).map(({ type }) => type)).toEqual(['work.queued']);
    expect(granted(told('payments', 'closed'))).toEqual(['a', 'b']);
    expect(granted(offer(needing('c', 'payments')))).toEqual(['c']);
  });

  it('waits while it is open, and all of it is handed out when it is closed', () => {
    const { offer, told } = pool();
    offer(needing('a', 'payments'));
    expect(granted(told('payments', 'open'))).toEqual([]);
    expect(granted(offer(needing('b', 'payments'), work('c')))).toEqual(['c']);
    expect(granted(told('payments', 'closed'))).toEqual(['a', 'b']);
  });

  it('waits for each dependency that it names', () => {
    const { offer, told } = pool();
    offer(needing('a', 'mail', 'payments'));
    expect(granted(told('mail', 'closed'))).toEqual([]);
    expect(granted(told('payments', 'closed'))).toEqual(['a']);
  });

  it('finds out whether a half open one is well, as much at a time as its budget', () => {
    const { offer, told, send } = pool();
    offer(...['a', 'b', 'c', 'd'].map((id) => needing(id, 'payments')));
    told('payments', 'open');
    expect(granted(told('payments', 'halfOpen', { probes: 2 }))).toEqual(['a', 'b']);
    expect(granted(send(released('a')))).toEqual(['c']);
    expect(granted(told('payments', 'closed'))).toEqual(['d']);
  });

  it('does not wait for what ran before the dependency was half open', () => {
    const { offer, told } = pool();
    offer(needing('a', 'payments'), needing('b', 'payments'));
    told('payments', 'closed');
    told('payments', 'open');
    offer(needing('c', 'payments'));
    expect(granted(told('payments', 'halfOpen', { probes: 1 }))).toEqual(['c']);
  });

  it('keeps no worker free for itself however long it waits', () => {
    const { offer, told, send } = pool(1);
    offer(needing('a', 'payments'));
    told('payments', 'open');
    const later = 10 * RESERVE_AFTER_MS;
    const next = work('b', { readyAt: later });
    expect(granted(send({ type: 'workOffered', work: next }, later))).toEqual(['b']);
  });

  it('does not go before its turn when it has waited: owners stay level', () => {
    const { offer, told, send } = pool(1);
    offer(needing('a1', 'payments'), needing('a2', 'payments'));
    told('payments', 'open');
    offer(work('b1', { owner: 'ben' }), work('b2', { owner: 'ben' }));
    expect(granted(told('payments', 'closed'))).toEqual([]);
    const order = ['b1', 'a1', 'b2'].flatMap((id) => granted(send(released(id))));
    expect(order).toEqual(['a1', 'b2', 'a2']);
  });
});

describe('what a pool is told of a dependency', () => {
  it('changes nothing when it is older than what it knows, or of one that it does not watch', () => {
    const { offer, send, state } = pool();
    offer(needing('a', 'payments'));
    const told = (dependency: string, version: number, status: DependencyStatus) =>
      send({ type: 'dependencyChanged', dependency, version, status });
    told('payments', 5, 'open');
    expect(told('payments', 4, 'closed')).toEqual([]);
    expect(told('payments', 5, 'closed')).toEqual([]);
    expect(told('mail', 1, 'open')).toEqual([]);
    expect(state.dependencies.get('payments')).toMatchObject({ status: 'open', version: 5 });
  });

  it('is in its snapshot', () => {
    const { offer, told, state } = pool();
    offer(needing('a', 'payments'), needing('b', 'mail'));
    told('payments', 'halfOpen', { probes: 3 });
    const frozen = JSON.parse(JSON.stringify(freezePool(state)));
    expect(freezePool(thawPool(frozen))).toEqual(freezePool(state));
    expect(thawPool(frozen).dependencies).toEqual(state.dependencies);
  });

  it('is held of so many; the next one takes the place of one that is closed, and is asked after', () => {
    const { offer, told, state } = pool();
    for (let i = 0; i < LIMITS.poolDependencies; i++) {
      state.dependencies.set(`d${i}`, { status: 'open', version: 1, fence: 0, askedAt: 0 });
    }
    state.dependencies.set('d7', { status: 'closed', version: 1, fence: 0, askedAt: 0 });
    const events = offer(needing('a', 'payments'));
    expect(events[0]).toEqual({ type: 'queue.dependencyWatched', data: { dependency: 'payments' } });
    expect([state.dependencies.size, state.dependencies.has('d7')]).toEqual([LIMITS.poolDependencies, false]);
    expect(granted(told('payments', 'closed'))).toEqual(['a']);
  });

  it('is asked for again where the answer does not come, and work does not wait for ever', () => {
    const { offer, send, told } = pool();
    offer(needing('a', 'payments'));
    const again = [{ type: 'queue.dependencyWatched', data: { dependency: 'payments' } }];
    expect(send({ type: 'sweep' }, 59_999)).toEqual([]);
    expect(send({ type: 'sweep' }, 60_000)).toEqual(again);
    expect(send({ type: 'sweep' }, 119_999)).toEqual([]);
    expect(send({ type: 'sweep' }, 120_000)).toEqual(again);
    expect(granted(told('payments', 'closed', { at: 120_500 }))).toEqual(['a']);
    send({ ...released('a') });
    expect(send({ type: 'sweep' }, 999_999_999)).toEqual([]);
  });

  it('is asked for again where it was to be half open by then, and now and then while it is or a person holds it open', () => {
    const { offer, send, state } = pool();
    offer(needing('a', 'payments'));
    const again = [{ type: 'queue.dependencyWatched', data: { dependency: 'payments' } }];
    const known = (status: DependencyStatus, version: number, at: number, until?: number) =>
      send({ type: 'dependencyChanged', dependency: 'payments', version, status, ...present({ until }) }, at);
    known('open', 1, 0, 500_000);
    expect(send({ type: 'sweep' }, 559_999)).toEqual([]);
    expect(send({ type: 'sweep' }, 560_000)).toEqual(again);
    // What is known stays so until there is an answer.
    expect(state.dependencies.get('payments')).toMatchObject({ status: 'open', version: 1 });
    known('open', 2, 600_000);
    expect(send({ type: 'sweep' }, 899_999)).toEqual([]);
    expect(send({ type: 'sweep' }, 900_000)).toEqual(again);
    known('halfOpen', 3, 900_001);
    expect(send({ type: 'sweep' }, 1_200_000)).toEqual([]);
    expect(send({ type: 'sweep' }, 1_200_001)).toEqual(again);
  });

  it('comes because the pool asked for it', () => {
    const { state } = pool();
    const cause = {
      ...{ at: 0, causeId: 'c', correlationId: 'pool/p', traceId: 't' },
      actor: { kind: 'engine', id: 'x' } as const,
    };
    const event: PoolEvent = { type: 'queue.dependencyWatched', data: { dependency: 'payments' } };
    const [recorded] = record('pool/p', EMPTY_HEAD, [event], cause);
    expect(poolEffects(state, recorded!)).toMatchObject([
      { kind: 'send', to: { kind: 'dependency', id: 'payments' }, message: { type: 'watched', pool: 'p' } },
    ]);
  });
});
