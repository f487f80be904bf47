import { quantileSorted } from 'simple-statistics';
import type { Graph, GraphNode } from '../dag/graph';
import { namedTest } from '../history/test-key';
import { LIMITS } from '../limits';
import type { Failure, FailureClass } from '../model/failure';
import type { JobOutcome, Outcome } from '../model/outcome';
import { present } from '../model/present';
import type { Priority } from '../model/priority';
import type { LossCause } from '../model/recovery';
import type { Timeline, TimelineAttempt, TimelineNode } from './timeline';

/** Which job a report is about, and as of when. Times are milliseconds since the epoch. */
export interface Reported {
  /** The same for the same job as of the same event: what is reported again counts once. */
  readonly reportId: string;
  readonly jobId: string;
  readonly graph: string;
  readonly owner: string;
  readonly pool: string;
  readonly traceId: string;
}

/** How a job went. */
export interface ExecutionMetrics extends Reported {
  /** Absent while the job is not over. */
  readonly status?: JobOutcome;
  readonly priority: Priority;
  readonly submittedAt: number;
  readonly admittedAt?: number;
  readonly endedAt?: number;
  /** From its submission to its end, or to its latest event, milliseconds. */
  readonly durationMs: number;
  readonly nodes: Readonly<Record<Outcome, number>>;
  readonly attempts: { readonly succeeded: number; readonly failed: number; readonly lost: number };
  /** Nodes that failed and then passed. */
  readonly flakyNodes: number;
  /** By the last report of each node that has any. */
  readonly tests: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly flaky: number;
  };
}

export interface NodePerformance {
  readonly nodeId: string;
  readonly outcome?: Outcome;
  readonly attempts: number;
  /** In the queue, all attempts together, milliseconds. */
  readonly waitedMs: number;
  /** In commands, all attempts together. */
  readonly ranMs: number;
  /** What its graph expects of it, where it says so. */
  readonly expectedMs?: number;
}

/** Where the time of a job went. */
export interface PerformanceData extends Reported {
  readonly durationMs: number;
  /** The nodes that the end of the job waited for, one after the other. */
  readonly criticalPath: readonly string[];
  /** Those that ran longest first. */
  readonly nodes: readonly NodePerformance[];
  /** How many more there are than are listed. */
  readonly nodesUnlisted: number;
}

export interface ReportedFailure {
  readonly nodeId: string;
  readonly attempt: number;
  readonly at: number;
  /** How it ended; `lost` is an attempt that its worker lost. */
  readonly kind: Failure['kind'];
  readonly message: string;
  readonly class?: FailureClass;
  readonly confidence?: number;
  readonly signature?: string;
  readonly cause?: LossCause;
  /** Tests that failed, as people read them, the first ones. */
  readonly tests: readonly string[];
  /** The node passed in a later attempt. */
  readonly resolved: boolean;
}

/** What failed in a job, to the end or not. */
export interface FailureAnalysis extends Reported {
  readonly failures: readonly ReportedFailure[];
  readonly failuresUnlisted: number;
}

export interface WorkerUse {
  readonly workerId: string;
  readonly attempts: number;
  readonly lost: number;
  /** Slots times time, milliseconds. */
  readonly busyMs: number;
}

/** What a job took of its pool, and how long it waited for it. */
export interface CapacityMetrics extends Reported {
  readonly from: number;
  readonly to: number;
  /** Attempts of the job that ran at once at most, and the slots that they held. */
  readonly peakAttempts: number;
  readonly peakSlots: number;
  /** Slots times time, milliseconds. */
  readonly busyMs: number;
  /** Of its attempts, from when they were ready until they began. */
  readonly waitMs: { readonly p50: number; readonly p95: number; readonly max: number };
  readonly workers: readonly WorkerUse[];
}

/** What is reported of a job. */
export interface JobReporting {
  readonly execution: ExecutionMetrics;
  readonly performance: PerformanceData;
  /** Absent where nothing failed and nothing was lost. */
  readonly failures?: FailureAnalysis;
  readonly capacity: CapacityMetrics;
}

const LISTED = LIMITS.reportedItems;
const TESTS_LISTED = 20;

