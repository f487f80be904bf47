import type { Timeline, TimelineNode } from '../../../lib/core/projections/timeline';
import { isFlaky, statusOf } from '../data/node-status';

/** What the picture of a graph says of a node. */
export interface Facts extends Record<string, unknown> {
  readonly status: string;
  readonly attempts: number;
  readonly took: number | undefined;
  readonly isFlaky: boolean;
  /** Of a fan-out: how many of its items are over, of how many. */
  readonly items: string | undefined;
}

/** Items over and all, by fan-out. */
export function itemsOver({ nodes }: Timeline): ReadonlyMap<string, number> {
  const over = new Map<string, number>();
  for (const { itemOf, outcome } of nodes.values())
    if (itemOf !== undefined && outcome !== undefined) over.set(itemOf, (over.get(itemOf) ?? 0) + 1);
  return over;
}

export function factsOf(node: Readonly<TimelineNode> | undefined, over: number | undefined): Facts {
  const last = node?.attempts.findLast(({ durationMs }) => durationMs !== undefined);
  return {
    status: statusOf(node),
    attempts: node?.attempts.length ?? 0,
    took: last?.durationMs,
    isFlaky: isFlaky(node),
    items: node?.items === undefined ? undefined : `${over ?? 0}/${node.items}`,
  };
}

export const sameFacts = (a: Facts, b: Facts): boolean =>
  a.status === b.status &&
  a.attempts === b.attempts &&
  a.took === b.took &&
  a.isFlaky === b.isFlaky &&
  a.items === b.items;
