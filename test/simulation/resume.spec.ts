import fc from 'fast-check';
import { memoryConditions } from '../../lib/adapters/memory/conditions';
import { createWorld, type World, type WorldOptions } from '../../lib/adapters/memory/world';
import type { Graph } from '../../lib/core/dag/graph';
import { graphHash } from '../../lib/core/dag/hash';
import { createKinds } from '../../lib/core/engine/kinds';
import { createReader } from '../../lib/core/engine/reader';
import { jobNodes } from '../../lib/core/job/nodes';
import { freezeJob } from '../../lib/core/job/snapshot';
import { outcomeOf } from '../../lib/core/job/state';
import type { Recorded } from '../../lib/core/journal/envelope';
import { verifyChain } from '../../lib/core/journal/verify';
import { jobAt } from '../../lib/core/messages/address';
import type { JobMessage } from '../../lib/core/messages/job';
import { isOver } from '../../lib/core/model/outcome';
import { seededRandom } from '../support/graphs';
import { type Case, caseArbitrary } from '../support/job-cases';
import { node } from '../support/job-driver';

const JOB = 'j';

/** The case with its conditions written as the constants that its scripts mean. */
function withConditions({ graph, scripts }: Case): Graph {
  const nodes = graph.nodes.map((each, i) => {
    const { holds, items } = scripts[i] ?? {};
    const list = JSON.stringify(Array.from({ length: items ?? 0 }, (_, k) => k));
    return { ...each, when: String(holds), ...(items === undefined ? {} : { forEach: list }) };
  });
  return { ...graph, nodes };
}

/** Another graph: every third node does something else, the last one goes, and one comes. */
function another(of: Graph, round: number): Graph {
  const kept = of.nodes.length > 1 ? of.nodes.slice(0, -1) : of.nodes;
  const nodes = kept.map((each, i) => {
    return i % 3 === round % 3 ? { ...each, work: { kind: 'command' as const, run: `run ${round}` } } : each;
  });
  return {
    ...of,
    nodes: [...nodes, node(`n${900 + round}`, { needs: nodes.slice(0, 1).map(({ id }) => id) })],
  };
}

interface Played {
  readonly world: World;
  readonly graphs: readonly Graph[];
}

/** Runs a job to its end, then over one graph after the other; old executions are redriven beside the latest one. */
async function play(c: Case, rest: Pick<WorldOptions, 'faults' | 'fastPath'>): Promise<Played> {
  const first = withConditions(c);
  const graphs = [first, another(first, 1), another(first, 2)];
  const random = seededRandom(c.seed);
  const failuresOf = (nodeId: string) => c.scripts[Number.parseInt(nodeId.slice(1), 10)]?.failures ?? 0;
  const world = createWorld({
    ...{ graphs, random },
    script: ({ nodeId, attempt }) => ({ ms: 1, end: attempt > failuresOf(nodeId) ? 'succeeded' : 'failed' }),
    ...rest,
  });
  for (const workerId of ['w1', 'w2']) world.register({ workerId, slots: 2, labels: '*' });
  world.submit(JOB, { graph: first, owner: 'ana', priority: 'normal' });
  const from = first.nodes[0]?.id ?? '';
  const orders: JobMessage[] = [
    { type: 'resume', reason: 'mended', graphHash: graphHash(graphs[1] as Graph) },
    { type: 'resume', reason: 'not sure', from: [from] },
    { type: 'resume', reason: 'mended again', graphHash: graphHash(graphs[2] as Graph) },
  ];
  let redriven = 0;
  await world.run(async () => {
    const { state } = await world.view(jobAt(JOB));
    if (!isOver(state.status)) return;
    const message = orders.shift();
    if (message) world.tell({ to: jobAt(JOB), message }, `resume/${orders.length}`);
    if (redriven < 3 && random() < 0.7)
      world.workflow.redrive(JOB, 1 + Math.floor(random() * (state.run ?? 1)));
    redriven += 1;
  });
  return { world, graphs };
}

