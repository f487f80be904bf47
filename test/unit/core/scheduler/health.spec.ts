import { chanceOf } from '../../../../lib/core/history/fisher';
import type { Ended, WorkItem } from '../../../../lib/core/messages/pool';
import { REFUSALS, TRIALS } from '../../../../lib/core/scheduler/cordon';
import { poolEffects } from '../../../../lib/core/scheduler/effects';
import { PoolDriver } from '../../../support/pool-driver';

const passed: Ended = { durationMs: 10_000 };
const slow: Ended = { durationMs: 60_000 };
const broken: Ended = { durationMs: 10_000, failed: 'infrastructure' };
const honest: Ended = { durationMs: 10_000, failed: 'assertion' };

/** A pool of workers that have all run the same work well. */
function fleet(workers: readonly string[] = ['w1', 'w2', 'w3', 'w4']) {
  const pool = new PoolDriver(1_000_000);
  for (const worker of workers) pool.register(worker);
  for (const worker of workers) for (let i = 0; i < 2; i++) pool.runOn(worker, passed);
  return pool;
}

/** Rounds in which one worker ends its attempts so and the others theirs well, until something is said of it, or nothing is. */
function rounds(pool: PoolDriver, bad: string, ended: Ended, rest: { times?: number; others?: Ended } = {}) {
  for (let i = 0; i < (rest.times ?? 12) && !pool.state.cordons.cordoned.has(bad); i++) {
    pool.runOn(bad, ended);
    for (const other of ['w2', 'w3', 'w4']) {
      if (pool.state.workers.has(other) && other !== bad) pool.runOn(other, rest.others ?? passed);
    }
  }
}

const cordonedAt = (pool: PoolDriver) =>
  pool.events.find(({ event }) => event.type === 'worker.cordoned')?.at ?? 0;

describe('a worker that does worse than its peers', () => {
  it.each([
    ['fails by its machine', broken, { failed: 5, slow: 0 }],
    ['takes far longer', slow, { failed: 0, slow: 5 }],
  ])('as it %s is suspected first, then cordoned, with the evidence', (_, ended, counts) => {
    const pool = fleet();
    rounds(pool, 'w1', ended);
    expect(pool.of('worker.suspected')).toMatchObject([{ workerId: 'w1' }]);
    expect(pool.of('worker.cordoned')).toMatchObject([
      {
        ...{ workerId: 'w1', cause: 'health', until: cordonedAt(pool) + REFUSALS.openMs },
        evidence: { own: { bad: 5, of: 5 }, peers: { bad: 0, of: 12 }, ...counts },
      },
    ]);
    expect(pool.of('worker.cordoned')[0]?.reason).toMatch(/^of its last 5 attempts 5 .*elsewhere 0 did$/);
    expect(pool.state.health.suspected.size).toBe(0);
  });

  it('is not cordoned for tests that find something wrong, however often', () => {
    const pool = fleet();
    rounds(pool, 'w1', honest, { times: 20 });
    expect([pool.of('worker.suspected'), pool.of('worker.cordoned')]).toEqual([[], []]);
  });

  it('is not to blame for what goes wrong everywhere at the same time', () => {
    const pool = fleet();
    rounds(pool, 'w1', broken, { times: 20, others: broken });
    expect(pool.of('worker.cordoned')).toEqual([]);
  });

  it('is not judged by work that nobody else has run', () => {
    const pool = fleet();
    for (let i = 0; i < 12; i++) pool.runOn('w1', broken, { nodeHash: 'b'.repeat(16) });
    expect([pool.of('worker.suspected'), pool.of('worker.cordoned')]).toEqual([[], []]);
  });

  it('is not slow where some of its tests run again, or where little is lost by it', () => {
    const pool = fleet();
    const tests: WorkItem['tests'] = [{ runner: 'jest', suites: [], title: 't' }];
    for (let i = 0; i < 12; i++) pool.runOn('w1', slow, { tests });
    const short = { nodeHash: 'c'.repeat(16) };
    for (const worker of ['w2', 'w3', 'w4']) pool.runOn(worker, { durationMs: 100 }, short);
    for (let i = 0; i < 12; i++) pool.runOn('w1', { durationMs: 900 }, short);
    expect([pool.of('worker.suspected'), pool.of('worker.cordoned')]).toEqual([[], []]);
  });

  it('is cleared once what spoke against it is past, and said so once', () => {
    const pool = fleet();
    rounds(pool, 'w1', broken, { times: 4 });
    expect(pool.of('worker.suspected')).toHaveLength(1);
    rounds(pool, 'w1', passed, { times: 12 });
    expect([pool.of('worker.suspected'), pool.of('worker.cleared')]).toMatchObject([
      [{ workerId: 'w1' }],
      [{ workerId: 'w1' }],
    ]);
  });

  it('is cleared without any work, when an hour has gone by', () => {
    const pool = fleet();
    rounds(pool, 'w1', broken, { times: 4 });
    pool.now += 3_600_001;
    pool.send({ type: 'sweep' });
    expect(pool.of('worker.cleared')).toHaveLength(1);
  });

  it('counts what it lost against it, and finds its cordon when it comes back', () => {
    const pool = fleet();
    for (let i = 0; i < 5; i++) {
      pool.register('w1');
      pool.offer({ on: { workerId: 'w1', until: pool.now + 1 } });
      pool.now += 1_000;
      pool.send({ type: 'workerLost', workerId: 'w1', reason: 'no heartbeat' });
      for (const other of ['w2', 'w3', 'w4']) pool.runOn(other, passed);
    }
    expect(pool.of('worker.cordoned')).toMatchObject([{ workerId: 'w1', cause: 'health' }]);
    pool.register('w1');
    expect(pool.offer({ on: { workerId: 'w1', until: pool.now + 1 } }).workerId).toBeUndefined();
  });

  it('tells the world of each change', () => {
    const pool = fleet();
    rounds(pool, 'w1', broken);
    const told = pool.events.flatMap(({ event, at }) => {
      const recorded = { ...event, at, stream: 'pool/default', seq: 1 } as never;
      return poolEffects(pool.state, recorded).flatMap((e) => (e.kind === 'publish' ? [e.event] : []));
    });
    expect(told.map(({ type, detail }) => [type, detail['status'], detail['workerId']])).toEqual([
      ['orchestration.node.failure', 'suspected', 'w1'],
      ['orchestration.node.failure', 'cordoned', 'w1'],
    ]);
  });
});

