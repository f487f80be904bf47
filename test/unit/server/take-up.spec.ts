import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { jobAt, streamOf, triggerAt } from '../../../lib/core/messages/address';
import { firedJobId } from '../../../lib/core/trigger/decide';
import { triggerIdOf } from '../../../lib/core/trigger/id';
import { outsideOf } from '../../../lib/server/notifying';
import { createServedWorld, OWNER, type Process, until } from './support/served-world';

type World = ReturnType<typeof createServedWorld>;

const PUSH = { source: 'git', 'detail-type': 'push', detail: {} };
const actor = { kind: 'user', id: OWNER } as const;

/** Has the trigger `push` start a job; resolves with its id when it is in the list. */
async function push(world: World, { engine }: Process, id: string): Promise<string> {
  const jobId = firedJobId(triggerIdOf(OWNER, 'push'), `event/${id}`);
  await engine.triggers.offer({ ...PUSH, id });
  await until(async () => (await world.jobs(engine)).some((job) => job.jobId === jobId));
  return jobId;
}

async function statusOf(world: World, { engine }: Process, id: string): Promise<string | undefined> {
  return (await world.jobs(engine)).find(({ jobId }) => jobId === id)?.status;
}

const ended = (world: World, { engine }: Process) =>
  until(
    async () => (await world.jobs(engine)).every(({ status }) => status === 'succeeded'),
    world.time.next,
  );

