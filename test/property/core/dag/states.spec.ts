import fc from 'fast-check';
import { compile } from '../../../../lib/core/dag/compile';
import type { Graph } from '../../../../lib/core/dag/graph';
import {
  bipartite,
  chain,
  comb,
  crossings,
  grid,
  ladder,
  layered,
  randomDag,
  seededRandom,
  seriesParallel,
  sideBySide,
  sparseDag,
  tree,
} from '../../../support/graphs';
import { difference, enforcedOrder, graphOrder } from './asl-order';

const binaryTree = (size: number) => tree(size, (node) => (node - 1) >> 1);
const randomTree = (size: number, random: () => number) => tree(size, (node) => Math.floor(random() * node));

/** Makers of graphs of about this size. */
const FAMILIES: Readonly<Record<string, (size: number, density: number, random: () => number) => Graph>> = {
  random: (size, density, random) => randomDag(size, density * density * 0.2, random),
  sparse: (size, density, random) => sparseDag(size, 1 + Math.floor(density * 4), random),
  layered: (size, density, random) => {
    const width = 2 + Math.floor(density * 12);
    return layered(Math.ceil(size / width), width, 2.4 / width, random);
  },
  'series-parallel': (size, _, random) => seriesParallel(size, random),
  grid: (size, density) => grid(2 + Math.floor(density * 6), Math.ceil(size / (2 + Math.floor(density * 6)))),
  bipartite: (size, density) => bipartite(1 + Math.floor(density * (size - 2)), size - 1),
  chain: (size) => chain(size),
  ladder: (size, density) => ladder(Math.ceil(size / 3), 2 + Math.floor(density * 2)),
  crossings: (size, density) => crossings(Math.ceil(size / 2), 2 + Math.floor(density * 2)),
  comb: (size) => comb(Math.ceil(size / 2)),
  tree: (size, density, random) =>
    tree(size, (node) => Math.max(0, node - 1 - Math.floor(random() * (1 + density * 20)))),
  'binary tree': (size) => binaryTree(size),
  'ladders side by side': (size, density) =>
    sideBySide(ladder(Math.ceil(size / 6)), 2 + Math.floor(density * 3)),
};

const largerGraph: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.constantFrom(...Object.keys(FAMILIES)),
    fc.integer({ min: 65, max: 260 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer(),
  )
  .map(([family, size, density, seed]) => FAMILIES[family]!(size, density, seededRandom(seed)));

/** States that a run enters beside the one of the job's outcome. */
const statesOf = (graph: Graph) => compile(graph).certificate.stateTransitions - 1;

describe('the states of a graph of more than 64 nodes', () => {
  it('are 1.25 a node at most, in the order of the graph', () => {
    fc.assert(
      fc.property(largerGraph, (graph) => {
        const compilation = compile(graph);
        const ids = graph.nodes.map(({ id }) => id);
        expect(compilation.certificate.stateTransitions - 1).toBeLessThanOrEqual(ids.length * 1.25);
        expect(difference(enforcedOrder(compilation, ids), graphOrder(graph, ids))).toEqual([]);
      }),
      { numRuns: 250 },
    );
  });

  it.each([
    ['a ladder of forks', comb(61)],
    ['crossings one after another', crossings(61, 2)],
    ['diamonds one after another', ladder(40)],
    ['a binary tree', binaryTree(122)],
    ['5,000 nodes in layers', layered(500, 10, 0.24, seededRandom(3))],
    ['a binary tree of 5,000 nodes', binaryTree(5_000)],
    ['a random tree of 5,000 nodes', randomTree(5_000, seededRandom(9))],
    ['2,500 diamonds', ladder(2_500)],
  ])('are 1.25 a node at most with that of the outcome: %s', (_, graph) => {
    expect(statesOf(graph) + 1).toBeLessThanOrEqual(graph.nodes.length * 1.25);
  });
});

describe('what is left out of the structure', () => {
  const residualOf = (graph: Graph) => compile(graph).certificate.residualEdges;

  it('is nothing where the states are few enough', () => {
    expect(residualOf(ladder(50, 3))).toBe(0);
    expect(residualOf(bipartite(80, 80))).toBe(0);
  });

  it('is one edge for each state that a tree has too many', () => {
    const whole = 122 + 60 + 1;
    const { stateTransitions, residualEdges } = compile(comb(61)).certificate;
    expect(residualEdges).toBe(whole - stateTransitions);
  });

  it('is two edges for each state that diamonds and crossings have too many', () => {
    for (const [graph, parallels] of [
      [ladder(40), 40],
      [crossings(61, 2), 61],
    ] as const) {
      const { stateTransitions, residualEdges } = compile(graph).certificate;
      const fewer = graph.nodes.length + parallels + 1 - stateTransitions;
      expect(fewer).toBeGreaterThan(5);
      expect(residualEdges).toBeLessThanOrEqual(2 * fewer + 2);
    }
  });

  it('does not change the width that is said of an order', () => {
    expect(compile(binaryTree(1_000)).certificate).toMatchObject({ maxWidth: 500, widthMethod: 'exact' });
    expect(compile(ladder(400)).certificate).toMatchObject({ maxWidth: 2, widthMethod: 'exact' });
  });
});
