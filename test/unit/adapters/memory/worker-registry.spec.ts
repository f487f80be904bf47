import {
  createMemorySweeps,
  createMemoryWorkerRegistry,
} from '../../../../lib/adapters/memory/worker-registry';
import { BEATS_KEPT } from '../../../../lib/core/recovery/detector';
import { describeWorkerRegistry } from '../../../contract/worker-registry.contract';

const worker = { workerId: 'w', labels: ['linux'], slots: 2, registration: 'r1' };
const beat = (at: number, more: object = {}) => ({
  at,
  dueAt: at + 10_000,
  running: 1,
  draining: false,
  subject: 'ana',
  ...more,
});

async function registered() {
  const registry = createMemoryWorkerRegistry();
  await registry.register('p', worker, { subject: 'ana', at: 0, due: 10_000 });
  return registry;
}

describeWorkerRegistry('memory', async () => createMemoryWorkerRegistry());

describe('a worker in memory', () => {
  it('belongs to whoever registered it first', async () => {
    const registry = await registered();
    expect(await registry.register('p', worker, { subject: 'eve', at: 1, due: 10_001 })).toBeUndefined();
    expect(await registry.heartbeat('p', 'w', beat(1, { subject: 'eve' }))).toBeUndefined();
    expect(await registry.heartbeat('p', 'w', beat(1, { registration: 'r0' }))).toBeUndefined();
    expect(await registry.heartbeat('p', 'w', beat(1))).toMatchObject({ lastSeenAt: 0 });
    expect(await registry.find('p', 'w')).toMatchObject({ lastSeenAt: 1, dueAt: 10_001, running: 1 });
  });

  it('is known by its latest heartbeats, filled up with its registration', async () => {
    const registry = await registered();
    for (let i = 1; i < BEATS_KEPT; i++) await registry.heartbeat('p', 'w', beat(i * 1_000));
    const { beats = [] } = (await registry.find('p', 'w')) ?? {};
    expect([beats.length, beats[0], beats.at(-1)]).toEqual([
      BEATS_KEPT,
      { at: (BEATS_KEPT - 1) * 1_000, due: (BEATS_KEPT - 1) * 1_000 + 10_000 },
      { at: 0, due: 10_000 },
    ]);
  });

  it('is not held for lost where it has spoken since, and has to register anew where it has not', async () => {
    const registry = await registered();
    await registry.heartbeat('p', 'w', beat(9));
    expect(await registry.markLost('p', 'w', { lastSeenAt: 0, at: 10 })).toBe(false);
    await registry.remove('p', 'w');
    expect(await registry.list('p')).toHaveLength(1);
    expect(await registry.markLost('p', 'w', { lastSeenAt: 9, at: 10 })).toBe(true);
    expect(await registry.heartbeat('p', 'w', beat(11))).toBeUndefined();
    await registry.remove('p', 'w');
    expect(await registry.list('p')).toEqual([]);
  });
});

describe('sweeps in memory', () => {
  it('are steady until one is missed', async () => {
    const sweeps = createMemorySweeps();
    expect(await sweeps.record(60_000)).toBe(60_000);
    expect(await sweeps.record(70_000)).toBe(60_000);
    expect(await sweeps.record(420_000)).toBe(420_000);
  });
});