interface Run {
  readonly node: TimelineNode;
  readonly attempt: TimelineAttempt;
  readonly slots: number;
}

/** @param graph that the job follows now. */
export function reportingOf(timeline: Timeline, graph: Graph): JobReporting {
  const specs = new Map(graph.nodes.map((spec) => [spec.id, spec]));
  const runs = [...timeline.nodes.values()].flatMap((node) => {
    const { slots = 1 } = specOf(specs, node) ?? {};
    return node.attempts.map((attempt): Run => ({ node, attempt, slots }));
  });
  const failures = failuresOf(runs);
  const about = aboutOf(timeline);
  return {
    execution: { ...about, ...executionOf(timeline, runs) },
    performance: { ...about, ...performanceOf(timeline, specs) },
    ...(failures.length === 0 ? {} : { failures: { ...about, ...listed(failures) } }),
    capacity: { ...about, ...capacityOf(timeline, runs) },
  };
}

type Specs = ReadonlyMap<string, GraphNode>;

const specOf = (specs: Specs, { nodeId, itemOf }: TimelineNode): GraphNode | undefined =>
  specs.get(itemOf ?? nodeId);

function aboutOf({ jobId, name, owner, pool, traceId, seq }: Timeline): Reported {
  return { reportId: `${jobId}.${seq}`, jobId, graph: name, owner, pool, traceId };
}

const durationOf = ({ submittedAt, endedAt, latestAt }: Timeline): number =>
  (endedAt ?? latestAt) - submittedAt;

function executionOf(timeline: Timeline, runs: readonly Run[]): Omit<ExecutionMetrics, keyof Reported> {
  const { status, priority, submittedAt, admittedAt, endedAt } = timeline;
  const nodes = { succeeded: 0, failed: 0, skipped: 0, cancelled: 0 };
  const tests = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
  let flakyNodes = 0;
  for (const { outcome, attempts } of timeline.nodes.values()) {
    if (outcome) nodes[outcome] += 1;
    if (outcome === 'succeeded' && attempts.some(isFailed)) flakyNodes += 1;
    const { counts } = attempts.findLast((attempt) => attempt.tests)?.tests ?? {};
    for (const key of Object.keys(tests) as (keyof typeof tests)[]) tests[key] += counts?.[key] ?? 0;
  }
  const ended = (end: TimelineAttempt['end']) => runs.filter(({ attempt }) => attempt.end === end).length;
  return {
    ...present({ status, admittedAt, endedAt }),
    ...{ priority, submittedAt, durationMs: durationOf(timeline), nodes, flakyNodes, tests },
    attempts: { succeeded: ended('succeeded'), failed: ended('failed'), lost: ended('lost') },
  };
}

/** Who cancelled an attempt did not find it wrong. */
const isFailed = ({ end, failure }: TimelineAttempt): boolean =>
  end === 'failed' && failure?.kind !== 'cancelled';

function performanceOf(timeline: Timeline, specs: Specs): Omit<PerformanceData, keyof Reported> {
  const nodes = [...timeline.nodes.values()].flatMap((node): NodePerformance[] => {
    const { nodeId, outcome, attempts } = node;
    if (attempts.length === 0) return [];
    const sum = (of: (attempt: TimelineAttempt) => number | undefined) =>
      attempts.reduce((total, attempt) => total + (of(attempt) ?? 0), 0);
    return [
      {
        ...{
          nodeId,
          attempts: attempts.length,
          waitedMs: sum(waitOf),
          ranMs: sum(({ durationMs }) => durationMs),
        },
        ...present({ outcome, expectedMs: specOf(specs, node)?.durationMs }),
      },
    ];
  });
  nodes.sort((a, b) => b.ranMs - a.ranMs);
  return {
    ...{ durationMs: durationOf(timeline), criticalPath: criticalPathOf(timeline, specs) },
    ...{ nodes: nodes.slice(0, LISTED), nodesUnlisted: Math.max(0, nodes.length - LISTED) },
  };
}

function waitOf({ readyAt, startedAt }: TimelineAttempt): number | undefined {
  return readyAt === undefined || startedAt === undefined ? undefined : startedAt - readyAt;
}

