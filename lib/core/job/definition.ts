import type { GraphNode } from '../dag/graph';
import { digest } from '../history/digest';

/**
 * What a node does, as 16 hex digits of a SHA-256: all that its definition says but how long it may take, how it is tried
 * again, and what it takes of its worker and of the pool. With another definition hash a result does not stand any more.
 *
 * What it runs counts, with its secrets and reports; where (labels); after what and when (needs, trigger rule, conditions);
 * and how it is undone, as the new way to undo it may not fit what the old one left. Fields that are added to a node count
 * unless they are left out here.
 */
export function definitionHash(node: GraphNode): string {
  const { durationMs: _expected, timeoutMs: _timeout, retry: _retry, ...rest } = node;
  const { slots: _slots, resources: _amounts, concurrency: _limit, dependencies: _names, ...does } = rest;
  return digest({ ...does, needs: [...does.needs].sort(), labels: [...does.labels].sort() });
}
