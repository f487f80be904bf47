import type { Graph, GraphNode } from '../lib/core/dag/graph';
import type { FleetJob } from '../test/support/fleet';
import { type Edges, graphFromEdges, seededRandom, sparseDag } from '../test/support/graphs';

const CLASSES = ['low', 'normal', 'normal', 'normal', 'high', 'critical'] as const;

export interface LoadOptions {
  readonly jobs: number;
  /** How many graphs they share; one for each by default. */
  readonly graphs?: number;
  readonly owners: number;
  /** Nodes of a job, from and to. */
  readonly sizes: readonly [number, number];
  /** The shortest duration; the longest is ninety times as long, the mean about twelve times. Milliseconds. */
  readonly shortestMs: number;
}

/**
 * Jobs of several shapes, owners and classes. A third of the nodes wants Chromium or a GPU, a tenth two slots. The same
 * options give the same jobs.
 */
export function loadJobs(options: LoadOptions): FleetJob[] {
  const graphs = graphsOf(options);
  return Array.from({ length: options.jobs }, (_, i) => ({
    jobId: `job-${i}`,
    owner: `owner-${i % options.owners}`,
    priority: CLASSES[i % CLASSES.length] ?? 'normal',
    graph: graphs[i % graphs.length] as Graph,
  }));
}

function graphsOf({ jobs, graphs = jobs, sizes: [least, most], shortestMs }: LoadOptions): Graph[] {
  const random = seededRandom(17);
  return Array.from({ length: graphs }, (_, i) => {
    const size = least + Math.floor(random() * (most - least + 1));
    const shape = SHAPES[i % SHAPES.length] ?? chainOf;
    const bare = shape(size, random);
    const nodes = bare.nodes.map((node): GraphNode => {
      const durationMs = Math.round(shortestMs * Math.exp(4.5 * random() ** 2));
      return { ...node, durationMs, labels: [labelFor(random())], slots: random() < 0.1 ? 2 : 1 };
    });
    return { ...bare, name: `load-${i}`, nodes };
  });
}

/** The same graph as its author would write it, its nodes commands that sleep. */
export function documentOf({ name, nodes }: Graph): object {
  return {
    name,
    nodes: nodes.map(({ id, needs, labels, slots, durationMs = 0 }) => ({
      id,
      run: `sleep ${durationMs / 1_000}`,
      needs: [...needs],
      labels: [...labels],
      ...(slots > 1 ? { resources: { slots } } : {}),
      duration: `${durationMs}ms`,
    })),
  };
}

const chainOf = (size: number): Graph =>
  graphFromEdges(
    size,
    Array.from({ length: size - 1 }, (_, i): [number, number] => [i, i + 1]),
  );

/** A build, suites beside each other, a report. */
const fanOf = (size: number): Graph => {
  const edges: [number, number][] = [];
  for (let suite = 1; suite < size - 1; suite++) edges.push([0, suite], [suite, size - 1]);
  return graphFromEdges(size, size > 2 ? edges : [[0, 1]]);
};

/** Two chains that end in the same report. */
const lanesOf = (size: number): Graph => {
  const edges: Edges = Array.from({ length: size - 1 }, (_, i): [number, number] => [
    i,
    Math.min(i + 2, size - 1),
  ]);
  return graphFromEdges(size, edges);
};

const SHAPES = [chainOf, fanOf, lanesOf, (size: number, random: () => number) => sparseDag(size, 2, random)];

function labelFor(lot: number): string {
  if (lot < 0.04) return 'gpu';
  return lot < 0.34 ? 'chromium' : 'linux';
}