async function expectSound({ world, graphs }: Played): Promise<void> {
  const { journal, view, workflow, executions } = world;
  const { state, index } = await view(jobAt(JOB));
  expect(isOver(state.status)).toBe(true);
  expect(index.hash).toBe(graphHash(graphs[2] as Graph));
  expect(state.nodes.every(({ phase }) => phase === 'final')).toBe(true);
  // Whoever waits is told, the executions of earlier graphs as well.
  expect([...workflow.waiting()]).toEqual([]);
  for (const starts of executions.values()) expect(starts).toBeGreaterThan(0);
  for (const [stream, events] of journal.streams) {
    expect(await verifyChain(events as Recorded[], stream)).toEqual({ valid: true, events: events.length });
  }
  const known = new Map(graphs.map((graph) => [graphHash(graph), graph]));
  const kinds = createKinds({
    ...{ journal, random: () => 0, conditions: memoryConditions },
    graphs: { get: async (hash) => known.get(hash) as Graph },
  });
  const reader = createReader({ journal, snapshots: { load: async () => undefined } }, kinds);
  expect(freezeJob((await reader.view(jobAt(JOB))).state)).toEqual(freezeJob(state));
}

describe('a job that is resumed again and again, over other graphs, with executions redriven beside it', () => {
  it('comes to its end without a fault, and so does whatever waits for it', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const played = await play(c, {});
        await expectSound(played);
        for (const starts of played.world.executions.values()) expect(starts).toBe(1);
      }),
      { numRuns: 12 },
    );
  });

  it('comes to the same end when everything is left to the outbox relay', async () => {
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => expectSound(await play(c, { fastPath: false }))),
      { numRuns: 8 },
    );
  });

  it('comes to the same end when the engine dies before and after appends and between effects', async () => {
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const played = await play(c, { faults: { crashes: 0.08, duplicates: 0.1 } });
        crashes += played.world.crashes();
        await expectSound(played);
      }),
      { numRuns: 16 },
    );
    expect(crashes).toBeGreaterThan(60);
  });
});

/** How each node of a job ended, items of fan-outs included. */
async function outcomes(world: World): Promise<Record<string, string | undefined>> {
  const { state, index } = await world.view(jobAt(JOB));
  return Object.fromEntries(jobNodes(index, state).map(({ id, node: each }) => [id, outcomeOf(each)]));
}

/** A job over a graph in which nothing fails from a time on, and that goes over to another graph then. */
async function mended(c: Case, graphs: readonly [Graph, Graph], isResumed: boolean) {
  const [first, last] = graphs;
  const MENDED_AT = 1_000_000;
  const failuresOf = (nodeId: string) => c.scripts[Number.parseInt(nodeId.slice(1), 10)]?.failures ?? 0;
  const world = createWorld({
    ...{ graphs, random: seededRandom(c.seed) },
    script: ({ nodeId }) => ({
      ms: 1,
      end: isResumed && world.now() < MENDED_AT && failuresOf(nodeId) > 1 ? 'failed' : 'succeeded',
    }),
  });
  world.register({ workerId: 'w', slots: 9, labels: '*' });
  world.submit(JOB, { graph: isResumed ? first : last, owner: 'ana', priority: 'normal' });
  const message: JobMessage = { type: 'resume', reason: 'mended', graphHash: graphHash(last) };
  if (isResumed) world.at(MENDED_AT, () => world.tell({ to: jobAt(JOB), message }, 'mended'));
  await world.run();
  return outcomes(world);
}

describe('a job that failed and is resumed over another graph', () => {
  it('ends as one that began with that graph, whatever was skipped, conditional, mapped or ruled by triggers', async () => {
    let skipped = 0;
    await fc.assert(
      fc.asyncProperty(caseArbitrary, async (c) => {
        const first = withConditions({ ...c, graph: { ...c.graph, onFailure: 'continue' } });
        const graphs = [first, another(first, 1)] as const;
        const ended = await mended(c, graphs, true);
        expect(ended).toEqual(await mended(c, graphs, false));
        skipped += Object.values(ended).filter((outcome) => outcome === 'skipped').length;
      }),
      { numRuns: 60 },
    );
    expect(skipped).toBeGreaterThan(60);
  });
});
