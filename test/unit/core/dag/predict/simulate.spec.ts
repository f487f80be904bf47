import { simulateGraph } from '../../../../../lib/cli/simulate';
import type { Graph, GraphNode } from '../../../../../lib/core/dag/graph';
import { indexGraph } from '../../../../../lib/core/dag/graph-index';
import { graphHash } from '../../../../../lib/core/dag/hash';
import { simulatorOf } from '../../../../../lib/core/dag/predict/simulate';
import { type Fleet, uniformFleet } from '../../../../../lib/core/dag/predict/simulate-fleet';
import { planSchedule } from '../../../../../lib/core/dag/predict/simulate-plan';
import { NO_HISTORY, nodeHash } from '../../../../../lib/core/history/durations';
import { graphNode, graphOf, layered, reordered, seededRandom } from '../../../../support/graphs';

/** Durations in seconds by node, every node on its own unless `fields` say more. */
function timed(seconds: Record<string, number>, fields: Record<string, Partial<GraphNode>> = {}): Graph {
  const nodes = Object.entries(seconds).map(([id, s]) =>
    graphNode(id, { durationMs: s * 1_000, ...fields[id] }),
  );
  return { name: 'test', nodes, onFailure: 'continue' };
}

function startsOf(graph: Graph, fleet: Fleet): Record<string, number> {
  const index = indexGraph(graph, '');
  const { startMs } = simulatorOf(index, fleet)(index.rank);
  return Object.fromEntries(graph.nodes.map(({ id }, i) => [id, startMs[i]! / 1_000]));
}

describe('a simulation', () => {
  it('gives a free worker the ready node with the longest way to go', () => {
    const graph = timed({ short: 1, long: 5, tail: 9 }, { tail: { needs: ['short'] } });
    expect(startsOf(graph, uniformFleet(1))).toEqual({ short: 0, tail: 1, long: 10 });
  });

  it('starts a node once the last of its needs has ended', () => {
    const graph = timed({ a: 2, b: 7, c: 1 }, { c: { needs: ['a', 'b'] } });
    expect(startsOf(graph, uniformFleet(9))).toEqual({ a: 0, b: 0, c: 7 });
  });

  it('lets work that fits pass work that does not fit now', () => {
    const graph = timed({ first: 4, wide: 3, narrow: 2 }, { first: { slots: 2 }, wide: { slots: 2 } });
    expect(startsOf(graph, [{ labels: '*', slots: 3, count: 1 }])).toEqual({ first: 0, wide: 4, narrow: 0 });
  });

  it('sends work to workers that have its labels', () => {
    const graph = timed({ a: 3, b: 3, c: 3 }, { a: { labels: ['arm'] }, b: { labels: ['arm'] } });
    const fleet: Fleet = [
      { labels: ['linux', 'arm'], slots: 1, count: 1 },
      { labels: ['linux'], slots: 1, count: 1 },
    ];
    expect(startsOf(graph, fleet)).toEqual({ a: 0, b: 3, c: 0 });
  });

  it('takes the worker with the most slots free', () => {
    const graph = timed({ a: 3 });
    const index = indexGraph(graph, '');
    const fleet: Fleet = [
      { labels: '*', slots: 1, count: 2 },
      { labels: '*', slots: 4, count: 1 },
    ];
    expect(simulatorOf(index, fleet)(index.rank).worker[0]).toBe(2);
  });

  it('assumes 30 seconds for a node without a duration', () => {
    expect(simulateGraph(graphOf({ a: [], b: ['a'] }), uniformFleet(1), NO_HISTORY).makespanSeconds).toBe(60);
  });

  it('lets nodes of no duration pass in no time', () => {
    const graph = timed({ a: 0, b: 0, c: 1 }, { b: { needs: ['a'] }, c: { needs: ['b'] } });
    expect(startsOf(graph, uniformFleet(1))).toEqual({ a: 0, b: 0, c: 0 });
  });
});

