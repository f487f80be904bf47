import { createRequire } from 'node:module';
import fc from 'fast-check';
import { type CompileOptions, compile } from '../../../../lib/core/dag/compile';
import { STEP_FUNCTIONS_LIMITS } from '../../../../lib/core/dag/emit/quotas';
import type { Graph } from '../../../../lib/core/dag/graph';
import {
  bipartite,
  chain,
  graphFromEdges,
  grid,
  ladder,
  layered,
  randomDag,
  reordered,
  seededRandom,
  seriesParallel,
  sparseDag,
} from '../../../support/graphs';
import { difference, enforcedOrder, graphOrder } from './asl-order';

/** The package ships no types. */
const validateAsl = createRequire(__filename)('asl-validator') as (definition: unknown) => {
  isValid: boolean;
};

/** Small enough that graphs of a few nodes are split over several machines. */
const TINY = { ...STEP_FUNCTIONS_LIMITS, definitionBytes: 9_000 };
/** Two parallels inside each other at most. */
const SHALLOW = { ...STEP_FUNCTIONS_LIMITS, nesting: 18 };

function expectLossless(graph: Graph, options: CompileOptions = {}) {
  const compilation = compile(graph, options);
  const ids = graph.nodes.map((node) => node.id);
  const enforced = enforcedOrder(compilation, ids);
  expect(difference(enforced, graphOrder(graph, ids))).toEqual([]);
  return compilation;
}

/** Graphs of every family, up to about 60 nodes. */
const anyGraph: fc.Arbitrary<Graph> = fc
  .tuple(
    fc.constantFrom('random', 'sparse', 'layered', 'series-parallel', 'grid', 'bipartite', 'chain', 'ladder'),
    fc.integer({ min: 1, max: 60 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer(),
  )
  .map(([family, size, density, seed]) => {
    const random = seededRandom(seed);
    const side = Math.ceil(Math.sqrt(size));
    switch (family) {
      case 'random':
        return randomDag(size, density * density * 0.5, random);
      case 'sparse':
        return sparseDag(size, 1 + Math.floor(density * 4), random);
      case 'layered':
        return layered(side, side, density, random);
      case 'series-parallel':
        return seriesParallel(size, random);
      case 'grid':
        return grid(Math.min(side, 7), 1 + Math.floor(density * 7));
      case 'bipartite':
        return bipartite(1 + Math.floor(density * 8), side);
      case 'chain':
        return chain(size);
      default:
        return ladder(side, 1 + Math.floor(density * 4));
    }
  });

describe('compiling any graph', () => {
  it('enforces exactly the order of the graph', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => void expectLossless(graph)),
      { numRuns: 2_000 },
    );
  });

  it('enforces exactly the order of every graph of four nodes, and of every fifth of five', () => {
    for (const [size, step] of [
      [4, 1],
      [5, 5],
    ] as const) {
      const pairs: [number, number][] = [];
      for (let to = 1; to < size; to++) for (let from = 0; from < to; from++) pairs.push([from, to]);
      for (let mask = 0; mask < 2 ** pairs.length; mask += step) {
        expectLossless(
          graphFromEdges(
            size,
            pairs.filter((_, bit) => (mask >>> bit) & 1),
          ),
        );
      }
    }
  });

  it('keeps the order when the graph is split over nested machines', () => {
    let most = 0;
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const { certificate } = expectLossless(graph, { limits: TINY });
        expect(certificate.definitionBytes).toBeLessThanOrEqual(TINY.definitionBytes);
        most = Math.max(most, certificate.stateMachines);
      }),
      { numRuns: 200 },
    );
    expect(most).toBeGreaterThan(3);
  });

  it('counts the bytes of the largest machine as it is deployed', () => {
    const deployed = (definition: unknown) =>
      JSON.stringify(definition)
        .replaceAll('${JobsQueueUrl}', 'q'.repeat(300))
        .replaceAll(/\$\{machine:[^}]+\}/g, 'm'.repeat(256));
    fc.assert(
      fc.property(anyGraph, fc.boolean(), (graph, split) => {
        const { machines, certificate } = compile(graph, split ? { limits: TINY } : {});
        const sizes = machines.map(({ definition }) => Buffer.byteLength(deployed(definition)));
        expect(certificate.definitionBytes).toBe(Math.max(...sizes));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the order when the structure must not nest deeply', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => void expectLossless(graph, { limits: SHALLOW })),
      { numRuns: 200 },
    );
  });

  it('lists as residual only direct needs, each of which the structure does not imply', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const compilation = compile(graph);
        const needs = new Map(graph.nodes.map((node) => [node.id, node.needs]));
        const ids = graph.nodes.map((node) => node.id);
        const structure = enforcedOrder({ ...compilation, residual: {} }, ids);
        for (const id of Object.keys(compilation.residual)) {
          for (const need of compilation.residual[id] as readonly string[]) {
            expect(needs.get(id)).toContain(need);
            const [a, b] = [ids.indexOf(need), ids.indexOf(id)];
            expect(((structure.rows[b]?.[a >>> 5] ?? 0) >>> (a & 31)) & 1).toBe(0);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('leaves nothing residual in a series-parallel order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer(), (size, seed) => {
        const { certificate } = compile(seriesParallel(size, seededRandom(seed)));
        expect(certificate).toMatchObject({ residualEdges: 0, structuralShare: 1, widthMethod: 'exact' });
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same machines, residual and hash whatever order nodes and needs are in', () => {
    fc.assert(
      fc.property(anyGraph, fc.integer(), (graph, seed) => {
        const other = reordered(graph, seededRandom(seed));
        expect(JSON.stringify(compile(other))).toBe(JSON.stringify(compile(graph)));
      }),
      { numRuns: 150 },
    );
  });

  it('writes definitions that are valid Amazon States Language', () => {
    fc.assert(
      fc.property(anyGraph, fc.boolean(), (graph, split) => {
        for (const { definition } of compile(graph, split ? { limits: TINY } : {}).machines) {
          const plain = JSON.parse(JSON.stringify(definition));
          expect(validateAsl(plain)).toMatchObject({ isValid: true });
        }
      }),
      { numRuns: 12 },
    );
  });

  it('enforces exactly the order of graphs of 300 to 1,000 nodes', () => {
    const random = seededRandom(7);
    const graphs = [
      randomDag(300, 0.02, random),
      sparseDag(1_000, 2, random),
      layered(20, 40, 0.1, random),
      seriesParallel(400, random),
      grid(20, 25),
      ladder(200, 3),
      bipartite(20, 300),
      chain(1_000),
    ];
    for (const graph of graphs) {
      expectLossless(graph);
      expectLossless(graph, { limits: { ...STEP_FUNCTIONS_LIMITS, definitionBytes: 100_000 } });
    }
  });

  it('enforces exactly the order of graphs of 2,000 to 10,000 nodes, in machines inside their quotas', () => {
    const random = seededRandom(9);
    const graphs = [
      // Dense: parts of it are left to their forests.
      layered(20, 100, 0.137, random),
      layered(10, 200, 0.6, random),
      layered(100, 50, 0.04, random),
      sparseDag(10_000, 2, random),
      ladder(1_000),
      chain(4_000),
    ];
    for (const graph of graphs) {
      const { certificate } = expectLossless(graph);
      expect(certificate.definitionBytes).toBeLessThanOrEqual(STEP_FUNCTIONS_LIMITS.definitionBytes);
      expect(certificate.historyEvents).toBeLessThanOrEqual(STEP_FUNCTIONS_LIMITS.historyEvents);
    }
  });
});
