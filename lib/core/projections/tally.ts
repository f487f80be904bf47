import type { JobEvent } from '../job/events';
import type { Recorded } from '../journal/envelope';
import { itemId } from '../model/item-id';
import type { Outcome } from '../model/outcome';

/** What a report says of a node. */
export interface NodeTally {
  /** The latest attempt, milliseconds; 0 before the first ended. */
  durationMs: number;
  outcome?: Outcome;
}

/** What reports need beside the fold of the deciders: a view of the journal, folded event by event. */
export interface Tally {
  readonly nodes: ReadonlyMap<string, NodeTally>;
  readonly apply: (event: Recorded) => void;
  /** Nodes whose outcome stands, items of fan-outs included. */
  readonly finished: () => number;
  /** Items of fan-outs that were decided so far. */
  readonly items: () => number;
}

export function createTally(): Tally {
  const nodes = new Map<string, NodeTally>();
  const itemsOf = new Map<string, number>();
  let [finished, items] = [0, 0];

  function forget(nodeId: string): void {
    if (nodes.get(nodeId)?.outcome !== undefined) finished -= 1;
    nodes.delete(nodeId);
  }

  /** A fan-out that runs again may be decided otherwise. */
  function expand(nodeId: string, count: number): void {
    for (let i = 0; i < Math.max(count, itemsOf.get(nodeId) ?? 0); i++) forget(itemId(nodeId, i));
    items += count - (itemsOf.get(nodeId) ?? 0);
    itemsOf.set(nodeId, count);
  }

  /** Nothing is known of any node but those that are kept. Items count while one of their fan-out is. */
  function replan(keeps: ReadonlySet<string>): void {
    for (const nodeId of [...nodes.keys()]) if (!keeps.has(nodeId)) forget(nodeId);
    for (const [nodeId, count] of itemsOf) {
      if (
        keeps.has(nodeId) ||
        Array.from({ length: count }, (_, i) => itemId(nodeId, i)).some((id) => keeps.has(id))
      ) {
        continue;
      }
      items -= count;
      itemsOf.delete(nodeId);
    }
  }

  function nodeOf(nodeId: string): NodeTally {
    let node = nodes.get(nodeId);
    if (!node) {
      node = { durationMs: 0 };
      nodes.set(nodeId, node);
    }
    return node;
  }

  return {
    nodes,
    finished: () => finished,
    items: () => items,
    apply({ type, data }) {
      const event = { type, data } as JobEvent;
      switch (event.type) {
        case 'attempt.succeeded':
        case 'attempt.failed':
          nodeOf(event.data.nodeId).durationMs = event.data.durationMs;
          return;
        case 'node.completed':
          nodeOf(event.data.nodeId).outcome = event.data.outcome;
          finished += 1;
          return;
        case 'node.overruled':
          nodeOf(event.data.nodeId).outcome = event.data.outcome;
          return;
        case 'job.resumed':
          for (const nodeId of event.data.nodes) forget(nodeId);
          return;
        case 'job.replanned':
          replan(new Set(event.data.keeps));
          return;
        case 'node.expanded':
          expand(event.data.nodeId, event.data.items.length);
          return;
        default:
          return;
      }
    },
  };
}