/** From the node that ended last back to what it waited for last, and so on. */
function criticalPathOf({ nodes }: Timeline, specs: Specs): string[] {
  const latest = (candidates: Iterable<TimelineNode>) =>
    [...candidates].reduce<TimelineNode | undefined>(
      (last, node) => ((node.endedSeq ?? 0) > (last?.endedSeq ?? 0) ? node : last),
      undefined,
    );
  const path: string[] = [];
  let node = latest([...nodes.values()].filter(({ attempts }) => attempts.length > 0));
  while (node && path.length < LISTED) {
    path.unshift(node.nodeId);
    const needs: readonly string[] = specOf(specs, node)?.needs ?? [];
    node = latest(needs.flatMap((id) => nodes.get(id) ?? []));
  }
  return path;
}

function failuresOf(runs: readonly Run[]): ReportedFailure[] {
  return runs.flatMap(({ node, attempt }) => {
    const { end, endedAt: at = 0, failure, loss, diagnosis, tests } = attempt;
    if (!isFailed(attempt) && end !== 'lost') return [];
    const message = (failure?.message ?? loss?.reason ?? '').slice(0, LIMITS.reasonLength);
    return [
      {
        ...{ nodeId: node.nodeId, attempt: attempt.attempt, at, kind: failure?.kind ?? 'lost', message },
        ...present({
          ...{ class: diagnosis?.class, confidence: diagnosis?.confidence, signature: diagnosis?.signature },
          cause: loss?.cause,
        }),
        tests: (tests?.failed ?? []).slice(0, TESTS_LISTED).map((id) => namedTest(id).name),
        resolved: node.attempts.some((one) => one.attempt > attempt.attempt && one.end === 'succeeded'),
      },
    ];
  });
}

function listed(failures: readonly ReportedFailure[]): Omit<FailureAnalysis, keyof Reported> {
  return { failures: failures.slice(0, LISTED), failuresUnlisted: Math.max(0, failures.length - LISTED) };
}

function capacityOf(timeline: Timeline, runs: readonly Run[]): Omit<CapacityMetrics, keyof Reported> {
  const { submittedAt: from, endedAt, latestAt } = timeline;
  const to = endedAt ?? latestAt;
  const workers = new Map<string, { attempts: number; lost: number; busyMs: number }>();
  const changes: { at: number; attempts: number; slots: number }[] = [];
  let busyMs = 0;
  for (const { attempt, slots } of runs) {
    const { startedAt, endedAt: until = to, workerId, end } = attempt;
    if (startedAt === undefined) continue;
    const busy = slots * (attempt.durationMs ?? until - startedAt);
    busyMs += busy;
    changes.push({ at: startedAt, attempts: 1, slots }, { at: until, attempts: -1, slots: -slots });
    const use = workers.get(workerId ?? '') ?? { attempts: 0, lost: 0, busyMs: 0 };
    workers.set(workerId ?? '', use);
    use.attempts += 1;
    use.lost += end === 'lost' ? 1 : 0;
    use.busyMs += busy;
  }
  const waits = runs.flatMap(({ attempt }) => waitOf(attempt) ?? []).sort((a, b) => a - b);
  const at = (share: number) => (waits.length === 0 ? 0 : Math.round(quantileSorted(waits, share)));
  const listedWorkers = [...workers].map(([workerId, use]) => ({ workerId, ...use }));
  return {
    ...{ from, to, busyMs, ...peaks(changes) },
    waitMs: { p50: at(0.5), p95: at(0.95), max: waits.at(-1) ?? 0 },
    workers: listedWorkers.sort((a, b) => b.busyMs - a.busyMs).slice(0, LISTED),
  };
}

/** What ends at a time makes room for what begins then. */
function peaks(changes: { at: number; attempts: number; slots: number }[]) {
  let [attempts, slots, peakAttempts, peakSlots] = [0, 0, 0, 0];
  for (const change of changes.sort((a, b) => a.at - b.at || a.attempts - b.attempts)) {
    attempts += change.attempts;
    slots += change.slots;
    peakAttempts = Math.max(peakAttempts, attempts);
    peakSlots = Math.max(peakSlots, slots);
  }
  return { peakAttempts, peakSlots };
}
