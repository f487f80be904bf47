import type { Graph, GraphNode } from '../../lib/core/dag/graph';

/** Edges as pairs of node numbers, the dependency first: [0, 1] means that node 1 needs node 0. */
export type Edges = readonly (readonly [number, number])[];

/** A node with nothing but its defaults: succeeds at once or fails for good, needs nothing. */
export function graphNode(id: string, fields: Partial<GraphNode> = {}): GraphNode {
  return {
    id,
    work: { kind: 'command', run: `echo ${id}` },
    needs: [],
    labels: [],
    slots: 1,
    trigger: 'all_success',
    timeoutMs: 3_600_000,
    retry: {
      strategy: 'exponential',
      initialDelayMs: 1_000,
      maxDelayMs: 60_000,
      maxAttempts: 1,
      jitter: 'full',
    },
    ...fields,
  };
}

/** A graph from needs by node id: `graphOf({ build: [], test: ['build'] })`. */
export function graphOf(
  needs: Readonly<Record<string, readonly string[]>>,
  fields: Partial<Graph> = {},
): Graph {
  const nodes = Object.entries(needs).map(([id, list]) => graphNode(id, { needs: list }));
  return { name: 'test', nodes, onFailure: 'continue', ...fields };
}

/** A graph of `size` nodes n0, n1, ... with these edges; an edge that is there twice counts once. */
export function graphFromEdges(size: number, edges: Edges): Graph {
  const needs = Array.from({ length: size }, () => new Set<string>());
  for (const [from, to] of edges) needs[to]?.add(`n${from}`);
  const nodes = needs.map((set, i) => graphNode(`n${i}`, { needs: [...set] }));
  return { name: 'test', nodes, onFailure: 'continue' };
}

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** One node after another. */
export function chain(size: number): Graph {
  return graphFromEdges(
    size,
    Array.from({ length: size - 1 }, (_, i) => [i, i + 1] as const),
  );
}

/** Any edge from a lower to a higher number with this probability. */
export function randomDag(size: number, density: number, random: () => number): Graph {
  const edges: [number, number][] = [];
  for (let to = 1; to < size; to++) {
    for (let from = 0; from < to; from++) if (random() < density) edges.push([from, to]);
  }
  return graphFromEdges(size, edges);
}

/** Every node needs up to `fanIn` random nodes of lower number: sparse at any size. */
export function sparseDag(size: number, fanIn: number, random: () => number): Graph {
  const edges: [number, number][] = [];
  for (let to = 1; to < size; to++) {
    const count = Math.floor(random() * (fanIn + 1));
    for (let k = 0; k < count; k++) edges.push([Math.floor(random() * to), to]);
  }
  return graphFromEdges(size, edges);
}

/** Layers of `width` nodes; each node needs each node of the layer before with this probability. */
export function layered(layers: number, width: number, density: number, random: () => number): Graph {
  const edges: [number, number][] = [];
  for (let layer = 1; layer < layers; layer++) {
    for (let to = layer * width; to < (layer + 1) * width; to++) {
      for (let from = (layer - 1) * width; from < layer * width; from++) {
        if (random() < density) edges.push([from, to]);
      }
    }
  }
  return graphFromEdges(layers * width, edges);
}

/** Every node needs the one above and the one to its left. */
export function grid(rows: number, columns: number): Graph {
  const edges: [number, number][] = [];
  for (let i = 0; i < rows * columns; i++) {
    if (i >= columns) edges.push([i - columns, i]);
    if (i % columns > 0) edges.push([i - 1, i]);
  }
  return graphFromEdges(rows * columns, edges);
}

/** Every one of `right` nodes needs every one of `left` nodes. */
export function bipartite(left: number, right: number): Graph {
  const edges: [number, number][] = [];
  for (let to = left; to < left + right; to++) for (let from = 0; from < left; from++) edges.push([from, to]);
  return graphFromEdges(left + right, edges);
}

/** Diamonds one after another: a fork into `width` nodes, their join, which is the next one's fork. */
export function ladder(diamonds: number, width = 2): Graph {
  const edges: [number, number][] = [];
  for (let d = 0; d < diamonds; d++) {
    const fork = d * (width + 1);
    for (let k = 1; k <= width; k++) edges.push([fork, fork + k], [fork + k, fork + width + 1]);
  }
  return graphFromEdges(diamonds * (width + 1) + 1, edges);
}

/** Layers one after another, every node of each before every node of the next. */
export function crossings(layers: number, width: number): Graph {
  return layered(layers, width, 1, () => 0);
}

/** A chain of `size` nodes, each with a leaf after it. */
export function comb(size: number): Graph {
  return tree(2 * size, (i) => (i % 2 === 1 ? i - 1 : i - 2));
}

/** Every node but the first needs one of lower number. */
export function tree(size: number, parentOf: (node: number) => number): Graph {
  return graphFromEdges(
    size,
    Array.from({ length: size - 1 }, (_, i) => [parentOf(i + 1), i + 1] as const),
  );
}

/** The same graph so many times, without order between them. */
export function sideBySide({ nodes, ...graph }: Graph, times: number): Graph {
  const copy = (n: number) =>
    nodes.map(({ id, needs, ...node }) => ({
      ...node,
      id: `${id}-${n}`,
      needs: needs.map((need) => `${need}-${n}`),
    }));
  return { ...graph, nodes: Array.from({ length: times }, (_, n) => copy(n)).flat() };
}

/** A random series-parallel order: parts put one after another, completely, or side by side. */
export function seriesParallel(size: number, random: () => number): Graph {
  const edges: [number, number][] = [];
  interface Part {
    readonly from: number;
    readonly to: number;
    readonly inSeries: boolean;
  }
  const stack: Part[] = [{ from: 0, to: size, inSeries: random() < 0.5 }];
  for (let part = stack.pop(); part; part = stack.pop()) {
    if (part.to - part.from < 2) continue;
    const cut = part.from + 1 + Math.floor(random() * (part.to - part.from - 1));
    if (part.inSeries) {
      for (let a = part.from; a < cut; a++) for (let b = cut; b < part.to; b++) edges.push([a, b]);
    }
    stack.push({ from: part.from, to: cut, inSeries: random() < 0.5 });
    stack.push({ from: cut, to: part.to, inSeries: random() < 0.5 });
  }
  return graphFromEdges(size, edges);
}

/** The same graph with its nodes, needs and labels in another order. */
export function reordered(graph: Graph, random: () => number): Graph {
  const nodes = graph.nodes.map((node) => ({
    ...node,
    needs: shuffled(node.needs, random),
    labels: shuffled(node.labels, random),
  }));
  return { ...graph, nodes: shuffled(nodes, random) };
}
