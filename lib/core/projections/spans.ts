import type { Graph, GraphNode } from '../dag/graph';
import { testName } from '../history/test-key';
import type { Outcome } from '../model/outcome';
import { present } from '../model/present';
import type { TestSummary } from '../model/test-results';
import { spanIdOf, traceOfJob } from '../model/trace';
import type { Timeline, TimelineAttempt, TimelineNode } from './timeline';

type Value = string | number | boolean;
type Attributes = Readonly<Record<string, Value>>;

/**
 * A span as OpenTelemetry knows it. Ids are hex digits, 32 of a trace and 16 of a span; times milliseconds since the epoch.
 * The same job has the same ids whenever it is asked for.
 */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: 'internal' | 'server';
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  /** Why it counts as an error, where it does. */
  readonly error?: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly at: number;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** What became of a span, in the words of the semantic conventions for CI/CD. */
type Result = 'success' | 'failure' | 'error' | 'timeout' | 'cancellation' | 'skip';

const RESULT: Readonly<Record<Outcome, Result>> = {
  succeeded: 'success',
  failed: 'failure',
  skipped: 'skip',
  cancelled: 'cancellation',
};

interface Ending {
  readonly result?: Result;
  /** The class of the error, and what it said. */
  readonly errorType?: string;
  readonly error?: string;
}

/**
 * A job as one trace: a span of the job, one of each node with links to the nodes that it needs, and one of each attempt
 * with a link to the one that it repeats. What is not over ends with the latest event.
 * @param graph that the job follows now; of nodes that it has no more, the attempts are there and the links are not.
 */
export function spansOf(timeline: Timeline, graph: Graph): Span[] {
  const trace = traceOf(timeline);
  const specs = new Map(graph.nodes.map((node) => [node.id, node]));
  const nodes = [...timeline.nodes.values()].filter(
    ({ attempts, outcome, items }) => attempts.length > 0 || outcome !== undefined || items !== undefined,
  );
  return [jobSpan(timeline, trace), ...nodes.flatMap((node) => nodeSpans(node, { timeline, trace, specs }))];
}

interface Trace {
  readonly traceId: string;
  /** Of the caller's span, where it named one. */
  readonly parentSpanId?: string;
  readonly jobSpanId: string;
}

/** The caller's trace, where its id is one as OpenTelemetry has them; else one that no other job has. */
function traceOf({ traceId: given, jobId, parent }: Timeline): Trace {
  const { traceId, spanId = parent?.spanId } = traceOfJob(given, jobId);
  return { traceId, jobSpanId: spanIdOf(jobId), ...present({ parentSpanId: spanId }) };
}

function jobSpan(timeline: Timeline, { traceId, parentSpanId, jobSpanId: spanId }: Trace): Span {
  const { jobId, name, owner, pool, priority, jobType, trigger, submittedAt, admittedAt } = timeline;
  const ending = jobEnding(timeline);
  return {
    ...{ traceId, spanId, ...present({ parentSpanId }), name: `RUN ${name}`, kind: 'server' },
    ...{ startedAt: submittedAt, endedAt: timeline.endedAt ?? timeline.latestAt },
    attributes: present({
      'cicd.pipeline.name': name,
      'cicd.pipeline.run.id': jobId,
      'cicd.pipeline.action.name': 'RUN',
      'cicd.pipeline.result': ending.result,
      'cicd.pipeline.run.state': ending.result === undefined ? 'executing' : undefined,
      'error.type': ending.errorType,
      'reprise.trace_id': timeline.traceId,
      'reprise.owner': owner,
      'reprise.pool': pool,
      'reprise.priority': priority,
      'reprise.job.type': jobType,
      'reprise.trigger': trigger,
    }) as Attributes,
    events:
      admittedAt === undefined ? [] : [{ name: 'reprise.job.admitted', at: admittedAt, attributes: {} }],
    links: [],
    ...present({ error: ending.error }),
  };
}

function jobEnding({ status, reason, deadlinePassed }: Timeline): Ending {
  if (status === undefined) return {};
  if (status !== 'failed') return { result: RESULT[status] };
  if (deadlinePassed) return { result: 'timeout', errorType: 'timeout', error: reason ?? 'out of time' };
  return { result: 'failure', errorType: 'node_failed', error: 'nodes failed' };
}

