import fc from 'fast-check';
import { createWorld, WORLD_POOL, type World } from '../../lib/adapters/memory/world';
import type { Graph } from '../../lib/core/dag/graph';
import type { JobEvent } from '../../lib/core/job/events';
import { jobNodes } from '../../lib/core/job/nodes';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { jobAt } from '../../lib/core/messages/address';
import { attemptKey } from '../../lib/core/model/attempt';
import { isOver } from '../../lib/core/model/outcome';
import { seededRandom } from '../support/graphs';
import { type Case, rollbackCaseArbitrary } from '../support/job-cases';
import { checkRollbacks } from '../support/rollback-checks';

const JOB = 'j';

/** The graph of a case with its conditions as constants. */
function graphOf({ graph, scripts }: Case): Graph {
  const nodes = graph.nodes.map((node, i) => {
    const { holds, items } = scripts[i] ?? {};
    const list = JSON.stringify(Array.from({ length: items ?? 0 }, (_, k) => k));
    return { ...node, when: String(holds), ...(items === undefined ? {} : { forEach: list }) };
  });
  return { ...graph, nodes };
}

interface Played {
  readonly world: World;
  readonly graph: Graph;
  /** What reached a worker to undo an attempt: by key of the attempt, how often it was handed out. */
  readonly compensations: ReadonlyMap<string, number>;
}

/** Plays a job in a world whose engine dies, whose messages repeat and whose workers die, and which a person may roll back. */
async function play(c: Case, asksAt: number | undefined): Promise<Played> {
  const scriptOf = (nodeId: string) => c.scripts[Number.parseInt(nodeId.slice(1), 10)];
  const graph = graphOf(c);
  const random = seededRandom(c.seed);
  const compensations = new Map<string, number>();
  const made = new Map<string, number>();
  const world = createWorld({
    graphs: [graph],
    random,
    faults: { crashes: 0.05, duplicates: 0.1 },
    onDispatch({ work, ...ref }) {
      if (work?.kind !== 'command' || !work.compensates) return;
      const key = attemptKey(ref);
      if (!compensations.has(key)) made.set(ref.nodeId, (made.get(ref.nodeId) ?? 0) + 1);
      compensations.set(key, (compensations.get(key) ?? 0) + 1);
    },
    script(ref) {
      const { failures = 0, undo = 0 } = scriptOf(ref.nodeId) ?? {};
      const isUndoing = compensations.has(attemptKey(ref));
      const fails = isUndoing ? (made.get(ref.nodeId) ?? 0) <= undo : ref.attempt <= failures;
      return { ms: 5, end: fails ? 'failed' : 'succeeded' };
    },
  });
  for (const workerId of ['w1', 'w2', 'w3']) world.register({ workerId, slots: 2, labels: '*' });
  world.submit(JOB, { graph, owner: 'ana', priority: 'normal' });
  world.at(7 + (c.seed % 40), () => world.kill('w1'));
  world.at(20 + (c.seed % 300), () => world.kill('w2'));
  if (asksAt !== undefined) {
    const message = { type: 'rollback' as const, reason: 'by hand' };
    world.at(asksAt, () => world.tell({ to: jobAt(JOB), message }, 'by-hand'));
  }
  await world.run();
  return { world, graph, compensations };
}

async function expectSound({ world, graph, compensations }: Played): Promise<number> {
  const { state, index } = await world.view(jobAt(JOB));
  expect(isOver(state.status)).toBe(true);
  const events = (world.journal.streams.get(`job/${JOB}`) ?? []) as Recorded<JobEvent>[];
  expect(await verifyChain(events, `job/${JOB}`)).toEqual({ valid: true, events: events.length });
  const rollbacks = checkRollbacks(graph, events);
  // What was handed out twice was started once.
  for (const key of compensations.keys()) expect(world.executions.get(key)).toBe(1);
  if (rollbacks > 0) expect(state.status).not.toBe('succeeded');
  if (state.status === 'failed') {
    // Nothing that could be undone is left as it was.
    const left = jobNodes(index, state).filter(
      ({ spec, node }) =>
        spec.compensate !== undefined &&
        !node.fanOut &&
        node.phase === 'final' &&
        node.outcome === 'succeeded' &&
        node.rollback === undefined,
    );
    expect(left.map(({ id }) => id)).toEqual([]);
  }
  const pool = (await world.view({ kind: 'pool', id: WORLD_POOL })).state;
  expect([pool.queued.size, pool.leases.size]).toEqual([0, 0]);
  return rollbacks;
}

describe('a rollback', () => {
  it('undoes each node once and in order, whoever dies, and the job ends', async () => {
    let [rollbacks, crashes] = [0, 0];
    await fc.assert(
      fc.asyncProperty(rollbackCaseArbitrary, async (c) => {
        const played = await play(c, undefined);
        crashes += played.world.crashes();
        rollbacks += await expectSound(played);
      }),
      { numRuns: 60 },
    );
    expect(crashes).toBeGreaterThan(50);
    expect(rollbacks).toBeGreaterThan(10);
  });

  it('does so when a person asks for it, whatever the job is doing then', async () => {
    let rollbacks = 0;
    await fc.assert(
      fc.asyncProperty(rollbackCaseArbitrary, fc.nat(100), async (c, asksAt) => {
        rollbacks += await expectSound(await play(c, asksAt));
      }),
      { numRuns: 40 },
    );
    expect(rollbacks).toBeGreaterThan(10);
  });
});
