import type { JobEvent, NodeCompleted } from '../job/events';
import type { Recorded } from '../journal/envelope';
import type { NodeAttempt } from '../model/attempt';
import type { Diagnosis, Failure } from '../model/failure';
import { itemId } from '../model/item-id';
import type { JobType } from '../model/job-type';
import type { JobOutcome, Outcome } from '../model/outcome';
import { present } from '../model/present';
import type { Priority } from '../model/priority';
import type { LossCause } from '../model/recovery';
import type { TestSummary } from '../model/test-results';
import type { TraceParent } from '../model/trace';

/** An attempt on the time axis. Times are milliseconds since the epoch, as the journal has them. */
export interface TimelineAttempt {
  readonly attempt: number;
  /** It was to undo what the node did. */
  compensates?: true;
  /** From when on it waited for a worker. */
  readyAt?: number;
  startedAt?: number;
  endedAt?: number;
  /** As its worker measured it. */
  durationMs?: number;
  workerId?: string;
  end?: 'succeeded' | 'failed' | 'lost';
  /** Of one that failed. */
  failure?: Failure;
  /** Why it failed, where that was worked out. */
  diagnosis?: Diagnosis;
  /** Of one that was lost with its worker. */
  loss?: { readonly reason: string; readonly cause?: LossCause };
  /** What its reports say. */
  tests?: TestSummary;
}

export interface TimelineNode {
  readonly nodeId: string;
  /** The fan-out that it is an item of. */
  readonly itemOf?: string;
  /** How many items it has become, where it is a fan-out. */
  items?: number;
  readonly attempts: TimelineAttempt[];
  /** Number of the first attempt since the node last ran anew: those before it were of another try of the job. */
  since: number;
  outcome?: Outcome;
  endedAt?: number;
  /** Sequence of the event that ended it: nodes may end at the same time. */
  endedSeq?: number;
  /** Why, where it did not succeed. */
  reason?: string;
  /** Why it counts as succeeded in spite of failures. */
  warning?: string;
}

/** What became of a job, of its nodes and of their attempts, and when. */
export interface Timeline {
  readonly jobId: string;
  /** As the journal has it: whatever its caller sent. */
  readonly traceId: string;
  /** The span that it was submitted in, where the caller named one. */
  readonly parent?: TraceParent;
  /** The name of the graph. */
  readonly name: string;
  readonly owner: string;
  readonly pool: string;
  readonly priority: Priority;
  readonly jobType?: JobType;
  readonly trigger?: string;
  readonly submittedAt: number;
  /** When it was let begin. */
  readonly admittedAt?: number;
  /** Of its latest event. */
  readonly latestAt: number;
  /** Absent while the job is not over. */
  readonly endedAt?: number;
  readonly status?: JobOutcome;
  /** Why it was cancelled, or ran out of its time. */
  readonly reason?: string;
  /** It ended because it ran out of its time. */
  readonly deadlinePassed?: true;
  /** Of its latest event: with the job it names what is known so far. */
  readonly seq: number;
  /** In the order in which they were first heard of. */
  readonly nodes: ReadonlyMap<string, Readonly<TimelineNode>>;
}

type JobFacts = {
  -readonly [K in keyof Omit<Timeline, 'nodes' | 'latestAt' | 'seq'>]: Timeline[K];
};
type OwnEvent = Extract<JobEvent, { data: { nodeId: string } }>;

