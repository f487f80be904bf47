import type { Graph, GraphNode } from '../dag/graph';
import { indexGraph } from '../dag/graph-index';
import type { Worker } from '../messages/pool';
import { grouped } from '../model/grouped';
import { present } from '../model/present';
import type { Priority } from '../model/priority';
import type { Resources } from '../model/resources';
import type { Timeline, TimelineNode } from '../projections/timeline';

/** What an attempt takes of a pool. */
export interface LoadDemand {
  readonly labels: readonly string[];
  readonly slots: number;
  readonly resources?: Resources;
  readonly concurrency?: { readonly key: string; readonly limit: number };
  readonly dependencies?: readonly string[];
}

/** An attempt that ran, when. Milliseconds since the epoch. */
export interface LoadAttempt {
  readonly readyAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly workerId: string;
}

export interface LoadNode {
  readonly nodeId: string;
  /** The node of the graph that it is an item of, else itself. */
  readonly of: string;
  readonly suite?: string;
  /** What it waited for, as indexes into the nodes of its job: of what it needs, that which had ended when it was ready. */
  readonly after: readonly number[];
  readonly demand: LoadDemand;
  /** The longest remaining path of its graph, milliseconds. */
  readonly rank: number;
  /** In order; none of a node that was skipped, of a fan-out, and of one that never got a worker. */
  readonly attempts: readonly LoadAttempt[];
  /** When all that needs it could go on. */
  readonly doneAt: number;
}

/** A job that is over. */
export interface LoadJob {
  readonly jobId: string;
  readonly graph: string;
  readonly owner: string;
  readonly priority: Priority;
  readonly submittedAt: number;
  readonly admittedAt: number;
  readonly endedAt: number;
  readonly nodes: readonly LoadNode[];
}

/** A worker, and while it was there. */
export interface LoadWorker extends Pick<Worker, 'workerId' | 'labels' | 'slots' | 'resources'> {
  /** Absent: from the beginning. */
  readonly from?: number;
  /** Absent: to the end. */
  readonly until?: number;
}

/** A dependency was open. */
export interface Outage {
  readonly dependency: string;
  readonly from: number;
  readonly until: number;
}

/** What a pool was asked to do, and what it had for that. */
export interface Load {
  /** In the order in which they were submitted. */
  readonly jobs: readonly LoadJob[];
  readonly workers: readonly LoadWorker[];
  /** Jobs that may run at once. */
  readonly maxRunningJobs: number;
  readonly outages: readonly Outage[];
}

/**
 * A job as its journal tells it; undefined of one that is not over, or that was never let begin.
 * @param graph that it followed last.
 */
export function loadJobOf(timeline: Timeline, graph: Graph): LoadJob | undefined {
  const { jobId, name, owner, priority, submittedAt, endedAt, admittedAt = submittedAt } = timeline;
  if (endedAt === undefined || timeline.status === undefined) return undefined;
  const nodes = [...timeline.nodes.values()];
  const places = new Map(nodes.map(({ nodeId }, i) => [nodeId, i]));
  const specs = new Map(graph.nodes.map((spec) => [spec.id, spec]));
  const rankOf = ranks(timeline, graph);
  const itemsOf = grouped(nodes, ({ itemOf = '' }) => itemOf);
  const ran = nodes.map((node) => attemptsOf(node));
  const doneAt = nodes.map(({ endedAt: at }, i) => ran[i]!.at(-1)?.endedAt ?? at ?? admittedAt);

  const load = nodes.map((node, i): LoadNode => {
    const of = node.itemOf ?? node.nodeId;
    const spec = specs.get(of);
    const attempts = ran[i]!;
    const begun = attempts[0]?.readyAt ?? doneAt[i]!;
    // A fan-out is over when its items are.
    const items = itemsOf.get(node.nodeId)?.map(({ nodeId }) => nodeId);
    const after = (items ?? spec?.needs ?? [])
      .flatMap((id) => places.get(id) ?? [])
      .filter((need) => doneAt[need]! <= begun);
    const { work } = spec ?? {};
    return {
      ...{ nodeId: node.nodeId, of, after, demand: demandOf(spec), rank: rankOf(of), attempts },
      doneAt: doneAt[i]!,
      ...present({ suite: work?.kind === 'suite' ? work.suite : undefined }),
    };
  });
  const about = { jobId, graph: name, owner, priority };
  return { ...about, submittedAt, admittedAt, endedAt, nodes: load };
}

function attemptsOf({ attempts, since }: TimelineNode): LoadAttempt[] {
  return attempts.flatMap(({ attempt, compensates, readyAt, startedAt, endedAt, workerId }) => {
    if (attempt < since || compensates || readyAt === undefined) return [];
    if (startedAt === undefined || endedAt === undefined || workerId === undefined) return [];
    return [{ readyAt, startedAt, endedAt, workerId }];
  });
}

function demandOf(spec: GraphNode | undefined): LoadDemand {
  if (spec === undefined) return { labels: [], slots: 1 };
  const { labels, slots, resources, concurrency, dependencies } = spec;
  return { labels, slots, ...present({ resources, concurrency, dependencies }) };
}

/** Ranks as of a runtime that has learned how long nodes take, where the graph does not say. */
function ranks({ nodes }: Timeline, graph: Graph): (nodeId: string) => number {
  const timed = graph.nodes.map((spec) => {
    const durationMs = spec.durationMs ?? nodes.get(spec.id)?.attempts.at(-1)?.durationMs;
    return durationMs === undefined ? spec : { ...spec, durationMs };
  });
  const index = indexGraph({ ...graph, nodes: timed }, '');
  return (nodeId) => index.rank[index.indexOf.get(nodeId) ?? -1] ?? 0;
}

/** A load of jobs that ran on these workers. */
export function loadOf(
  jobs: readonly LoadJob[],
  { workers, maxRunningJobs, outages }: Omit<Load, 'jobs'>,
): Load {
  const sorted = jobs.toSorted((a, b) => a.submittedAt - b.submittedAt || (a.jobId < b.jobId ? -1 : 1));
  return { jobs: sorted, workers, maxRunningJobs, outages };
}

/** The latest of them that have no more attempts together than these; one at least. */
export function latestOf(load: Load, attempts: number): Load {
  let left = attempts;
  const kept = load.jobs.toReversed().filter((job, i) => {
    left -= job.nodes.reduce((sum, node) => sum + node.attempts.length, 0);
    return left >= 0 || i === 0;
  });
  return { ...load, jobs: kept.toReversed() };
}

/** Names of the dependencies that nodes of these jobs need. */
export function dependenciesOf(jobs: readonly LoadJob[]): string[] {
  const names = jobs.flatMap(({ nodes }) => nodes.flatMap(({ demand }) => demand.dependencies ?? []));
  return [...new Set(names)].sort();
}
