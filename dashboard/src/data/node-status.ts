import type { TimelineNode } from '../../../lib/core/projections/timeline';

/** How nodes stand, in the order in which a bar of them is drawn. */
export const NODE_STATUSES = [
  ...['succeeded', 'failed', 'cancelled', 'skipped', 'running', 'backoff', 'ready', 'expanded', 'waiting'],
] as const;

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

/** It succeeded, and not at its first attempt or with a warning. */
export function isFlaky(node: Readonly<TimelineNode> | undefined): boolean {
  if (node?.outcome !== 'succeeded') return false;
  const own = node.attempts.filter(({ attempt }) => attempt >= node.since);
  const flaky = own.at(-1)?.tests?.counts.flaky ?? 0;
  return own.length > 1 || flaky > 0 || node.warning !== undefined;
}