/** Folds the events of one job, from its first on. Memory goes with the attempts that were made. */
export function createTimeline() {
  const nodes = new Map<string, TimelineNode>();
  let job: JobFacts | undefined;
  let [latestAt, seq] = [0, 0];

  function nodeOf(nodeId: string, itemOf?: string): TimelineNode {
    const known = nodes.get(nodeId);
    if (known) return known;
    const fresh: TimelineNode = { nodeId, attempts: [], since: 1, ...present({ itemOf }) };
    nodes.set(nodeId, fresh);
    return fresh;
  }

  /** The node runs again: what it did before stays on the axis, and counts no more. */
  function begin(node: TimelineNode): void {
    node.since = (node.attempts.at(-1)?.attempt ?? 0) + 1;
    for (const key of ['outcome', 'endedAt', 'endedSeq', 'reason', 'warning'] as const) delete node[key];
  }

  function expand(nodeId: string, count: number): void {
    nodeOf(nodeId).items = count;
    for (let i = 0; i < count; i++) nodeOf(itemId(nodeId, i), nodeId);
  }

  function revive(): void {
    for (const key of ['endedAt', 'status', 'reason', 'deadlinePassed'] as const) delete job?.[key];
  }

  function applyToJob({ type, data }: JobEvent, recorded: Recorded): void {
    if (type === 'job.submitted') {
      const { name, owner, pool, priority, jobType, trigger, trace: parent } = data;
      const { at: submittedAt, traceId, stream } = recorded;
      job = {
        ...{ jobId: stream.slice('job/'.length), traceId, name, owner, pool, priority, submittedAt },
        ...present({ jobType, trigger: trigger?.name, parent }),
      };
    }
    if (!job) return;
    if (type === 'job.admitted') job.admittedAt ??= recorded.at;
    if (type === 'job.reprioritised') job.priority = data.priority;
    if (type === 'job.cancelRequested') {
      Object.assign(job, { reason: data.reason, ...(data.deadline && { deadlinePassed: true }) });
    }
    if (type === 'job.completed') Object.assign(job, { endedAt: recorded.at, status: data.status });
    if (type === 'job.resumed') {
      revive();
      for (const nodeId of data.nodes) begin(nodeOf(nodeId));
    }
    if (type === 'job.replanned') {
      revive();
      const kept = new Set(data.keeps);
      for (const node of nodes.values()) if (!kept.has(node.nodeId)) begin(node);
    }
    if (type === 'rollback.started') revive();
  }

  return {
    apply(said: Recorded): void {
      // The clocks of two processes differ: what comes later in the journal is not earlier.
      const recorded = { ...said, at: Math.max(said.at, latestAt) };
      const event = { type: recorded.type, data: recorded.data } as JobEvent;
      ({ at: latestAt, seq } = recorded);
      if (!('nodeId' in event.data)) {
        applyToJob(event, recorded);
        return;
      }
      if (event.type === 'node.expanded') expand(event.data.nodeId, event.data.items.length);
      const node = nodeOf(event.data.nodeId as string);
      applyToNode(node, event as OwnEvent, recorded);
    },
    /** Undefined before the job was submitted. */
    result: (): Timeline | undefined => job && { ...job, latestAt, seq, nodes },
  };
}

function applyToNode(node: TimelineNode, event: OwnEvent, { at, seq }: Recorded): void {
  switch (event.type) {
    case 'node.ready':
      note(node, event.data, { readyAt: at });
      return;
    case 'rollback.stepReady':
      note(node, event.data, { readyAt: at, compensates: true });
      return;
    case 'attempt.started':
    case 'rollback.stepStarted':
      note(node, event.data, { startedAt: at, workerId: event.data.workerId });
      return;
    case 'attempt.succeeded':
    case 'attempt.failed':
    case 'rollback.stepSucceeded':
    case 'rollback.stepFailed':
      ended(node, event, at);
      return;
    case 'attempt.lost':
    case 'rollback.stepLost': {
      const { reason, cause } = event.data as { reason: string; cause?: LossCause };
      note(node, event.data, { end: 'lost', endedAt: at, loss: { reason, ...present({ cause }) } });
      return;
    }
    case 'node.completed':
      complete(node, event.data);
      Object.assign(node, { endedAt: at, endedSeq: seq });
      return;
    case 'node.overruled': {
      const { outcome, by, reason } = event.data;
      Object.assign(node, { outcome, reason: `${by}: ${reason}` });
      return;
    }
    default:
      return;
  }
}

type EndEvent = Extract<
  JobEvent,
  { type: 'attempt.succeeded' | 'attempt.failed' | 'rollback.stepSucceeded' | 'rollback.stepFailed' }
>;

function ended(node: TimelineNode, { data }: EndEvent, at: number): void {
  const { durationMs } = data;
  const failed =
    'failure' in data ? { failure: data.failure, ...present({ diagnosis: data.diagnosis }) } : {};
  const tests = 'tests' in data ? present({ tests: data.tests }) : {};
  const end = 'failure' in data ? 'failed' : 'succeeded';
  note(node, data, { end, endedAt: at, durationMs, ...failed, ...tests });
}

function complete(node: TimelineNode, { outcome, reason, warning }: NodeCompleted): void {
  Object.assign(node, { outcome, ...present({ reason, warning }) });
}

function note({ attempts }: TimelineNode, { attempt }: NodeAttempt, what: Partial<TimelineAttempt>): void {
  const known = attempts.findLast((one) => one.attempt === attempt);
  if (known) Object.assign(known, what);
  else attempts.push({ attempt, ...what });
}