function change(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

describe('a daemon that starts', () => {
  it('lists the jobs of earlier ones as their journals say, also where a head is gone', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    await world.set(first.engine, 'push', {});
    const a = await push(world, first, 'a');
    await ended(world, first);
    const b = await push(world, first, 'b');
    await ended(world, first);
    await first.end();
    rmSync(world.layout.head(a));
    const second = await world.boot();
    const listed = (await world.jobs(second.engine)).map(({ jobId, status }) => [jobId, status]);
    expect(listed.sort()).toEqual([a, b].sort().map((id) => [id, 'succeeded']));
    expect((await second.engine.streams.view(jobAt(a))).state.status).toBe('succeeded');
    await second.end();
  });

  it('ends a cancellation that was cut short, and does not run the job again', async () => {
    const world = createServedWorld(() => ({ ms: 60_000, end: 'succeeded' }));
    const first = await world.boot();
    await world.set(first.engine, 'push', {});
    const id = await push(world, first, 'a');
    await until(() => world.machine.running().length === 1);
    const message = { type: 'cancel' as const, reason: 'enough' };
    await first.engine.streams.send({ to: jobAt(id), message }, { id: 'c', actor });
    await first.end();
    const types: string[] = [];
    for await (const { type } of first.journal.read(streamOf(jobAt(id)))) types.push(type);
    expect(types).toContain('job.cancelRequested');
    expect(types).not.toContain('job.completed');
    const second = await world.boot();
    await until(async () => (await world.jobs(second.engine))[0]?.status === 'cancelled', world.time.next);
    expect([...world.machine.starts.values()]).toEqual([1]);
    await second.end();
  });

  it('leaves a job whose journal was changed as it is, says so, and goes on with the others', async () => {
    const world = createServedWorld();
    const first = await world.boot({ slots: 1 });
    await world.set(first.engine, 'push', {});
    const sound = await push(world, first, 'a');
    await until(() => world.machine.running().length === 1);
    const damaged = await push(world, first, 'b');
    await first.end();
    change(world.layout.journal(damaged), '"priority":"normal"', '"priority":"higher"');
    const before = readFileSync(world.layout.journal(damaged), 'utf8');
    const second = await world.boot();
    expect(second.warnings).toEqual([
      expect.stringMatching(new RegExp(`^job ${damaged} is left as it is: .*event 1`)),
    ]);
    await until(async () => (await world.jobs(second.engine))[0]?.status === 'succeeded', world.time.next);
    expect((await world.jobs(second.engine)).map(({ jobId }) => jobId)).toEqual([sound]);
    expect(readFileSync(world.layout.journal(damaged), 'utf8')).toBe(before);
    await second.end();
  });

  it('cancels a job that had to make room, whatever became of the one that it made room for', async () => {
    const world = createServedWorld(({ jobId }) => ({
      ms: jobId === b ? 1_000 : 3_600_000,
      end: 'succeeded',
    }));
    const first = await world.boot();
    const id = await world.set(first.engine, 'push', { overlap: 'cancel' });
    const b = firedJobId(id, 'event/b');
    const a = await push(world, first, 'a');
    await until(() => world.machine.running().length === 1);
    // It dies before the job hears that it has to go.
    const { triggers, notifying } = first.engine;
    first.engine.runtime.listen({ ...outsideOf(triggers, notifying), isRunning: async () => false });
    await push(world, first, 'b');
    await until(() => world.machine.running().length === 2);
    await world.time.advance(1_000);
    await until(async () => (await statusOf(world, first, b)) === 'succeeded');
    expect(await statusOf(world, first, a)).toBe('running');
    await first.end();
    const second = await world.boot();
    await until(async () => (await statusOf(world, second, a)) === 'cancelled');
    await second.end();
  });

  it('lets a job alone that another process has taken meanwhile, also when its trigger would cancel it', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    await world.set(first.engine, 'push', { overlap: 'cancel' });
    const a = await push(world, first, 'a');
    await until(() => world.machine.running().length === 1);
    await first.end();
    const other = await world.other();
    await other.own(a);
    const before = readFileSync(world.layout.journal(a), 'utf8');
    const second = await world.boot();
    expect(second.warnings).toEqual([expect.stringContaining(`job ${a} is being run by process`)]);
    const b = await push(world, second, 'b');
    await until(() => world.machine.starts.size === 2);
    expect((await world.jobs(second.engine)).map(({ jobId }) => jobId)).toEqual([b]);
    expect(second.failure()).toBeUndefined();
    expect(readFileSync(world.layout.journal(a), 'utf8')).toBe(before);
    await other.close();
    await second.end();
  });

  it('does not start with the journal of a trigger that was changed', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    const id = await world.set(first.engine, 'push', {});
    await first.end();
    change(world.layout.stream(streamOf(triggerAt(id))).journal, '"overlap":"allow"', '"overlap":"skip"');
    const second = await world.boot();
    expect(second.failure()).toMatchObject({ code: 'JOURNAL_CORRUPT', message: expect.stringContaining(id) });
    await second.end();
  });

  it.each([
    ['pattern', { kind: 'event', pattern: { source: [{ prefix: 1 }] } }, 'on.event.source'],
    [
      'time zone',
      { kind: 'schedule', cron: '0 3 * * *', timezone: 'BST', missed: 'skip' },
      'no time zone "BST"',
    ],
  ] as const)(
    'says which trigger has a %s that it refuses by now, and serves the others',
    async (_, source, why) => {
      const world = createServedWorld();
      const first = await world.boot();
      await world.set(first.engine, 'push', {});
      await world.set(first.engine, 'old', { source } as never).catch(() => undefined);
      await first.end();
      const second = await world.boot();
      expect(second.failure()).toBeUndefined();
      expect(second.warnings).toEqual([
        expect.stringMatching(/^trigger old starts nothing until it is set again: /),
      ]);
      expect(second.warnings[0]).toContain(why);
      await push(world, second, 'a');
      await second.end();
    },
  );

  it('cuts off what a crash tore from the journal of a trigger, and fires again what was never said', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    const id = await world.set(first.engine, 'push', {});
    await first.end();
    const { journal } = world.layout.stream(streamOf(triggerAt(id)));
    const whole = readFileSync(journal, 'utf8');
    writeFileSync(journal, `${whole}{"stream":"trigger/${id}","seq":2,"at":17`);
    const second = await world.boot();
    await push(world, second, 'a');
    const types: string[] = [];
    for await (const { type } of second.journal.read(streamOf(triggerAt(id)))) types.push(type);
    expect(types).toEqual(['trigger.set', 'trigger.fired']);
    await second.end();
  });

  it('leaves a job that no longer fits the machine, until one comes that has room for it', async () => {
    const world = createServedWorld(() => ({ ms: 60_000, end: 'succeeded' }));
    const wide = await world.boot({ slots: 4 });
    const hash = await world.put(wide.engine, 'name: w\nnodes: [{ id: a, run: x, resources: { slots: 3 } }]');
    const submission = { graphHash: hash, owner: OWNER, priority: 'normal' as const, pool: 'default' };
    await wide.engine.submit('w', submission, { requestId: 'r', traceId: 't' });
    await until(() => world.machine.running().length === 1);
    await wide.end();
    const narrow = await world.boot({ slots: 2 });
    expect(narrow.warnings).toEqual([expect.stringContaining('takes 3 slots')]);
    await narrow.end();
    const again = await world.boot({ slots: 4 });
    await until(async () => (await world.jobs(again.engine))[0]?.status === 'succeeded', world.time.next);
    expect([...world.machine.starts.values()]).toEqual([1]);
    await again.end();
  });

  it('holds nothing of jobs that are over: their files are closed and free', async () => {
    const world = createServedWorld();
    const daemon = await world.boot();
    await world.set(daemon.engine, 'push', {});
    const id = await push(world, daemon, 'a');
    await ended(world, daemon);
    await until(() => readFileSync(world.layout.run(id), 'utf8').includes('"over"'));
    const other = await world.other();
    await other.own(id);
    expect((await other.head(streamOf(jobAt(id)))).seq).toBeGreaterThan(5);
    await other.close();
    await daemon.end();
  });
});
