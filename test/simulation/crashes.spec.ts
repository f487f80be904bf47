import fc from 'fast-check';
import { createWorld, WORLD_POOL, type World, type WorldOptions } from '../../lib/adapters/memory/world';
import { outcomeOf } from '../../lib/core/job/state';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { isOver } from '../../lib/core/model/outcome';
import { seededRandom } from '../support/graphs';
import { type Case, caseArbitrary, oracle } from '../support/job-cases';
import { withConditions } from '../support/scripted-conditions';

const JOB = 'j';

async function play(c: Case, rest: Pick<WorldOptions, 'faults' | 'fastPath'>): Promise<World> {
  const failuresOf = (nodeId: string) => c.scripts[Number.parseInt(nodeId.slice(1), 10)]?.failures ?? 0;
  const graph = withConditions(c);
  const world = createWorld({
    graphs: [graph],
    random: seededRandom(c.seed),
    script: ({ nodeId, attempt }) => ({ ms: 1, end: attempt > failuresOf(nodeId) ? 'succeeded' : 'failed' }),
    ...rest,
  });
  for (const workerId of ['w1', 'w2']) world.register({ workerId, slots: 2, labels: '*' });
  world.submit(JOB, { graph, owner: 'ana', priority: 'normal' });
  await world.run();
  return world;
}

async function expectSound(c: Case, { journal, view, workflow }: World): Promise<void> {
  const { state, index } = await view({ kind: 'job', id: JOB });
  expect(isOver(state.status)).toBe(true);
  const outcomes = Object.fromEntries(index.graph.nodes.map(({ id }, i) => [id, outcomeOf(state.nodes[i]!)]));
  if (c.graph.onFailure === 'continue') expect(outcomes).toEqual(oracle(c));
  for (const [stream, events] of journal.streams) {
    expect(await verifyChain(events as Recorded[], stream)).toEqual({ valid: true, events: events.length });
  }
  // Every node is answered, always the same way, and the workflow ends as the job does.
  expect(workflow.answers.size).toBe(c.graph.nodes.length);
  for (const given of workflow.answers.values()) expect(given.size).toBe(1);
  expect(workflow.outcomes.get(JOB)).toEqual(new Set([state.status]));
  const pool = (await view({ kind: 'pool', id: WORLD_POOL })).state;
  expect([pool.queued.size, pool.leases.size]).toEqual([0, 0]);
}

describe('the engine', () => {
  it('comes to the end without a fault', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const world = await play(c, {});
        await expectSound(c, world);
        for (const starts of world.executions.values()) expect(starts).toBe(1);
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
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const world = await play(c, { faults: { crashes: 0.1, duplicates: 0.1 } });
        crashes += world.crashes();
        await expectSound(c, world);
      }),
      { numRuns: 150 },
    );
    expect(crashes).toBeGreaterThan(500);
  });
});
