import { orderColumns } from './crossings';
import { type Adjacency, layersOf } from './layers';
import { positionsOf } from './positions';
import { properGraph } from './proper';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Spacing {
  /** Between columns. */
  readonly columns: number;
  /** Between nodes of a column. */
  readonly rows: number;
}

/** A graph on paper, from left to right, in pixels; the corner at the top left is 0, 0. */
export interface Layout extends Size {
  /** Middles, by node. The nodes of a column begin on one line. */
  readonly nodes: readonly Point[];
  /** From the right side of one node to the left side of the other, with both sides of every column it crosses. */
  readonly edges: readonly {
    readonly from: number;
    readonly to: number;
    readonly points: readonly Point[];
  }[];
}

/** Room for an edge that passes between nodes. */
const BEND_ROOM = 10;

/**
 * Layered drawing (Sugiyama): columns, an order in them with few crossings, positions near the neighbours.
 * Deterministic. O(rounds * (nodes + bends + edges) * log).
 */
export function layOut(graph: Adjacency, sizes: readonly Size[], spacing: Spacing): Layout {
  const proper = properGraph(graph, layersOf(graph));
  const columns = orderColumns(proper);
  const room = (vertex: number) => (sizes[vertex] ? sizes[vertex].height + spacing.rows : BEND_ROOM);
  const y = positionsOf(proper, columns, room);
  const widths = columns.map((column) =>
    column.reduce((most, vertex) => Math.max(most, sizes[vertex]?.width ?? 0), 0),
  );
  const left: number[] = [];
  let width = 0;
  for (const w of widths) {
    left.push(width);
    width += w + spacing.columns;
  }
  const nodes = sizes.map((_, i): Point => {
    const column = proper.layer[i]!;
    return { x: left[column]! + sizes[i]!.width / 2, y: y[i]! };
  });
  const edges = proper.routes.map(({ from, to, through }) => ({
    from,
    to,
    points: [
      { x: nodes[from]!.x + sizes[from]!.width / 2, y: y[from]! },
      { x: left[proper.layer[from]!]! + widths[proper.layer[from]!]!, y: y[from]! },
      ...through.flatMap((bend) => {
        const column = proper.layer[bend]!;
        return [
          { x: left[column]!, y: y[bend]! },
          { x: left[column]! + widths[column]!, y: y[bend]! },
        ];
      }),
      { x: left[proper.layer[to]!]!, y: y[to]! },
    ],
  }));
  const bottom = columns.flat().reduce((most, v) => Math.max(most, y[v]! + room(v) / 2), 0);
  return { nodes, edges, width: Math.max(0, width - spacing.columns), height: bottom };
}
