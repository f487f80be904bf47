import type { FailurePolicy, GraphNode } from '../../core/dag/graph';
import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import type { FailureClass } from '../../core/model/failure';
import type { Outcome } from '../../core/model/outcome';
import type { Given, Rest } from './invariant';

/** What its events alone say of a node. Kept apart from the fold of the engine, which is what is to be checked. */
export interface SeenNode {
  readonly id: string;
  /** Its definition, or of an item that of its node. */
  readonly spec: GraphNode;
  readonly parent?: string;
  /** Sequence of the event that ended it last. */
  endedSeq?: number;
  /** What a rollback made of it since it ended. */
  undone?: 'undone' | 'parked';
  isFannedOut?: true;
  outcome?: Outcome;
  failedUpstream?: true;
  outputs: Readonly<Record<string, unknown>>;
  /** Latest attempt that was ready. */
  attempt: number;
  /** Its rule and its condition were found to hold since it was submitted or resumed. */
  isJudged?: true;
  /** That attempt has not ended. */
  isOut: boolean;
  /** Since it was submitted or resumed. */
  failures: number;
  /** When it failed first, since then. */
  failingSince?: number;
  /** The class of what failed last. */
  failedBy?: FailureClass;
  losses: number;
  /** Attempts that no worker took: no losses. */
  refusals: number;
  /** The attempt that is out has begun. */
  hasBegun?: boolean;
  /** Of a retry that waits. */
  dueAt?: number;
}

/** A rollback under way. */
export interface SeenRollback {
  readonly nodes: readonly string[];
  readonly to: number;
  readonly over: Map<string, 'undone' | 'parked'>;
}

export interface SeenJob {
  readonly id: string;
  readonly onFailure: FailurePolicy;
  readonly nodes: Map<string, SeenNode>;
  /** The latest attempts of items whose fan-out is decided anew: should it have such an item again, they go on. */
  readonly gone: Map<string, number>;
  isAdmitted: boolean;
  status?: string;
  cancelReason?: string;
  isPastDeadline?: true;
  failedFastBy?: string;
  rollback?: SeenRollback;
  /** The latest rollback since it was resumed, under way or over. */
  rolledBackTo?: number;
  /** A person wants it undone to this event when it has come to rest. */
  rollbackAsked?: number;
}

type Hear = (event: Recorded<JobEvent>, job: SeenJob, node: SeenNode | undefined) => void;

/**
 * Tells of every event of jobs with what was seen before it. Any number of invariants may listen: each has its own.
 */
export function seenJobs(given: Given, hear: Hear) {
  const jobs = new Map<string, SeenJob>();
  return {
    jobs,
    appended(stream: string, events: readonly Recorded[]) {
      if (!stream.startsWith('job/')) return;
      const id = stream.slice('job/'.length);
      for (const each of events) {
        const event = each as Recorded<JobEvent>;
        const job = jobs.get(id) ?? newJob(id, given, event);
        if (!job) continue;
        jobs.set(id, job);
        const nodeId = 'nodeId' in event.data ? event.data.nodeId : undefined;
        hear(event, job, nodeId === undefined ? undefined : job.nodes.get(nodeId));
        see(job, event);
      }
    },
  };
}

/** What the events of a world at rest say of its jobs. */
export function replayedJobs({ journal }: Pick<Rest, 'journal'>, given: Given): ReadonlyMap<string, SeenJob> {
  const seen = seenJobs(given, () => undefined);
  for (const [stream, events] of journal.streams) seen.appended(stream, events);
  return seen.jobs;
}

function newJob(id: string, given: Given, event: Recorded<JobEvent>): SeenJob | undefined {
  if (event.type !== 'job.submitted') return undefined;
  const { nodes, onFailure } = given.graphOf(event.data.graphHash);
  return {
    id,
    onFailure,
    isAdmitted: false,
    gone: new Map(),
    nodes: new Map(nodes.map((spec) => [spec.id, newNode(spec.id, spec)])),
  };
}

function newNode(id: string, spec: GraphNode, parent?: string): SeenNode {
  const blank = { attempt: 0, isOut: false, failures: 0, losses: 0, refusals: 0, outputs: {} };
  return { id, spec, ...blank, ...(parent === undefined ? {} : { parent }) };
}

function see(job: SeenJob, event: Recorded<JobEvent>): void {
  switch (event.type) {
    case 'job.admitted':
      job.isAdmitted = true;
      break;
    case 'job.cancelRequested':
      job.cancelReason = event.data.reason;
      if (event.data.deadline) job.isPastDeadline = true;
      break;
    case 'job.completed':
      job.status = event.data.status;
      delete job.rollbackAsked;
      break;
    case 'job.resumed':
      if (event.data.nodes.length > 0 || job.status !== undefined) again(job, event.data);
      break;
    case 'rollback.requested':
      job.rollbackAsked = event.data.to ?? 0;
      break;
    case 'rollback.started':
      delete job.status;
      delete job.rollbackAsked;
      job.rolledBackTo = event.data.to ?? 0;
      job.rollback = { nodes: event.data.nodes, to: event.data.to ?? 0, over: new Map() };
      for (const id of event.data.nodes) forgiven(job.nodes.get(id));
      break;
    case 'rollback.completed':
      delete job.rollback;
      break;
    default: {
      const node = 'nodeId' in event.data ? job.nodes.get(event.data.nodeId) : undefined;
      if (node) seeNode(job, node, event);
    }
  }
}

type Resumed = Extract<JobEvent, { type: 'job.resumed' }>['data'];