interface Context {
  readonly timeline: Timeline;
  readonly trace: Trace;
  readonly specs: ReadonlyMap<string, GraphNode>;
}

function nodeSpans(node: TimelineNode, context: Context): Span[] {
  const { timeline, trace, specs } = context;
  const { nodeId, itemOf, attempts, outcome, reason, warning } = node;
  const { jobId, latestAt } = timeline;
  const endedAt = Math.max(node.endedAt ?? latestAt, ...attempts.map((one) => one.endedAt ?? 0));
  const spec = specs.get(itemOf ?? nodeId);
  const ending = nodeEnding(node);
  const own: Span = {
    ...{ traceId: trace.traceId, spanId: spanIdOf(jobId, nodeId), name: nodeId, kind: 'internal' },
    parentSpanId: itemOf === undefined ? trace.jobSpanId : spanIdOf(jobId, itemOf),
    ...{ startedAt: Math.min(startOf(node, timeline) ?? endedAt, endedAt), endedAt },
    attributes: present({
      'cicd.pipeline.task.name': nodeId,
      'cicd.pipeline.task.run.id': `${jobId}/${nodeId}`,
      'cicd.pipeline.task.run.result': ending.result,
      'error.type': ending.errorType,
      ...suiteAttributes(nodeId, spec, node),
      'reprise.attempts': attempts.length,
      'reprise.reason': reason,
      'reprise.warning': warning,
    }) as Attributes,
    events: [],
    links: itemOf === undefined ? (spec?.needs ?? []).map((id) => linkTo(jobId, id)) : [],
    ...present({ error: ending.error }),
  };
  const inner = attempts.map((attempt, i) =>
    attemptSpan(attempt, { ...context, node, before: attempts[i - 1], until: outcome ? endedAt : latestAt }),
  );
  return [own, ...inner];
}

const linkTo = (jobId: string, nodeId: string): SpanLink => ({
  spanId: spanIdOf(jobId, nodeId),
  attributes: { 'reprise.link': 'needs' },
});

/** A fan-out begins with the first of its items. */
function startOf({ nodeId, attempts, items }: TimelineNode, { nodes }: Timeline): number | undefined {
  const own = attempts[0]?.readyAt ?? attempts[0]?.startedAt;
  if (own !== undefined || items === undefined) return own;
  const starts = [...nodes.values()].flatMap(({ itemOf, attempts: [first] }) =>
    itemOf === nodeId && first?.readyAt !== undefined ? [first.readyAt] : [],
  );
  return starts.length === 0 ? undefined : Math.min(...starts);
}

function nodeEnding({ outcome, reason, attempts }: TimelineNode): Ending {
  if (outcome === undefined) return {};
  if (outcome !== 'failed') return { result: RESULT[outcome] };
  const last = attempts.findLast(({ compensates }) => !compensates);
  const { result = 'failure', errorType = '_OTHER' } = last === undefined ? {} : attemptEnding(last);
  const isBad = result !== 'success' && result !== 'cancellation';
  return { result: isBad ? result : 'failure', errorType, error: reason ?? 'failed' };
}

const SUITE_STATUS: Readonly<Record<Outcome, string>> = {
  succeeded: 'success',
  failed: 'failure',
  skipped: 'skipped',
  cancelled: 'aborted',
};

/** Of a node that runs tests, as far as the engine can know: it names a suite, or has reports. */
function suiteAttributes(
  nodeId: string,
  spec: GraphNode | undefined,
  { outcome }: TimelineNode,
): Readonly<Record<string, string | undefined>> {
  if (!spec || (spec.work.kind !== 'suite' && !spec.work.reports?.length)) return {};
  return {
    'cicd.pipeline.task.type': 'test',
    'test.suite.name': spec.work.kind === 'suite' ? spec.work.suite : nodeId,
    'test.suite.run.status': outcome === undefined ? 'in_progress' : SUITE_STATUS[outcome],
  };
}