describe('a node that no worker can take', () => {
  it('is named with the labels that are missing', () => {
    const graph = timed({ a: 1 }, { a: { labels: ['gpu', 'linux'] } });
    expect(() => simulateGraph(graph, [{ labels: ['linux'], slots: 1, count: 5 }], NO_HISTORY)).toThrow(
      expect.objectContaining({
        code: 'NODE_UNSCHEDULABLE',
        message: expect.stringMatching(/node a .*gpu, linux/),
      }),
    );
  });

  it('is named with the slots that it asks for', () => {
    const graph = timed({ a: 1 }, { a: { slots: 3 } });
    expect(() => simulateGraph(graph, uniformFleet(50), NO_HISTORY)).toThrow(
      expect.objectContaining({
        code: 'NODE_UNSCHEDULABLE',
        message: expect.stringMatching(/takes 3 slots.* has 1/),
      }),
    );
  });
});

describe('the report of a simulation', () => {
  const graph = timed({ a: 4, b: 4, c: 4, d: 3 }, { d: { needs: ['a'] } });

  it('says makespan, lower bound and utilization', () => {
    expect(simulateGraph(graph, uniformFleet(2), NO_HISTORY)).toEqual({
      makespanSeconds: 8,
      lowerBoundSeconds: 7.5,
      utilization: 15 / 16,
      upwardRankSeconds: 8,
      slots: 2,
      durations: { declared: 4, learned: 0, assumed: 0 },
    });
  });

  it('counts the slots that a node takes as work', () => {
    const wide = timed({ a: 4, b: 4 }, { a: { slots: 2 } });
    const report = simulateGraph(wide, [{ labels: '*', slots: 2, count: 1 }], NO_HISTORY);
    expect(report).toMatchObject({ makespanSeconds: 8, lowerBoundSeconds: 6, utilization: 12 / 16 });
  });

  it('is the same whatever order the file has', () => {
    const random = seededRandom(1);
    const bare = layered(5, 9, 0.3, random);
    const nodes = bare.nodes.map((node) => ({ ...node, durationMs: 1_000 * Math.ceil(random() * 9) }));
    const given = { ...bare, nodes };
    const reports = [given, reordered(given, random), reordered(given, random)].map((g) =>
      simulateGraph(g, uniformFleet(3), NO_HISTORY),
    );
    expect(new Set(reports.map((report) => JSON.stringify(report))).size).toBe(1);
  });

  it('uses learned durations for nodes that declare none, and says so', () => {
    const half = { ...graph, nodes: [graph.nodes[0]!, graphNode('e'), graphNode('f')] };
    const history = new Map([[nodeHash(half.nodes[1]!), 50_000]]);
    const before = graphHash(half);
    expect(simulateGraph(half, uniformFleet(3), history)).toMatchObject({
      makespanSeconds: 50,
      durations: { declared: 1, learned: 1, assumed: 1 },
    });
    expect(graphHash(half)).toBe(before);
  });
});

describe('planned ranks', () => {
  /** By upward rank the middle worker idles; a better order exists. */
  const graph = timed(
    { a: 3, b: 2, c: 2, d: 2, e: 3, f: 3 },
    { d: { needs: ['b'] }, e: { needs: ['b', 'c'] }, f: { needs: ['c'] } },
  );

  it('are the upward ranks of the graph in another order', () => {
    const random = seededRandom(3);
    const bare = layered(6, 10, 0.25, random);
    const nodes = bare.nodes.map((node) => ({ ...node, durationMs: 9_000 + Math.ceil(random() * 2_000) }));
    const index = indexGraph({ ...bare, nodes }, '');
    const plan = planSchedule(index, uniformFleet(4));
    expect(plan.simulation.makespanMs).toBeLessThan(plan.byUpwardRank.makespanMs);
    const sorted = (ranks: readonly number[]) => ranks.map(Math.round).sort((a, b) => a - b);
    expect(sorted(plan.rank)).toEqual(sorted(index.rank));
  });

  it('are the upward ranks themselves when those reach the lower bound', () => {
    const index = indexGraph(graph, '');
    const plan = planSchedule(index, uniformFleet(6));
    expect(plan.rank).toBe(index.rank);
    expect(plan.simulation.makespanMs).toBe(plan.lowerBoundMs);
  });
});
