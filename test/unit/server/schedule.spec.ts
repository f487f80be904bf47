import { triggerAt } from '../../../lib/core/messages/address';
import type { OverlapPolicy, ScheduleSource } from '../../../lib/core/messages/trigger-definition';
import { createServedWorld, type Process, pause, until } from './support/served-world';

const HOUR = 3_600_000;
const hourly = (missed: ScheduleSource['missed'], overlap: OverlapPolicy = 'allow') => {
  return { overlap, source: { kind: 'schedule', cron: '0 * * * *', timezone: 'UTC', missed } as const };
};

/** Lets timers and disk go on for so long. */
async function pass(world: ReturnType<typeof createServedWorld>, ms: number): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await world.time.advance(i === 0 ? ms : 1_500);
    await pause(5);
  }
}

/** The times that started a job, each of which is in the list. */
async function started({ engine, journal }: Process, triggerId: string): Promise<string[]> {
  const times: string[] = [];
  for await (const { type, data } of journal.read(`trigger/${triggerId}`)) {
    if (type === 'trigger.fired') times.push((data as unknown as { firing: { id: string } }).firing.id);
  }
  await until(
    async () => (await engine.lists.jobs.list({ owner: 'ana', limit: 100 })).jobs.length === times.length,
  );
  return times;
}

describe('a schedule of a daemon', () => {
  it('starts its job when it is due, and again', async () => {
    const world = createServedWorld();
    const daemon = await world.boot();
    const id = await world.set(daemon.engine, 'hourly', hourly('latest'));
    await pass(world, HOUR);
    await pass(world, HOUR);
    expect(await started(daemon, id)).toEqual(['2026-03-02T01:00:00.000Z', '2026-03-02T02:00:00.000Z']);
    await until(
      async () => (await world.jobs(daemon.engine)).every(({ status }) => status === 'succeeded'),
      world.time.next,
    );
    await daemon.end();
  });

  it.each([
    ['latest', ['2026-03-02T05:00:00.000Z']],
    ['all', [1, 2, 3, 4, 5].map((hour) => `2026-03-02T0${hour}:00:00.000Z`)],
    ['skip', []],
  ] as const)('that was down makes good what the policy %s says', async (missed, times) => {
    const world = createServedWorld();
    const first = await world.boot();
    const id = await world.set(first.engine, 'hourly', hourly(missed));
    await first.end();
    await world.time.advance(5.5 * HOUR);
    const second = await world.boot();
    await pass(world, 0);
    expect(await started(second, id)).toEqual(times);
    // The clock goes on from there.
    await pass(world, HOUR / 2);
    expect(await started(second, id)).toEqual([...times, '2026-03-02T06:00:00.000Z']);
    await second.end();
  });

  it('starts a run once that was started right before the daemon ended', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    const id = await world.set(first.engine, 'hourly', hourly('latest'));
    await pass(world, HOUR);
    await first.end();
    const second = await world.boot();
    await pass(world, 0);
    expect(await started(second, id)).toEqual(['2026-03-02T01:00:00.000Z']);
    await second.end();
  });

  it('that is paused, or deleted, stays silent after a restart too', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    const ids = [
      await world.set(first.engine, 'a', hourly('all')),
      await world.set(first.engine, 'b', hourly('all')),
    ];
    const [a = '', b = ''] = ids;
    const actor = { kind: 'user', id: 'ana' } as const;
    const { ask } = first.engine.streams;
    await ask({ to: triggerAt(a), message: { type: 'pause', reason: 'x' } }, { id: 'p', actor });
    await ask({ to: triggerAt(b), message: { type: 'delete' } }, { id: 'd', actor });
    await first.end();
    await world.time.advance(5.5 * HOUR);
    const second = await world.boot();
    await pass(world, HOUR);
    expect(await started(second, a)).toEqual([]);
    expect(await started(second, b)).toEqual([]);
    expect(await second.engine.lists.triggers.list('ana')).toMatchObject([{ name: 'a', status: 'paused' }]);
    await second.end();
  });

  it('skips a run while a job of it runs, and goes on after that job ended during a restart', async () => {
    const world = createServedWorld(() => ({ ms: 1.75 * HOUR, end: 'succeeded' }));
    const first = await world.boot();
    const id = await world.set(first.engine, 'hourly', hourly('latest', 'skip'));
    await pass(world, HOUR);
    await until(() => world.machine.running().length === 1);
    await pass(world, HOUR);
    expect(await started(first, id)).toEqual(['2026-03-02T01:00:00.000Z']);
    await first.end();
    await world.time.advance(HOUR - 60_000);
    const second = await world.boot();
    const { view } = second.engine.streams;
    await until(async () => (await view(triggerAt(id))).state.running.length === 0);
    await pass(world, 60_000);
    expect(await started(second, id)).toEqual(['2026-03-02T01:00:00.000Z', '2026-03-02T03:00:00.000Z']);
    await second.end();
  });
});
