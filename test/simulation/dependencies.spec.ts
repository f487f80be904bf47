import { createWorld, type Faults, WORLD_POOL } from '../../lib/adapters/memory/world';
import type { DependencyEvent } from '../../lib/core/dependency/events';
import type { JobEvent } from '../../lib/core/job/events';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { dependencyAt, jobAt, poolAt } from '../../lib/core/messages/address';
import type { Diagnosis } from '../../lib/core/model/failure';
import { seededRandom } from '../support/graphs';
import { graph, node, retrying } from '../support/job-driver';

const NODES = 40;
const OUTAGE = { from: 2_000, to: 60_000 };
const unavailable: Diagnosis = {
  ...{ class: 'dependency', confidence: 1, signature: 's', by: 'rule', why: 'HTTP 503' },
};

/** Forty nodes of which half need payments, which is away for a minute; an attempt takes a second. */
async function outage({
  named,
  seed = 1,
  ...rest
}: {
  named: boolean;
  seed?: number;
  faults?: Faults;
  fastPath?: boolean;
}) {
  const nodes = Array.from({ length: NODES }, (_, i) => {
    const needs = i % 2 === 0;
    return node(`n${i}`, {
      ...retrying(4),
      ...(needs && named ? { dependencies: ['payments'] } : {}),
    });
  });
  const dispatched: { nodeId: string; at: number }[] = [];
  const published: string[] = [];
  const world = createWorld({
    graphs: [graph(nodes)],
    random: seededRandom(seed),
    script({ nodeId }) {
      const at = world.now();
      const isAway = at >= OUTAGE.from && at < OUTAGE.to && Number(nodeId.slice(1)) % 2 === 0;
      return { ms: 1_000, end: isAway ? 'failed' : 'succeeded' };
    },
    diagnose: () => unavailable,
    policies: { defaults: { openMs: 5_000, probes: 2 }, byName: {} },
    onDispatch: ({ nodeId }) => dispatched.push({ nodeId, at: world.now() }),
    onPublish: ({ type }) => published.push(type),
    ...rest,
  });
  world.register({ workerId: 'w', slots: 4, labels: '*' });
  world.submit('j', { graph: graph(nodes), owner: 'ana', priority: 'normal' });
  await world.run();
  const events = [...(world.journal.streams.get('job/j') ?? [])] as Recorded<JobEvent>[];
  const of = (type: string) => events.filter((event) => event.type === type);
  const breaker = (world.journal.streams.get('dependency/payments') ?? []) as Recorded<DependencyEvent>[];
  const { state } = await world.view(jobAt('j'));
  return { world, state, of, breaker, dispatched, published };
}

describe('a dependency that is away for a minute', () => {
  it('fails the job whose nodes do not name it: they spend their attempts on it', async () => {
    const { state, of, breaker } = await outage({ named: false });
    expect(state.status).toBe('failed');
    expect(
      of('node.completed').filter(({ data }) => (data as { outcome: string }).outcome === 'failed'),
    ).not.toEqual([]);
    expect(breaker).toEqual([]);
  });

  it('costs the job whose nodes name it a few attempts: the rest waits until it is well', async () => {
    const { state, of, breaker, dispatched, published } = await outage({ named: true });
    expect(state.status).toBe('succeeded');
    // What opened it, and a probe for each time that it was half open in vain.
    const openings = breaker.filter(({ type }) => type === 'dependency.opened').length;
    expect(openings).toBeGreaterThan(1);
    expect(of('attempt.failed').length).toBeLessThan(12 + 2 * openings);
    expect(breaker.findLast(({ type }) => type !== 'dependency.observed')).toMatchObject({
      type: 'dependency.closed',
    });
    // Meanwhile the other half went on.
    const others = dispatched.filter(({ nodeId }) => Number(nodeId.slice(1)) % 2 === 1);
    expect(Math.max(...others.map(({ at }) => at))).toBeLessThan(OUTAGE.to);
    expect(new Set(published.filter((type) => type.startsWith('orchestration.dependency.')))).toEqual(
      new Set([
        'orchestration.dependency.opened',
        'orchestration.dependency.half_opened',
        'orchestration.dependency.closed',
      ]),
    );
  });

  it('is dealt with alike when the engine dies and messages repeat', async () => {
    let crashes = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const faults = { crashes: 0.05, duplicates: 0.1 };
      const { state, world } = await outage({ named: true, seed, faults, fastPath: seed % 5 > 0 });
      crashes += world.crashes();
      expect(state.status).toBe('succeeded');
      for (const [stream, events] of world.journal.streams) {
        expect(await verifyChain(events as Recorded[], stream)).toEqual({
          valid: true,
          events: events.length,
        });
      }
      const pool = (await world.view(poolAt(WORLD_POOL))).state;
      const { status, version } = (await world.view(dependencyAt('payments'))).state;
      expect(pool.dependencies.get('payments')).toMatchObject({ status, version });
      expect([pool.queued.size, pool.leases.size]).toEqual([0, 0]);
    }
    expect(crashes).toBeGreaterThan(100);
  });

  it('is waited for as long as a person holds it open', async () => {
    const nodes = [node('a', { dependencies: ['payments'] })];
    const dispatched: number[] = [];
    const world = createWorld({
      graphs: [graph(nodes)],
      random: seededRandom(1),
      script: () => ({ ms: 1, end: 'succeeded' }),
      onDispatch: () => dispatched.push(world.now()),
    });
    const to = dependencyAt('payments');
    const by = { by: 'ana', reason: 'maintenance' };
    world.tell({ to, message: { type: 'forced', status: 'open', ...by } }, 'f');
    world.register({ workerId: 'w', slots: 1, labels: '*' });
    world.submit('j', { graph: graph(nodes), owner: 'ana', priority: 'normal' });
    world.at(3_600_000, () => world.tell({ to, message: { type: 'reset', ...by } }, 'r'));
    await world.run();
    expect(dispatched).toEqual([3_600_000]);
  });
});