describe('a pool that can hardly do without a worker', () => {
  it.each([[['w1', 'w2']], [['w1']]])('of %j suspects it at most', (workers) => {
    const pool = fleet(workers);
    rounds(pool, 'w1', broken, { times: 20 });
    expect(pool.of('worker.cordoned')).toEqual([]);
  });

  it('keeps at most a third of its workers off for their health', () => {
    const pool = fleet(['w1', 'w2', 'w3', 'w4', 'w5']);
    rounds(pool, 'w1', broken);
    expect(pool.of('worker.cordoned')).toHaveLength(1);
    for (let i = 0; i < 12; i++) {
      pool.runOn('w5', broken);
      for (const other of ['w2', 'w3', 'w4']) pool.runOn(other, passed);
    }
    expect(pool.of('worker.cordoned')).toHaveLength(1);
    expect(pool.of('worker.suspected')).toMatchObject([{ workerId: 'w1' }, { workerId: 'w5' }]);
  });

  it('keeps the last worker that has its labels', () => {
    const pool = new PoolDriver(1_000_000);
    pool.register('w1', { labels: ['arm'] });
    for (const worker of ['w2', 'w3', 'w4']) pool.register(worker);
    for (const worker of ['w2', 'w3', 'w4']) pool.runOn(worker, passed);
    rounds(pool, 'w1', broken, { times: 20 });
    expect(pool.of('worker.cordoned')).toEqual([]);
  });
});

