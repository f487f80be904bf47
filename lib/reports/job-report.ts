import { itemId } from '../core/model/item-id';
import type { JobOutcome, Outcome } from '../core/model/outcome';
import { present } from '../core/model/present';
import type { TestStatus } from '../core/model/test-results';
import type { Timeline, TimelineAttempt, TimelineNode } from '../core/projections/timeline';
import type { TestHistory, Try } from './history';
import { summarisedTests } from './summaries';

/** A node of a job as a suite. Times are milliseconds since the epoch. */
export interface NodeSuite {
  readonly nodeId: string;
  readonly outcome?: Outcome;
  /** Why it did not succeed, or counts as succeeded in spite of failures. */
  readonly reason?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** What its attempts took, waits between them left out; milliseconds. */
  readonly durationMs: number;
  readonly attempts: readonly TimelineAttempt[];
  /** The node as a test, where it has none, or where they do not tell how it ended. */
  readonly own?: TestHistory;
  readonly tests: readonly TestHistory[];
}

/** What a suite is made of, the node itself first where it is one of them. */
export const casesOf = ({ own, tests }: NodeSuite): TestHistory[] => [...(own ? [own] : []), ...tests];

/** What a job did, as reports of tests tell it. */
export interface JobReport {
  readonly jobId: string;
  readonly graph: string;
  readonly owner: string;
  readonly traceId: string;
  /** Absent while the job is not over. */
  readonly status?: JobOutcome;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly suites: readonly NodeSuite[];
}

/** Finds what the reports of these attempts of a node say; undefined where they are not kept here. */
export type KeptTests = (
  nodeId: string,
  attempts: readonly TimelineAttempt[],
) => readonly TestHistory[] | undefined;

/** What ran the nodes that have no tests of their own. */
const ENGINE = 'reprise';

/** The nodes of a graph, of which nothing but their ids is asked. */
interface Named {
  readonly nodes: readonly { readonly id: string }[];
}

/** @param graph that the job follows now: its nodes are the suites, and the items of its fan-outs. */
export function jobReport(timeline: Timeline, graph: Named, kept: KeptTests = () => undefined): JobReport {
  const { jobId, name, owner, traceId, status, submittedAt, endedAt, latestAt, nodes } = timeline;
  const ids = graph.nodes.flatMap(({ id }) => {
    const items = nodes.get(id)?.items ?? 0;
    return [id, ...Array.from({ length: items }, (_, i) => itemId(id, i))];
  });
  return {
    ...{ jobId, graph: name, owner, traceId, startedAt: submittedAt, endedAt: endedAt ?? latestAt },
    ...present({ status }),
    suites: ids.map((id) => suiteOf(nodes.get(id) ?? { nodeId: id, attempts: [], since: 1 }, name, kept)),
  };
}

function suiteOf(node: TimelineNode, graph: string, kept: KeptTests): NodeSuite {
  const { nodeId, outcome, endedAt, reason, warning, since } = node;
  const attempts = node.attempts.filter(({ attempt, compensates }) => attempt >= since && !compensates);
  const tests = (kept(nodeId, attempts) ?? summarisedTests(attempts)).map((test) => excused(test, warning));
  const own = tests.length === 0 || !saysWhy(node, tests) ? ownCase(node, attempts, graph) : undefined;
  return {
    nodeId,
    ...present({ outcome, reason: warning ?? reason, startedAt: attempts[0]?.startedAt, endedAt, own }),
    durationMs: attempts.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0),
    ...{ attempts, tests },
  };
}

/** Whether the tests of a node tell how it ended, so that the node need not. */
function saysWhy({ outcome }: TimelineNode, tests: readonly TestHistory[]): boolean {
  return outcome === 'succeeded' || (outcome === 'failed' && tests.some(({ status }) => status === 'failed'));
}

/** What failed and does not count is no failure, and no pass either: whoever reads this must not end otherwise than the job. */
function excused(test: TestHistory, warning: string | undefined): TestHistory {
  if (warning === undefined || test.status !== 'failed') return test;
  return { ...test, status: 'skipped', why: warning };
}

const STATUS: Readonly<Record<Outcome, TestStatus>> = {
  succeeded: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'unfinished',
};

function ownCase(node: TimelineNode, attempts: readonly TimelineAttempt[], graph: string): TestHistory {
  const { nodeId, outcome, warning, reason = 'it was not over' } = node;
  const tries = attempts.map(tryOf);
  const failed = tries.some(({ status }) => status === 'failed');
  const id = { runner: ENGINE, suites: [graph], title: nodeId };
  if (warning !== undefined) return { id, tries, status: 'skipped', isFlaky: false, why: warning };
  const status = outcome === undefined ? 'unfinished' : STATUS[outcome];
  const isFlaky = status === 'passed' && failed;
  return { id, tries, status, isFlaky, ...(status === 'passed' ? {} : { why: reason }) };
}

function tryOf({ attempt, end, failure, loss, durationMs }: TimelineAttempt): Try {
  const said = { attempt, ...present({ durationMs, message: failure?.message ?? loss?.reason }) };
  if (end === 'succeeded') return { ...said, status: 'passed' };
  // A worker that is lost says nothing of what it ran, and who ended an attempt does not either.
  if (end !== 'failed' || failure?.kind === 'cancelled') return { ...said, status: 'unfinished' };
  return { ...said, status: 'failed', ...(failure?.kind === 'exit' ? {} : { isError: true as const }) };
}