function again(job: SeenJob, { nodes, run }: Resumed): void {
  // Whether it had been before or not: one that runs again runs.
  job.isAdmitted = true;
  delete job.status;
  delete job.cancelReason;
  delete job.isPastDeadline;
  delete job.failedFastBy;
  delete job.rolledBackTo;
  delete job.rollbackAsked;
  for (const id of nodes) {
    const node = job.nodes.get(id);
    if (!node) continue;
    Object.assign(node, { isOut: false, outputs: {} });
    forgiven(node);
    delete node.outcome;
    delete node.failedUpstream;
    delete node.dueAt;
    delete node.isJudged;
    delete node.undone;
  }
  if (run !== undefined) for (const id of nodes) decidedAnew(job, id);
}

/** Its budget is a new one. */
function forgiven(node: SeenNode | undefined): void {
  if (!node) return;
  Object.assign(node, { failures: 0, losses: 0, refusals: 0 });
  delete node.failingSince;
  delete node.failedBy;
}

type Failed = Extract<Recorded<JobEvent>, { type: 'attempt.failed' | 'rollback.stepFailed' }>;

function hasFailed(node: SeenNode, { at, data: { diagnosis } }: Failed): void {
  node.isOut = false;
  node.failures += 1;
  node.failingSince ??= at;
  node.failedBy = diagnosis?.class ?? 'unknown';
}

type Lost = Extract<Recorded<JobEvent>, { type: 'attempt.lost' | 'rollback.stepLost' }>;

/** Whether nobody took the attempt that is lost: that says nothing of the node. */
export const wasRefused = ({ hasBegun }: SeenNode, { data: { cause } }: Lost): boolean =>
  (cause === 'refused' || cause === 'unschedulable') && !hasBegun;

function hasLost(node: SeenNode, event: Lost): void {
  node.isOut = false;
  if (wasRefused(node, event)) node.refusals += 1;
  else node.losses += 1;
}

/** By another run of the workflow, a fan-out of which no item is kept is decided anew. */
function decidedAnew({ nodes, gone }: SeenJob, id: string): void {
  const items = [...nodes.values()].filter(({ parent }) => parent === id);
  if (items.some(({ outcome }) => outcome !== undefined)) return;
  delete nodes.get(id)?.isFannedOut;
  for (const item of items) {
    gone.set(item.id, item.attempt);
    nodes.delete(item.id);
  }
}

function seeNode(job: SeenJob, node: SeenNode, event: Recorded<JobEvent>): void {
  switch (event.type) {
    case 'node.expanded':
      node.isJudged = true;
      node.isFannedOut = true;
      event.data.items.forEach((_, i) => {
        const id = `${node.id}-${i + 1}`;
        job.nodes.set(id, { ...newNode(id, node.spec, node.id), attempt: job.gone.get(id) ?? 0 });
      });
      break;
    case 'node.ready':
      node.attempt = event.data.attempt;
      node.isJudged = true;
      node.isOut = true;
      node.hasBegun = false;
      delete node.dueAt;
      break;
    case 'attempt.started':
      node.hasBegun = true;
      break;
    case 'node.retryScheduled':
      node.dueAt = event.data.dueAt;
      break;
    case 'attempt.succeeded':
      node.isOut = false;
      node.outputs = event.data.outputs;
      break;
    case 'attempt.failed':
      hasFailed(node, event);
      node.outputs = event.data.outputs ?? {};
      break;
    case 'attempt.lost':
      hasLost(node, event);
      node.outputs = {};
      break;
    case 'node.completed':
      node.outcome = event.data.outcome;
      node.endedSeq = event.seq;
      delete node.undone;
      if (event.data.failedUpstream) node.failedUpstream = true;
      if (node.outcome === 'failed') job.failedFastBy ??= node.id;
      break;
    case 'node.overruled':
      node.outcome = event.data.outcome;
      node.outputs = event.data.outputs ?? {};
      delete node.failedUpstream;
      if (job.failedFastBy === node.id) delete job.failedFastBy;
      break;
    default:
      seeStep(job, node, event);
  }
}

/** What undoes a node. */
function seeStep(job: SeenJob, node: SeenNode, event: Recorded<JobEvent>): void {
  switch (event.type) {
    case 'rollback.stepReady':
      node.attempt = event.data.attempt;
      node.isOut = true;
      node.hasBegun = false;
      delete node.dueAt;
      break;
    case 'rollback.stepStarted':
      node.hasBegun = true;
      break;
    case 'rollback.stepSucceeded':
      node.isOut = false;
      isUndone(job, node, 'undone');
      job.rollback?.over.set(node.id, 'undone');
      break;
    case 'rollback.stepFailed':
      hasFailed(node, event);
      break;
    case 'rollback.stepScheduled':
      node.dueAt = event.data.dueAt;
      break;
    case 'rollback.stepLost':
      hasLost(node, event);
      break;
    case 'rollback.stepGivenUp':
      isUndone(job, node, 'parked');
      job.rollback?.over.set(node.id, 'parked');
      break;
    default:
  }
}

/** What a fan-out has gathered is not what its items are any more. */
function isUndone({ nodes }: SeenJob, node: SeenNode, how: 'undone' | 'parked'): void {
  node.undone = how;
  const parent = nodes.get(node.parent ?? '');
  if (parent) parent.undone = parent.undone === 'parked' ? 'parked' : how;
}

/** How a final node counts for those that need it. */
export function resultOf({ outcome, failedUpstream, undone }: SeenNode): 'success' | 'failure' | 'skip' {
  // What was undone is as good as never done.
  if (undone !== undefined) return 'failure';
  if (outcome === 'succeeded') return 'success';
  return outcome === 'skipped' && !failedUpstream ? 'skip' : 'failure';
}
