import { judge } from '../../../lib/core/dag/condition/evaluate';
import type { Graph } from '../../../lib/core/dag/graph';
import { type DependencyResult, triggerHolds } from '../../../lib/core/dag/trigger-rule';

export type Status = 'success' | 'failed' | 'skipped';

/** What the engine makes of the graph, by its own rules and conditions. */
export async function outcomes(
  graph: Graph,
  fails: (id: string) => boolean,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Map<string, Status>> {
  const results: Record<string, { status: string }> = {};
  const counts = new Map<string, DependencyResult>();
  const left = [...graph.nodes];
  while (left.length > 0) {
    const at = left.findIndex(({ needs }) => needs.every((need) => counts.has(need)));
    const [node] = left.splice(at, 1);
    const { id, needs, trigger, when, allowFailure } = node!;
    const before = needs.map((need) => counts.get(need)!);
    if (!triggerHolds(trigger, before)) {
      results[id] = { status: 'skipped' };
      counts.set(id, before.includes('failure') ? 'failure' : 'skip');
      continue;
    }
    const upstream = Object.fromEntries([...upstreamOf(graph, id)].map((key) => [key, results[key]]));
    const judged =
      when === undefined ? { holds: true } : await judge({ when, input: { results: upstream, parameters } });
    if (!('holds' in judged)) throw new Error(JSON.stringify(judged));
    const ended = fails(id) && !allowFailure ? 'failed' : 'succeeded';
    const status = judged.holds ? ended : 'skipped';
    results[id] = { status };
    counts.set(id, status === 'succeeded' ? 'success' : status === 'skipped' ? 'skip' : 'failure');
  }
  return new Map(
    Object.entries(results).map(([id, { status }]) => [
      id,
      status === 'succeeded' ? 'success' : (status as Status),
    ]),
  );
}

function upstreamOf(graph: Graph, id: string): Set<string> {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const need of graph.nodes.find((node) => node.id === name)!.needs) {
      if (!found.has(need)) visit(need);
      found.add(need);
    }
  };
  visit(id);
  return found;
}
