import { crossings, orderColumns } from '../../../../../lib/core/dag/draw/crossings';
import { layersOf } from '../../../../../lib/core/dag/draw/layers';
import { type Layout, layOut } from '../../../../../lib/core/dag/draw/layout';
import { properGraph } from '../../../../../lib/core/dag/draw/proper';
import type { Graph } from '../../../../../lib/core/dag/graph';
import { indexGraph } from '../../../../../lib/core/dag/graph-index';
import { chain, graphOf, grid, ladder, layered, seededRandom, sparseDag } from '../../../../support/graphs';

const SIZE = { width: 100, height: 30 };
const SPACING = { columns: 50, rows: 10 };

function layoutOf(graph: Graph): Layout {
  return layOut(
    indexGraph(graph, ''),
    graph.nodes.map(() => SIZE),
    SPACING,
  );
}

/** Crossings counted pair by pair. */
function naiveCrossings(
  proper: ReturnType<typeof properGraph>,
  columns: readonly (readonly number[])[],
): number {
  const place = new Map(columns.flatMap((column) => column.map((vertex, i) => [vertex, i] as const)));
  let count = 0;
  for (const column of columns) {
    const edges = column.flatMap((v) =>
      proper.after[v]!.map((to) => [place.get(v)!, place.get(to)!] as const),
    );
    for (const [a, b] of edges) for (const [c, d] of edges) if (a < c && b > d) count++;
  }
  return count;
}

const graphs: [string, Graph][] = [
  ['a chain', chain(9)],
  ['a ladder', ladder(4, 5)],
  ['a grid', grid(6, 7)],
  ['layers', layered(6, 8, 0.25, seededRandom(1))],
  ['a sparse graph', sparseDag(120, 3, seededRandom(2))],
  ['nodes without edges', graphOf({ a: [], b: [], c: [] })],
];

describe.each(graphs)('the layout of %s', (_, graph) => {
  const layout = layoutOf(graph);

  it('leads every edge from left to right', () => {
    for (const { points } of layout.edges) {
      points.slice(1).forEach((point, i) => {
        expect(point.x).toBeGreaterThanOrEqual(points[i]!.x);
      });
    }
  });

  it('keeps nodes apart and inside the paper', () => {
    const { nodes } = layout;
    nodes.forEach((a, i) => {
      expect(a.x - SIZE.width / 2).toBeGreaterThanOrEqual(-1e-6);
      expect(a.x + SIZE.width / 2).toBeLessThanOrEqual(layout.width + 1e-6);
      expect(a.y - SIZE.height / 2).toBeGreaterThanOrEqual(-1e-6);
      expect(a.y + SIZE.height / 2).toBeLessThanOrEqual(layout.height + 1e-6);
      for (const b of nodes.slice(i + 1)) {
        const apart =
          Math.abs(a.x - b.x) >= SIZE.width || Math.abs(a.y - b.y) >= SIZE.height + SPACING.rows - 1e-6;
        expect(apart).toBe(true);
      }
    });
  });

  it('crosses no node with an edge', () => {
    for (const { from, to, points } of layout.edges) {
      points.slice(1, -1).forEach((point, k) => {
        const near = layout.nodes.filter(
          (node, i) =>
            i !== from &&
            i !== to &&
            Math.abs(node.x - point.x) <= SIZE.width / 2 &&
            Math.abs(node.y - point.y) < SIZE.height / 2,
        );
        expect({ k, near }).toEqual({ k, near: [] });
      });
    }
  });

  it('has no more crossings than the order of the file', () => {
    const index = indexGraph(graph, '');
    const proper = properGraph(index, layersOf(index));
    const ordered = orderColumns(proper);
    expect(crossings(proper, ordered)).toBe(naiveCrossings(proper, ordered));
    expect(crossings(proper, ordered)).toBeLessThanOrEqual(naiveCrossings(proper, proper.columns));
  });

  it('is the same every time', () => {
    expect(layoutOf(graph)).toEqual(layout);
  });
});

describe('a layout', () => {
  it('draws a planar graph without crossings', () => {
    for (const graph of [ladder(4, 5), grid(4, 4), graphOf({ a: [], b: [], c: ['b'], d: ['a'] })]) {
      const index = indexGraph(graph, '');
      const proper = properGraph(index, layersOf(index));
      expect(crossings(proper, orderColumns(proper))).toBe(0);
    }
  });

  it('draws a chain as a straight line', () => {
    expect(new Set(layoutOf(chain(6)).nodes.map(({ y }) => Math.round(y))).size).toBe(1);
  });

  it('gives each of 1,000 nodes a place of its own', () => {
    const { nodes } = layoutOf(sparseDag(1_000, 3, seededRandom(4)));
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(1_000);
  });
});