interface AttemptContext extends Context {
  readonly node: TimelineNode;
  /** The attempt that it repeats. */
  readonly before: TimelineAttempt | undefined;
  /** When it ended at the latest, where nobody said. */
  readonly until: number;
}

function attemptSpan(
  attempt: TimelineAttempt,
  { timeline, trace, node, before, until }: AttemptContext,
): Span {
  const { attempt: number, compensates, readyAt, startedAt, workerId, tests } = attempt;
  const { jobId } = timeline;
  const start = beginningOf(attempt) ?? until;
  const end = Math.max(attempt.endedAt ?? until, start);
  const ending = attemptEnding(attempt);
  const queued = startedAt !== undefined && readyAt !== undefined ? start - readyAt : undefined;
  return {
    ...{ traceId: trace.traceId, spanId: spanIdOf(jobId, node.nodeId, number), kind: 'internal' },
    parentSpanId: spanIdOf(jobId, node.nodeId),
    name: `${node.nodeId} ${compensates ? 'undo' : 'attempt'}`,
    ...{ startedAt: start, endedAt: end },
    attributes: present({
      'cicd.pipeline.task.name': node.nodeId,
      'cicd.pipeline.task.run.id': `${jobId}/${node.nodeId}/${number}`,
      'cicd.pipeline.task.run.result': ending.result,
      'cicd.worker.id': workerId,
      'error.type': ending.errorType,
      'reprise.attempt': number,
      'reprise.compensates': compensates,
      'reprise.queued_ms': queued,
      ...diagnosisAttributes(attempt),
      ...countAttributes(tests),
    }) as Attributes,
    events: eventsOf(attempt, end),
    links: before
      ? [{ spanId: spanIdOf(jobId, node.nodeId, before.attempt), attributes: { 'reprise.link': 'repeats' } }]
      : [],
    ...present({ error: ending.error }),
  };
}

/** A start and an end that are journalled together have the same time there: what the worker measured tells more. */
function beginningOf({ readyAt = 0, startedAt, endedAt, durationMs }: TimelineAttempt): number | undefined {
  if (startedAt === undefined) return readyAt || endedAt;
  const measured = endedAt === undefined || durationMs === undefined ? startedAt : endedAt - durationMs;
  return Math.min(startedAt, Math.max(readyAt, measured));
}

/** The engine's own part in a failure is an `error`, that of what it ran a `failure`. */
function attemptEnding({ end, failure, loss, diagnosis }: TimelineAttempt): Ending {
  if (end === undefined) return {};
  if (end === 'succeeded') return { result: 'success' };
  if (end === 'lost')
    return { result: 'error', errorType: loss?.cause ?? 'lost', error: loss?.reason ?? 'lost' };
  const kind = failure?.kind ?? 'exit';
  if (kind === 'cancelled') return { result: 'cancellation' };
  const result = kind === 'timeout' ? 'timeout' : kind === 'exit' ? 'failure' : 'error';
  return { result, errorType: diagnosis?.class ?? kind, error: failure?.message ?? 'failed' };
}

function diagnosisAttributes({ failure, diagnosis }: TimelineAttempt) {
  return {
    'process.exit.code': failure?.exitCode,
    'reprise.failure.kind': failure?.kind,
    'reprise.failure.class': diagnosis?.class,
    'reprise.failure.signature': diagnosis?.signature,
  };
}

function countAttributes(tests: TestSummary | undefined): Readonly<Record<string, number>> {
  const counts = Object.entries(tests?.counts ?? {});
  return Object.fromEntries(counts.map(([status, count]) => [`reprise.tests.${status}`, count]));
}

/** The failure, and the tests that failed. */
function eventsOf({ failure, tests }: TimelineAttempt, at: number): SpanEvent[] {
  const thrown =
    failure && failure.kind !== 'cancelled'
      ? [
          {
            name: 'exception',
            at,
            attributes: { 'exception.type': failure.kind, 'exception.message': failure.message },
          },
        ]
      : [];
  const failed = (tests?.failed ?? []).map((id) => ({
    ...{ name: 'test.case', at },
    attributes: { 'test.case.name': testName(id), 'test.case.result.status': 'fail' },
  }));
  return [...thrown, ...failed];
}
