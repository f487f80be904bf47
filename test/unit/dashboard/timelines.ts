import type { TestSummary } from '../../../lib/core/model/test-results';
import type { Timeline, TimelineAttempt, TimelineNode } from '../../../lib/core/projections/timeline';

/** An attempt from when it was ready to its end, milliseconds. */
export function tried(
  attempt: number,
  [readyAt, startedAt, endedAt]: readonly [number, number, number],
  more: Partial<TimelineAttempt> = {},
): TimelineAttempt {
  const durationMs = endedAt - startedAt;
  return { attempt, readyAt, startedAt, endedAt, durationMs, workerId: 'a', end: 'succeeded', ...more };
}

export const nodeOf = (
  nodeId: string,
  attempts: TimelineAttempt[],
  more: Partial<TimelineNode> = { outcome: 'succeeded' },
): TimelineNode => ({ nodeId, attempts, since: 1, ...more });

/** A job of these nodes that was submitted at 0. */
export function timelineOf(nodes: readonly TimelineNode[]): Timeline {
  const latestAt = Math.max(
    0,
    ...nodes.flatMap(({ attempts }) => attempts.map(({ endedAt = 0 }) => endedAt)),
  );
  return {
    ...{ jobId: 'J', traceId: 't', name: 'shop', owner: 'ana', pool: 'default', priority: 'normal' },
    ...{ submittedAt: 0, latestAt, seq: 1, nodes: new Map(nodes.map((node) => [node.nodeId, node])) },
  };
}

/** What a report says of tests. @param failed their titles */
export function testsOf(failed: readonly string[], flaky = 0): TestSummary {
  return {
    counts: { passed: 9, failed: failed.length, skipped: 0, unfinished: 0, flaky },
    failed: failed.map((title) => ({ runner: 'jest', suites: ['cart'], title })),
    ...{ unlisted: 0, problems: [] },
  };
}
