import type { Work } from '../model/work';
import { digest } from './digest';

/** What a node does and where, and how long its author expects it to take. */
interface TimedNode {
  readonly work: Work;
  readonly labels: readonly string[];
  readonly slots: number;
  /** Milliseconds. */
  readonly durationMs?: number;
}

interface TimedGraph {
  readonly nodes: readonly TimedNode[];
}

/** Expected durations, milliseconds, by `nodeHash`. */
export type DurationHistory = ReadonlyMap<string, number>;

export const NO_HISTORY: DurationHistory = new Map();

/** Successful attempts of a node that count for its expected duration: the latest ones. */
export const SAMPLES_PER_NODE = 20;

/** Whether an attempt says how long its node takes: one that passed, and that ran all of its work. */
export const isTimed = ({ passed, rerun }: { readonly passed: boolean; readonly rerun?: boolean }): boolean =>
  passed && rerun !== true;

/** Where the durations of a graph's nodes come from: how many each. */
export interface DurationSources {
  /** Written in the graph. */
  readonly declared: number;
  /** From the history of the same work. */
  readonly learned: number;
  /** `PRIOR_DURATION_MS`, for want of anything better. */
  readonly assumed: number;
}

/**
 * What a node does and where, as 16 hex digits of a SHA-256: work, labels and slots. Not its name, its needs, its
 * secrets, its reports, or how it is tried again: those do not change how long it takes.
 */
export function nodeHash({
  work: { secrets: _, reports: _reports, ...work },
  labels,
  slots,
}: TimedNode): string {
  return digest({ work, labels: [...labels].sort(), slots });
}

/**
 * The same graph with durations of the history where the author gave none. Its content hash differs from that of
 * the graph: keep the hash of what the author wrote, and pass it on with this one.
 */
export function withLearnedDurations<G extends TimedGraph>(graph: G, history: DurationHistory): G {
  if (history.size === 0) return graph;
  const nodes = graph.nodes.map((node) => {
    if (node.durationMs !== undefined) return node;
    const durationMs = history.get(nodeHash(node));
    return durationMs === undefined ? node : { ...node, durationMs };
  });
  return { ...graph, nodes };
}

/** @param graph as its author wrote it. */
export function durationSources(graph: TimedGraph, history: DurationHistory): DurationSources {
  const unknown = graph.nodes.filter(({ durationMs }) => durationMs === undefined);
  const learned = history.size === 0 ? 0 : unknown.filter((node) => history.has(nodeHash(node))).length;
  return { declared: graph.nodes.length - unknown.length, learned, assumed: unknown.length - learned };
}

/**
 * The duration to expect after these: the median of the latest `SAMPLES_PER_NODE`, which one slow machine or one
 * warm cache does not move. Milliseconds, whole.
 * @param samples oldest first, at least one.
 */
export function expectedDuration(samples: readonly number[]): number {
  const latest = samples.slice(-SAMPLES_PER_NODE).sort((a, b) => a - b);
  const middle = latest.length >> 1;
  const upper = latest[middle]!;
  return Math.round(latest.length % 2 === 1 ? upper : (latest[middle - 1]! + upper) / 2);
}
