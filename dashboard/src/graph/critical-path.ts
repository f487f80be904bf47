import type { Timeline, TimelineNode } from '../../../lib/core/projections/timeline';
import type { LaidNode } from './layout';

export interface CriticalPath {
  /** From the first node to the last, by their names in the graph. */
  readonly nodes: readonly string[];
  /** What of the job it explains, milliseconds: of each node, from when it could begin to its end. */
  readonly steps: readonly { readonly nodeId: string; readonly waitedMs: number; readonly ranMs: number }[];
}

interface Span {
  readonly nodeId: string;
  readonly readyAt: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * What made the job take as long as it took, so far: back from the node that ended last, each time to the one of its needs that ended
 * last. A fan-out ends with the last of its items.
 */
export function criticalPath(graph: readonly LaidNode[], timeline: Timeline): CriticalPath {
  const spans = spansOf(timeline);
  const needs = new Map(graph.map((node) => [node.id, node.needs]));
  const steps: CriticalPath['steps'][number][] = [];
  const passed = new Set<string>();
  let next = lastOf(graph.map(({ id }) => id));
  while (next && !passed.has(next.nodeId)) {
    passed.add(next.nodeId);
    const { nodeId, readyAt, startedAt, endedAt } = next;
    steps.push({ nodeId, waitedMs: startedAt - readyAt, ranMs: endedAt - startedAt });
    next = lastOf(needs.get(nodeId) ?? []);
  }
  steps.reverse();
  return { nodes: steps.map(({ nodeId }) => nodeId), steps };

  function lastOf(ids: readonly string[]): Span | undefined {
    return ids
      .flatMap((id) => spans.get(id) ?? [])
      .reduce<Span | undefined>(
        (last, span) => (last && last.endedAt >= span.endedAt ? last : span),
        undefined,
      );
  }
}

function spansOf({ nodes, latestAt }: Timeline): Map<string, Span> {
  const spans = new Map<string, Span>();
  for (const node of nodes.values()) {
    const span = spanOf(node, latestAt);
    if (!span) continue;
    const nodeId = node.itemOf ?? node.nodeId;
    const known = spans.get(nodeId);
    if (!known || known.endedAt < span.endedAt) spans.set(nodeId, { ...span, nodeId });
  }
  return spans;
}

/** Undefined of one that was never tried. One that is not over ends, as far as is known, now. */
function spanOf({ nodeId, attempts, since, endedAt }: TimelineNode, now: number): Span | undefined {
  const own = attempts.filter(({ attempt, compensates }) => attempt >= since && !compensates);
  const first = own.find(({ startedAt }) => startedAt !== undefined);
  if (first?.startedAt === undefined) return undefined;
  const { startedAt, readyAt = startedAt } = first;
  return { nodeId, readyAt, startedAt, endedAt: own.at(-1)?.endedAt ?? endedAt ?? now };
}
