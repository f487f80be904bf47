import { type Blame, nodeName, QUEUE } from './bottleneck-bound';
import type { LoadAttempt, LoadDemand, LoadJob, LoadNode } from './load';

/** A wait on a critical path. */
export interface PathWait {
  readonly demand: LoadDemand;
  readonly attempt: LoadAttempt;
}

/**
 * Goes back from the end of a job: its last node, each of its attempts and what lay between them, and then what that node
 * waited for last, to the submission. Every moment of the job is passed once. Time in which a node runs or backs off is
 * blamed on the node, and on its suite; the time until the job was let begin on the queue. O(nodes + edges).
 * @returns the waits on the way, which somebody else has to explain.
 */
export function walkBack(job: LoadJob, blame: Blame): PathWait[] {
  const waits: PathWait[] = [];
  let node = lastOf(job.nodes);
  while (node) {
    const { nodeId: _, of, suite, demand, attempts } = node;
    const bounds = [{ kind: 'node' as const, name: nodeName(job.graph, of) }];
    let endedAt: number | undefined;
    for (const attempt of attempts.toReversed()) {
      // A retry's delay belongs to the node that is retried.
      const until = endedAt ?? attempt.endedAt;
      const ms = Math.max(0, until - attempt.startedAt);
      for (const bound of bounds) blame.add(bound, ms);
      if (suite !== undefined) blame.add({ kind: 'suite', name: suite }, ms);
      if (attempt.startedAt > attempt.readyAt) waits.push({ demand, attempt });
      endedAt = attempt.readyAt;
    }
    node = lastOf(node.after.flatMap((need) => job.nodes[need] ?? []));
  }
  if (job.admittedAt > job.submittedAt) blame.add(QUEUE, job.admittedAt - job.submittedAt);
  return waits;
}

function lastOf(nodes: readonly LoadNode[]): LoadNode | undefined {
  return nodes.reduce<LoadNode | undefined>(
    (last, node) => (last && last.doneAt >= node.doneAt ? last : node),
    undefined,
  );
}
