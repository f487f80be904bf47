import { compile } from '../../../../../lib/core/dag/compile';
import type { Graph } from '../../../../../lib/core/dag/graph';
import { indexGraph } from '../../../../../lib/core/dag/graph-index';
import { listSchedule, timing } from '../../../../../lib/core/dag/predict/analyse';
import { PRICES } from '../../../../../lib/core/dag/predict/prices';
import { bipartite, chain, graphNode, graphOf, grid, ladder } from '../../../../support/graphs';

const diamond: Graph = {
  name: 'g',
  onFailure: 'continue',
  nodes: [
    graphNode('a', { durationMs: 1_000 }),
    graphNode('b', { durationMs: 5_000, needs: ['a'] }),
    graphNode('c', { durationMs: 2_000, needs: ['a'] }),
    graphNode('d', { durationMs: 3_000, needs: ['b', 'c'] }),
  ],
};

describe('the certificate', () => {
  it('counts a diamond', () => {
    const { graph, certificate } = compile(diamond);
    expect(graph).toMatchObject({ name: 'g', nodes: 4, edges: 4 });
    expect(certificate).toMatchObject({
      criticalPathSeconds: 9,
      predictedMakespanSeconds: 9,
      workers: 50,
      maxWidth: 2,
      widthMethod: 'exact',
      // Four nodes, one Parallel, the outcome.
      stateTransitions: 6,
      // The execution's 2, six for each of five tasks, four for the Parallel, two for the end of each branch.
      historyEvents: 2 + 5 * 6 + 4 + 2 * 2,
      transitionsCostUsd: 0.00015,
      stateMachines: 1,
      structuralShare: 1,
      residualEdges: 0,
    });
  });

  it('counts what a compact graph takes: one state, all of the order in the scheduler', () => {
    const own = compile(diamond).certificate;
    const { certificate, machines, residual } = compile(diamond, { machines: 'compact' });
    expect(certificate).toMatchObject({
      stateTransitions: 1,
      historyEvents: 2 + 6,
      transitionsCostUsd: 0.000025,
      stateMachines: 1,
      structuralShare: 0,
      residualEdges: 4,
      // The order is what it is, whoever enforces it.
      ...{ maxWidth: 2, widthMethod: 'exact', criticalPathSeconds: 9 },
      estimatedCostUsd: own.graphRunnerCostUsd,
      graphRunnerCostUsd: own.graphRunnerCostUsd,
    });
    expect(residual).toEqual({ b: ['a'], c: ['a'], d: ['b', 'c'] });
    const deployed = JSON.stringify(machines[0]?.definition).replace('${JobsQueueUrl}', 'q'.repeat(300));
    expect(certificate.definitionBytes).toBe(deployed.length);
  });

  it('costs one state transition per node besides the structure, with no gates', () => {
    expect(compile(chain(100)).certificate.stateTransitions).toBe(101);
    expect(compile(bipartite(50, 50)).certificate.stateTransitions).toBe(100 + 2 + 1);
  });

  it('predicts a longer makespan with fewer workers', () => {
    expect(compile(bipartite(1, 100), { workers: 10 }).certificate.predictedMakespanSeconds).toBe(
      30 + 10 * 30,
    );
    expect(compile(bipartite(1, 100), { workers: 100 }).certificate.predictedMakespanSeconds).toBe(60);
  });

  it('gives the exact width of a graph that is not series-parallel, when it is small', () => {
    expect(compile(grid(6, 9)).certificate).toMatchObject({ maxWidth: 6, widthMethod: 'exact' });
    // A run has at most two of these at once; but b, c and the long a are without order.
    const uneven = graphOf({ a: [], b: [], c: ['b'], d: ['a', 'c'], e: ['b'] });
    expect(compile(uneven).certificate).toMatchObject({ maxWidth: 3, widthMethod: 'exact' });
  });

  it('gives the exact width of a series-parallel graph of any size, whatever a run has at once', () => {
    // Side by side: one before 800, and 800 before one. A run has 801 at once; without order are 1,600.
    const needs: Record<string, string[]> = { a: [], z: [] };
    for (let i = 0; i < 800; i++) Object.assign(needs, { [`b${i}`]: ['a'], [`y${i}`]: [] });
    needs.z = Array.from({ length: 800 }, (_, i) => `y${i}`);
    expect(compile(graphOf(needs)).certificate).toMatchObject({ maxWidth: 1_600, widthMethod: 'exact' });
  });

  it('is the same for a ladder of any length but its length', () => {
    expect(compile(ladder(7, 3)).certificate).toMatchObject({ maxWidth: 3, criticalPathSeconds: 15 * 30 });
  });
});

describe('times of a graph', () => {
  const index = indexGraph(diamond, '');

  it('have a critical path and slack beside it', () => {
    expect(timing(index)).toEqual({
      criticalPathMs: 9_000,
      criticalPath: [0, 1, 3],
      slackMs: [0, 0, 3_000, 0],
    });
  });

  it('are scheduled by longest remaining path', () => {
    expect(listSchedule(index, 1)).toEqual({ makespanMs: 11_000, peak: 1 });
    expect(listSchedule(index, 2)).toEqual({ makespanMs: 9_000, peak: 2 });
  });

  it('costs what the given table says, and names the table', () => {
    const per = Object.fromEntries(Object.keys(PRICES.per).map((unit) => [unit, 0]));
    const prices = {
      region: 'here',
      date: '2026-01-01',
      per: { ...PRICES.per, ...per, transitions: 2, apiCalls: 1 },
    };
    const { certificate } = compile(chain(100), { prices });
    const transitionsCostUsd = certificate.stateTransitions * 2;
    expect(certificate).toMatchObject({ transitionsCostUsd, prices });
    // A call of the API for each node, and one for the job.
    expect(certificate.estimatedCostUsd - transitionsCostUsd).toBeCloseTo(101);
  });

  it('says the whole bill, of which transitions are nearly half and connections a small part, and what the graph runner would take', () => {
    const { certificate } = compile(chain(1_000));
    const { estimatedCostUsd, transitionsCostUsd, graphRunnerCostUsd, connectionsCostUsd } = certificate;
    expect(connectionsCostUsd / estimatedCostUsd).toBeCloseTo(0.06, 2);
    expect(transitionsCostUsd / estimatedCostUsd).toBeCloseTo(0.46, 1);
    expect(graphRunnerCostUsd).toBeLessThan(estimatedCostUsd / 2);
  });
});
