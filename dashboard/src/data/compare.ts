import { testName } from '../../../lib/core/history/test-key';
import type { Timeline, TimelineNode } from '../../../lib/core/projections/timeline';

export const CHANGES = ['broke', 'mended', 'flaky', 'slower', 'faster', 'new', 'gone', 'same'] as const;
export type Change = (typeof CHANGES)[number];

/** A node in two runs of a graph. */
export interface Compared {
  readonly nodeId: string;
  readonly change: Change;
  readonly before?: RunOfNode;
  readonly after?: RunOfNode;
  /** How much longer it took, milliseconds; absent where it did not succeed in both. */
  readonly deltaMs?: number;
  /** Tests that failed in the later run and not in the earlier, by name. */
  readonly newFailures: readonly string[];
}

export interface RunOfNode {
  readonly outcome: string;
  readonly attempts: number;
  /** Of the attempt that counts. */
  readonly tookMs?: number;
  /** Tests that failed and then passed, in the attempt that counts. */
  readonly flakyTests: number;
  readonly failedTests: readonly string[];
}

/** What is slower or faster by less than this, and by less than a tenth, is noise. */
const NOISE_MS = 250;
const NOISE_SHARE = 0.1;

/** What got slower, what turned flaky, what broke and what is new, worst first. */
export function compareRuns(before: Timeline, after: Timeline): Compared[] {
  const names = new Set([...before.nodes.keys(), ...after.nodes.keys()]);
  const rows = [...names].map((nodeId) =>
    compared(nodeId, runOf(before.nodes.get(nodeId)), runOf(after.nodes.get(nodeId))),
  );
  const rank = (row: Compared) => CHANGES.indexOf(row.change);
  return rows.sort((a, b) => rank(a) - rank(b) || Math.abs(b.deltaMs ?? 0) - Math.abs(a.deltaMs ?? 0));
}

function compared(nodeId: string, before: RunOfNode | undefined, after: RunOfNode | undefined): Compared {
  const known = new Set(before?.failedTests);
  const newFailures = (after?.failedTests ?? []).filter((test) => !known.has(test));
  const runs = { nodeId, newFailures, ...(before && { before }), ...(after && { after }) };
  if (!after) return { ...runs, change: 'gone' };
  if (!before) return { ...runs, change: 'new' };
  const didBoth = before.outcome === 'succeeded' && after.outcome === 'succeeded';
  const delta =
    didBoth && before.tookMs !== undefined && after.tookMs !== undefined
      ? { deltaMs: after.tookMs - before.tookMs }
      : {};
  return { ...runs, ...delta, change: changeOf(before, after, delta.deltaMs ?? 0) };
}

function changeOf(before: RunOfNode, after: RunOfNode, deltaMs: number): Change {
  if (after.outcome === 'failed' && before.outcome !== 'failed') return 'broke';
  if (before.outcome === 'failed' && after.outcome === 'succeeded') return 'mended';
  if (isFlaky(after) && !isFlaky(before)) return 'flaky';
  const bound = Math.max(NOISE_MS, NOISE_SHARE * (before.tookMs ?? 0));
  if (deltaMs > bound) return 'slower';
  return deltaMs < -bound ? 'faster' : 'same';
}

/** It came right in the end, and not at once. */
const isFlaky = ({ outcome, attempts, flakyTests }: RunOfNode): boolean =>
  outcome === 'succeeded' && (attempts > 1 || flakyTests > 0);

function runOf(node: Readonly<TimelineNode> | undefined): RunOfNode | undefined {
  // A fan-out is what its items are.
  if (!node || node.items !== undefined) return undefined;
  const own = node.attempts.filter(({ attempt, compensates }) => attempt >= node.since && !compensates);
  const last = own.at(-1);
  const tookMs = last?.durationMs;
  return {
    outcome: node.outcome ?? 'running',
    attempts: own.length,
    flakyTests: last?.tests?.counts.flaky ?? 0,
    failedTests: (last?.tests?.failed ?? []).map(testName),
    ...(tookMs !== undefined && { tookMs }),
  };
}
