import fc from 'fast-check';
import type { Graph } from '../../../../../lib/core/dag/graph';
import { type GraphIndex, indexGraph } from '../../../../../lib/core/dag/graph-index';
import { canonicalGraph } from '../../../../../lib/core/dag/hash';
import { durationOf } from '../../../../../lib/core/dag/predict/analyse';
import { type Simulation, simulatorOf } from '../../../../../lib/core/dag/predict/simulate';
import { type Fleet, uniformFleet } from '../../../../../lib/core/dag/predict/simulate-fleet';
import { lowerBoundMs, planSchedule } from '../../../../../lib/core/dag/predict/simulate-plan';
import { decidePool } from '../../../../../lib/core/scheduler/decide';
import { evolvePool } from '../../../../../lib/core/scheduler/evolve';
import { fits } from '../../../../../lib/core/scheduler/fit';
import { initialPool } from '../../../../../lib/core/scheduler/state';
import { layered, randomDag, seededRandom, sparseDag } from '../../../../support/graphs';

const LABELS = ['linux', 'gpu'] as const;

/** Graphs with durations, labels and slots of their own; zero durations and ties are frequent. */
const anyGraph: fc.Arbitrary<Graph> = fc
  .tuple(fc.constantFrom('random', 'sparse', 'layered'), fc.integer({ min: 1, max: 40 }), fc.integer())
  .map(([family, size, seed]) => {
    const random = seededRandom(seed);
    const bare =
      family === 'random'
        ? randomDag(size, 0.1, random)
        : family === 'sparse'
          ? sparseDag(size, 2, random)
          : layered(Math.ceil(size / 6), 6, 0.4, random);
    const nodes = bare.nodes.map((node) => ({
      ...node,
      durationMs: Math.floor(random() * 6) * 100,
      slots: 1 + Math.floor(random() * 3),
      labels: LABELS.filter(() => random() < 0.3),
    }));
    return { ...bare, nodes };
  });

/** Any workers, and one that takes everything. */
const anyFleet: fc.Arbitrary<Fleet> = fc
  .array(
    fc.record({
      labels: fc.oneof(fc.constant('*' as const), fc.subarray([...LABELS])),
      slots: fc.integer({ min: 1, max: 4 }),
      count: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 3 },
  )
  .map((kinds) => [...kinds, { labels: '*' as const, slots: 3, count: 1 }]);

function workersOf(fleet: Fleet) {
  return fleet.flatMap((kind) => Array.from({ length: kind.count }, () => kind));
}

/** What is wrong with a schedule, in words. */
function faults(
  index: GraphIndex,
  fleet: Fleet,
  { startMs, endMs, worker, makespanMs }: Simulation,
): string[] {
  const { nodes } = index.graph;
  const workers = workersOf(fleet);
  const wrong: string[] = [];
  nodes.forEach((node, i) => {
    const on = workers[worker[i]!];
    if (!on || !fits(on, node)) wrong.push(`${node.id} ran on worker ${worker[i]}, which it does not fit`);
    if (endMs[i] !== startMs[i]! + durationOf(index, i)) wrong.push(`${node.id} did not take its duration`);
    for (const need of index.needs[i]!) {
      if (endMs[need]! > startMs[i]!) wrong.push(`${node.id} started before ${nodes[need]!.id} ended`);
    }
    const beside = nodes.filter(
      (_, k) => worker[k] === worker[i] && startMs[k]! <= startMs[i]! && startMs[i]! < endMs[k]!,
    );
    const used = beside.reduce((sum, { slots }) => sum + slots, 0);
    if (on && used > on.slots) wrong.push(`worker ${worker[i]} had ${used} slots taken at ${startMs[i]}`);
  });
  if (makespanMs !== Math.max(...endMs)) wrong.push('the makespan is not the end of the last node');
  return wrong;
}

describe('every schedule', () => {
  it('keeps the order of the graph, the labels and the slots, and is no quicker than the lower bound', () => {
    fc.assert(
      fc.property(anyGraph, anyFleet, (graph, fleet) => {
        const index = indexGraph(graph, '');
        const plan = planSchedule(index, fleet);
        for (const run of [plan.simulation, plan.byUpwardRank]) {
          expect(faults(index, fleet, run)).toEqual([]);
          expect(run.makespanMs).toBeGreaterThanOrEqual(lowerBoundMs(index, fleet) - 1e-6);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is what its ranks give again, and no slower than that of the upward ranks', () => {
    fc.assert(
      fc.property(anyGraph, anyFleet, (graph, fleet) => {
        const index = indexGraph(graph, '');
        const plan = planSchedule(index, fleet);
        expect(simulatorOf(index, fleet)(plan.rank)).toEqual(plan.simulation);
        expect(planSchedule(index, fleet).simulation).toEqual(plan.simulation);
        expect(plan.simulation.makespanMs).toBeLessThanOrEqual(plan.byUpwardRank.makespanMs);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves no worker idle that could run a ready node', () => {
    fc.assert(
      fc.property(anyGraph, fc.integer({ min: 1, max: 5 }), (graph, workers) => {
        const nodes = graph.nodes.map((node) => ({ ...node, slots: 1 }));
        const index = indexGraph({ ...graph, nodes }, '');
        const { startMs, endMs } = simulatorOf(index, uniformFleet(workers))(index.rank);
        nodes.forEach((_, i) => {
          const readyAt = Math.max(0, ...index.needs[i]!.map((need) => endMs[need]!));
          const busyAt = (at: number) => nodes.filter((__, k) => startMs[k]! <= at && at < endMs[k]!).length;
          if (startMs[i]! > readyAt) expect(busyAt(readyAt)).toBe(workers);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('the pool', () => {
  it('assigns what the simulation starts first, on any fleet', () => {
    fc.assert(
      fc.property(anyGraph, anyFleet, (given, fleet) => {
        // In canonical order, equal nodes go by name, as in the pool.
        const graph = canonicalGraph(given);
        const index = indexGraph(graph, '');
        const { startMs, worker } = simulatorOf(index, fleet)(index.rank);
        const state = initialPool();
        workersOf(fleet).forEach(({ labels, slots }, i) => {
          const registered = { workerId: `w${i}`, labels: labels === '*' ? labels : [...labels], slots };
          evolvePool(state, { type: 'worker.registered', data: registered }, 0);
        });
        graph.nodes.forEach((node, i) => {
          if (index.needs[i]!.length > 0) return;
          const { id: nodeId, slots, timeoutMs } = node;
          const common = {
            jobId: 'j',
            attempt: 1,
            owner: 'ana',
            graphHash: '',
            priority: 'normal' as const,
            traceId: '',
          };
          const work = { ...common, nodeId, slots, timeoutMs, labels: [...node.labels] };
          const queued = { ...work, rank: index.rank[i]!, readyAt: 0 };
          evolvePool(state, { type: 'work.queued', data: queued }, 0);
        });
        const granted = decidePool(state, { type: 'assign', at: 0 }).flatMap((event) =>
          event.type === 'lease.granted' ? [event.data.nodeId] : [],
        );
        // Nodes of no duration end at once and make room for others: those the pool grants later.
        const first = graph.nodes.filter((_, i) => startMs[i] === 0 && index.needs[i]!.length === 0);
        expect(first.map(({ id }) => id)).toEqual(expect.arrayContaining(granted));
        if (graph.nodes.every(({ durationMs }) => durationMs! > 0)) {
          expect(granted.toSorted()).toEqual(first.map(({ id }) => id).toSorted());
        }
        expect(worker.every((on) => on >= 0)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