describe('a worker on probation', () => {
  function onProbation() {
    const pool = fleet();
    rounds(pool, 'w1', broken);
    pool.now += REFUSALS.openMs;
    pool.send({ type: 'sweep' });
    return pool;
  }

  it('gets one attempt at a time, and is back after three that go well', () => {
    const pool = onProbation();
    expect(pool.of('worker.probation')).toEqual([{ workerId: 'w1', trials: TRIALS }]);
    for (let i = 0; i < TRIALS; i++) {
      const held = pool.offer({ on: { workerId: 'w1', until: pool.now + 1 } });
      const next = pool.offer({ on: { workerId: 'w1', until: pool.now + 1 } });
      expect([held.workerId, next.workerId]).toEqual(['w1', undefined]);
      pool.send({ type: 'workWithdrawn', jobId: 'j', nodeId: next.nodeId, attempt: 1, reason: 'enough' });
      pool.end(held.nodeId, i === 1 ? honest : passed);
    }
    expect(pool.of('worker.uncordoned')).toEqual([{ workerId: 'w1', why: '3 trials in a row went well' }]);
    expect(pool.state.cordons.breakers.size).toBe(0);
  });

  it.each<[string, (pool: PoolDriver) => void]>([
    ['an attempt fails by its machine', (pool) => void pool.runOn('w1', broken)],
    ['an attempt is slow', (pool) => void pool.runOn('w1', slow)],
    [
      'it is lost with one',
      (pool) => {
        pool.offer({ on: { workerId: 'w1', until: pool.now + 1 } });
        pool.send({ type: 'workerLost', workerId: 'w1', reason: 'no heartbeat' });
      },
    ],
    [
      'it does not take one',
      (pool) => void pool.refuse(pool.offer({ on: { workerId: 'w1', until: pool.now + 1 } }).nodeId),
    ],
  ])('is out again for twice as long where %s', (_, fails) => {
    const pool = onProbation();
    fails(pool);
    expect(pool.of('worker.cordoned').at(-1)).toMatchObject({
      workerId: 'w1',
      until: pool.now + 2 * REFUSALS.openMs,
    });
    expect(pool.state.cordons.probation.size).toBe(0);
  });

  it('gets nothing that is urgent or was tried before while another worker can take it', () => {
    const pool = onProbation();
    const running = ['w2', 'w3', 'w4'].map((id) => pool.offer({ on: { workerId: id, until: pool.now + 1 } }));
    expect(pool.offer({ priority: 'critical' }).workerId).toBeUndefined();
    expect(pool.offer({ attempt: 2, nodeId: 'tried' }).workerId).toBeUndefined();
    expect(pool.offer().workerId).toBe('w1');
    for (const { nodeId } of running) pool.end(nodeId, passed);
    expect(pool.holderOf('tried', 2)).toMatch(/^w[234]$/);
  });

  it('gets what nobody else can take, though it is urgent', () => {
    const pool = onProbation();
    for (const id of ['w2', 'w3', 'w4']) pool.send({ type: 'workerLost', workerId: id, reason: 'gone' });
    expect(pool.offer({ priority: 'critical' }).workerId).toBe('w1');
  });

  it('is back at once where a person says so, and what was before counts no more', () => {
    const pool = onProbation();
    pool.send({ type: 'workerUncordoned', workerId: 'w1' });
    expect([pool.state.cordons.probation.size, pool.state.cordons.breakers.size]).toEqual([0, 0]);
    pool.runOn('w1', broken);
    expect(pool.of('worker.cordoned')).toHaveLength(1);
  });

  it('is the same in another process', () => {
    const pool = onProbation();
    pool.runOn('w1', passed);
    const { cordons, health } = pool.state;
    pool.reload();
    expect([pool.state.cordons, pool.state.health]).toEqual([cordons, health]);
  });
});

describe('the chance that one side is no worse than the other', () => {
  it.each([
    [{ bad: 3, of: 4 }, { bad: 1, of: 4 }, 17 / 70],
    [{ bad: 4, of: 4 }, { bad: 0, of: 4 }, 1 / 70],
    [{ bad: 0, of: 4 }, { bad: 4, of: 4 }, 1],
    [{ bad: 0, of: 0 }, { bad: 0, of: 9 }, 1],
    [{ bad: 5, of: 5 }, { bad: 5, of: 5 }, 1],
  ])('of %j beside %j is that of Fisher’s exact test', (own, others, expected) => {
    expect(chanceOf(own, others)).toBeCloseTo(expected, 12);
  });
});
