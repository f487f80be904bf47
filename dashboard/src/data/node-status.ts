import type { TimelineNode } from '../../../lib/core/projections/timeline';

/** How a node stands, by what its timeline knows. */
export function statusOf(node: Readonly<TimelineNode> | undefined): string {
  if (!node) return 'waiting';
  if (node.outcome) return node.outcome;
  if (node.items !== undefined) return 'expanded';
  const last = node.attempts.at(-1);
  if (!last || last.attempt < node.since) return 'waiting';
  if (last.end === 'failed' || last.end === 'lost') return 'backoff';
  if (last.startedAt !== undefined) return 'running';
  return 'ready';
}
