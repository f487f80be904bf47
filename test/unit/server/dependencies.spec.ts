import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dependencyAt, jobAt } from '../../../lib/core/messages/address';
import type { DependencyMessage } from '../../../lib/core/messages/dependency';
import { createServedWorld, OWNER, type Process, until } from './support/served-world';

const NEEDING = 'name: g\nnodes: [{ id: a, run: x, dependencies: [payments] }]';

async function tell({ engine }: Process, ...messages: DependencyMessage[]): Promise<void> {
  for (const message of messages) {
    const origin = { id: JSON.stringify(message), actor: { kind: 'user', id: OWNER } } as const;
    await engine.streams.ask({ to: dependencyAt('payments'), message }, origin);
  }
}

const stateOf = async ({ engine }: Process) => (await engine.streams.view(dependencyAt('payments'))).state;

/** So many attempts that fail. */
const failures = (count: number, startedAt: number): DependencyMessage[] =>
  Array.from({ length: count }, (_, i) => ({ type: 'observed', ok: false, by: `j/n/${i}`, startedAt }));

async function submit(world: ReturnType<typeof createServedWorld>, { engine }: Process, jobId: string) {
  const graphHash = await world.put(engine, NEEDING);
  const submission = { graphHash, owner: OWNER, priority: 'normal', pool: 'default' } as const;
  const actor = { kind: 'user', id: OWNER } as const;
  await engine.submit(jobId, submission, { requestId: jobId, traceId: jobId, actor });
}

const reached = async ({ engine }: Process, jobId: string) =>
  (await engine.streams.view(jobAt(jobId))).state.nodes[0]?.phase;

describe('a dependency of a daemon', () => {
  it('that is open keeps work waiting over a restart, for the rest of its time', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    await tell(first, ...failures(5, world.time.now()));
    const { openUntil } = await stateOf(first);
    await submit(world, first, 'j');
    await until(async () => (await reached(first, 'j')) === 'ready');
    await first.end();

    const second = await world.boot();
    expect(second.warnings).toEqual([]);
    expect(await second.engine.lists.dependencies.list()).toMatchObject([
      { name: 'payments', status: 'open', until: openUntil },
    ]);
    await until(async () => (await stateOf(second)).watchers.length > 0);
    expect([await reached(second, 'j'), world.machine.starts.size]).toEqual(['ready', 0]);
    // The only thing left to happen is that it has been open for its time.
    await until(() => world.machine.starts.size === 1, world.time.next);
    expect(world.time.now()).toBeGreaterThanOrEqual(openUntil ?? Number.POSITIVE_INFINITY);
    await until(
      async () => (await second.engine.lists.jobs.get('j')).status === 'succeeded',
      world.time.next,
    );
    await second.end();
  });

  it('is held by a person over a restart, and lets everything through when it is reset', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    await tell(first, { type: 'forced', status: 'open', by: 'ana', reason: 'maintenance' });
    await first.end();

    const second = await world.boot();
    for (const jobId of ['j1', 'j2']) await submit(world, second, jobId);
    await until(async () => (await reached(second, 'j2')) === 'ready');
    for (let i = 0; i < 5; i++) world.time.next();
    expect(world.machine.starts.size).toBe(0);
    await tell(second, { type: 'reset', by: 'ana', reason: 'done' });
    await until(() => world.machine.starts.size === 2, world.time.next);
    await second.end();
  });

  it('does not hold back what had begun when the last daemon ended', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    await submit(world, first, 'j');
    await until(() => world.machine.starts.size === 1);
    await tell(first, { type: 'forced', status: 'open', by: 'ana', reason: 'maintenance' });
    await first.end();

    const second = await world.boot();
    await until(
      async () => (await second.engine.lists.jobs.get('j')).status === 'succeeded',
      world.time.next,
    );
    expect([...world.machine.starts.values()]).toEqual([1]);
    expect((await stateOf(second)).status).toBe('open');
    await second.end();
  });

  it('is observed by the attempts that name it', async () => {
    const world = createServedWorld();
    const daemon = await world.boot();
    await submit(world, daemon, 'j');
    await until(async () => (await stateOf(daemon)).window.length === 1, world.time.next);
    expect((await stateOf(daemon)).window).toEqual([{ ok: true, by: 'j/a/1' }]);
    expect(readdirSync(world.layout.dependencies)).toEqual(['payments']);
    await daemon.end();
  });

  it('opens by attempts that ran out of time, as they are diagnosed, and the rest is not tried', async () => {
    const world = createServedWorld(() => ({ ms: 10_000, end: 'succeeded' }));
    const daemon = await world.boot({ slots: 1 });
    const nodes = Array.from({ length: 8 }, (_, i) => `{ id: n${i}, run: x, timeout: 1s }`);
    const text = `name: g\ndefaults: { dependencies: [payments] }\nnodes: [${nodes.join(', ')}]`;
    const graphHash = await world.put(daemon.engine, text);
    const submission = { graphHash, owner: OWNER, priority: 'normal', pool: 'default' } as const;
    const actor = { kind: 'user', id: OWNER } as const;
    await daemon.engine.submit('j', submission, { requestId: 'j', traceId: 'j', actor });
    await until(async () => (await stateOf(daemon)).status === 'open', world.time.next);
    // The one that was handed out while the fifth was being told goes on.
    expect(world.machine.starts.size).toBeLessThanOrEqual(6);
    const phases = (await daemon.engine.streams.view(jobAt('j'))).state.nodes.map(({ phase }) => phase);
    expect(phases.filter((phase) => phase === 'ready').length).toBeGreaterThanOrEqual(2);
    await daemon.end();
  });

  it('of which the journal was changed keeps the daemon from starting, which says so', async () => {
    const world = createServedWorld();
    const first = await world.boot();
    await tell(first, { type: 'forced', status: 'open', by: 'ana', reason: 'maintenance' });
    await first.end();
    const { journal } = world.layout.stream('dependency/payments');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('maintenance', 'something'));
    const second = await world.boot();
    expect(second.failure()).toMatchObject({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringContaining('dependency/payments'),
    });
    await second.end();
  });
});
