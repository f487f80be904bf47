import type { Graph } from '../../lib/core/dag/graph';
import type { JobEvent } from '../../lib/core/job/events';

/** What is known of one rollback while its events pass by. */
interface Watched {
  readonly nodes: readonly string[];
  readonly over: Map<string, 'undone' | 'parked'>;
  readonly lost: Map<string, number>;
}

/**
 * Follows the journal of a job and throws where a rollback breaks what docs/rollback.md promises. O(events * nodes).
 * @returns how many rollbacks came to their end.
 */
export function checkRollbacks(graph: Graph, events: readonly JobEvent[]): number {
  const below = transitiveDependents(graph);
  /** Sequence of completion of what has succeeded and is not undone. */
  const done = new Map<string, number>();
  /** Of completion, whatever the outcome: a person may say later that it counts as succeeded. */
  const ends = new Map<string, number>();
  const attempts = new Set<string>();
  let current: Watched | undefined;
  let ended = 0;

  function fresh(nodeId: string, attempt: number): void {
    const key = `${nodeId}/${attempt}`;
    if (attempts.has(key)) throw new Error(`attempt ${key} was made ready twice`);
    attempts.add(key);
  }

  function started(nodes: readonly string[], to: number): Watched {
    if (current) throw new Error('a rollback began within another');
    if (nodes.length === 0 || new Set(nodes).size !== nodes.length) throw new Error(`undoes ${nodes}`);
    const at = nodes.map((id) => done.get(id) ?? Number.NaN);
    if (at.some((seq) => !(seq > to))) throw new Error(`undoes what was not done after ${to}: ${nodes}`);
    if (at.some((seq, k) => k > 0 && seq >= (at[k - 1] as number))) throw new Error(`order: ${nodes}`);
    return { nodes, over: new Map(), lost: new Map() };
  }

  function stepReady({ nodes, over }: Watched, nodeId: string): void {
    if (!nodes.includes(nodeId)) throw new Error(`${nodeId} is undone though nobody said so`);
    if (over.has(nodeId)) throw new Error(`${nodeId} is undone again`);
    const early = nodes.filter((id) => below(nodeId).has(originOf(graph, id)) && !over.has(id));
    if (early.length > 0) throw new Error(`${nodeId} is undone before ${early}, which need it`);
  }

  function completed({ nodes, over }: Watched, undone: readonly string[], parked: readonly string[]): void {
    const told = [...undone.map((id) => [id, 'undone']), ...parked.map((id) => [id, 'parked'])];
    if (told.length !== nodes.length || told.some(([id, how]) => over.get(id as string) !== how)) {
      throw new Error(`ended as ${JSON.stringify(told)}, of ${JSON.stringify([...over])}`);
    }
  }

  for (const [i, event] of events.entries()) {
    const { type, data } = event;
    if (type === 'rollback.started') current = started(data.nodes, data.to ?? 0);
    else if (type === 'node.completed') {
      ends.set(data.nodeId, i + 1);
      if (data.outcome === 'succeeded') done.set(data.nodeId, i + 1);
    } else if (type === 'node.overruled' && data.outcome === 'succeeded')
      done.set(data.nodeId, ends.get(data.nodeId) ?? Number.NaN);
    else if (type === 'node.ready') fresh(data.nodeId, data.attempt);
    else if (type === 'job.resumed') for (const id of data.nodes) done.delete(id);
    const isForward = type === 'node.ready' || type === 'node.completed' || type === 'job.completed';
    if (current && isForward) throw new Error(`${type} within a rollback`);
    if (!type.startsWith('rollback.') || type === 'rollback.requested' || type === 'rollback.started')
      continue;
    if (!current) throw new Error(`${type} outside of a rollback`);
    if (type === 'rollback.stepReady') {
      stepReady(current, data.nodeId);
      fresh(data.nodeId, data.attempt);
    } else if (type === 'rollback.stepSucceeded') {
      current.over.set(data.nodeId, 'undone');
      done.delete(data.nodeId);
    } else if (type === 'rollback.stepGivenUp') current.over.set(data.nodeId, 'parked');
    else if (type === 'rollback.completed') {
      completed(current, data.undone, data.parked);
      current = undefined;
      ended += 1;
    }
  }
  if (current) throw new Error('a rollback never ended');
  return ended;
}

/** The node of the graph that an item stands for. */
function originOf({ nodes }: Graph, id: string): string {
  return nodes.some((node) => node.id === id) ? id : id.replace(/-\d+$/, '');
}

/** By node: what needs it, near and far. */
function transitiveDependents(graph: Graph): (id: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const of = originOf(graph, id);
    let found = known.get(of);
    if (!found) {
      const seen = new Set([of]);
      for (const each of seen) {
        for (const { id: other, needs } of graph.nodes) if (needs.includes(each)) seen.add(other);
      }
      seen.delete(of);
      found = seen;
      known.set(of, found);
    }
    return found;
  };
}
