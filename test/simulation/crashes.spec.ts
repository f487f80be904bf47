import fc from 'fast-check';
import type { Graph } from '../../lib/core/dag/graph';
import { isOver } from '../../lib/core/job/state';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { type Case, caseArbitrary, oracle } from '../support/job-cases';
import { World, type WorldOptions } from '../support/world';

/** The case with its conditions written as the constants that its scripts mean. */
function withConditions({ graph, scripts }: Case): Graph {
  const nodes = graph.nodes.map((node, i) => {
    const { holds, items } = scripts[i] ?? {};
    const list = JSON.stringify(Array.from({ length: items ?? 0 }, (_, k) => k));
    return { ...node, when: String(holds), ...(items === undefined ? {} : { forEach: list }) };
  });
  return { ...graph, nodes };
}

async function play(c: Case, rest: Partial<WorldOptions>): Promise<World> {
  const world = new World({
    graph: withConditions(c),
    seed: c.seed,
    crashes: 0,
    duplicates: 0,
    fastPath: true,
    succeeds: ({ nodeId, attempt }) =>
      attempt > (c.scripts[Number.parseInt(nodeId.slice(1), 10)]?.failures ?? 0),
    ...rest,
  });
  await world.run();
  return world;
}

async function expectSound(c: Case, world: World): Promise<void> {
  const { state, index } = await world.job();
  expect(isOver(state.status)).toBe(true);
  const outcomes = Object.fromEntries(index.graph.nodes.map(({ id }, i) => [id, state.nodes[i]?.outcome]));
  if (c.graph.onFailure === 'continue') expect(outcomes).toEqual(oracle(c));
  for (const [stream, events] of world.streams) {
    expect(await verifyChain(events as Recorded[], stream)).toEqual({ valid: true, events: events.length });
  }
  // Every node's token is answered, always the same way, and the workflow ends as the job does.
  expect(world.answers.size).toBe(c.graph.nodes.length);
  for (const given of world.answers.values()) expect(given.size).toBe(1);
  expect(new Set(world.outcomes)).toEqual(new Set([state.status]));
  const pool = (await world.pool()).state;
  expect([pool.queued.size, pool.leases.size]).toEqual([0, 0]);
}

describe('the engine', () => {
  it('comes to the end without a fault', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const world = await play(c, {});
        await expectSound(c, world);
        for (const runs of world.executions.values()) expect(runs).toBe(1);
      }),
      { numRuns: 60 },
    );
  });

  it('comes to the same end when everything is left to the outbox relay', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => expectSound(c, await play(c, { fastPath: false }))),
      { numRuns: 60 },
    );
  });

  it('comes to the same end when it dies before and after appends and between effects', async () => {
    let crashed = 0;
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const world = await play(c, { crashes: 0.1, duplicates: 0.1 });
        crashed += world.crashed;
        await expectSound(c, world);
      }),
      { numRuns: 150 },
    );
    expect(crashed).toBeGreaterThan(500);
  });
});
