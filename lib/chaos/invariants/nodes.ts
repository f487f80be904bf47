import type { GraphNode } from '../../core/dag/graph';
import type { JobEvent } from '../../core/job/events';
import type { Recorded } from '../../core/journal/envelope';
import type { Outcome } from '../../core/model/outcome';
import type { Given } from './invariant';

/** What its events alone say of a node. Kept apart from the fold of the engine, which is what is to be checked. */
export interface SeenNode {
  readonly id: string;
  /** Its definition, or of an item that of its node. */
  readonly spec: GraphNode;
  readonly parent?: string;
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
  losses: number;
  /** Of a retry that waits. */
  dueAt?: number;
}

export interface SeenJob {
  readonly id: string;
  readonly nodes: Map<string, SeenNode>;
  isAdmitted: boolean;
  status?: string;
  cancelReason?: string;
  isPastDeadline?: true;
  failedFastBy?: string;
}

type Hear = (event: Recorded<JobEvent>, job: SeenJob, node: SeenNode | undefined) => void;

/**
 * Tells of every event of jobs with what was seen before it. Any number of invariants may listen: each has its own.
 */
export function seenJobs(given: Given, hear: Hear) {
  const jobs = new Map<string, SeenJob>();
  return {
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

function newJob(id: string, given: Given, event: Recorded<JobEvent>): SeenJob | undefined {
  if (event.type !== 'job.submitted') return undefined;
  const { nodes } = given.graphOf(event.data.graphHash);
  return { id, isAdmitted: false, nodes: new Map(nodes.map((spec) => [spec.id, newNode(spec.id, spec)])) };
}

function newNode(id: string, spec: GraphNode, parent?: string): SeenNode {
  const blank = { attempt: 0, isOut: false, failures: 0, losses: 0, outputs: {} };
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
      break;
    case 'job.resumed':
      if (event.data.nodes.length > 0) again(job, event.data.nodes);
      break;
    default: {
      const node = 'nodeId' in event.data ? job.nodes.get(event.data.nodeId) : undefined;
      if (node) seeNode(job, node, event);
    }
  }
}

function again(job: SeenJob, nodes: readonly string[]): void {
  // Whether it had been before or not: one that runs again runs.
  job.isAdmitted = true;
  delete job.status;
  delete job.cancelReason;
  delete job.isPastDeadline;
  delete job.failedFastBy;
  for (const id of nodes) {
    const node = job.nodes.get(id);
    if (!node) continue;
    Object.assign(node, { isOut: false, failures: 0, losses: 0, outputs: {} });
    delete node.outcome;
    delete node.failedUpstream;
    delete node.dueAt;
    delete node.isJudged;
  }
}

function seeNode(job: SeenJob, node: SeenNode, event: Recorded<JobEvent>): void {
  switch (event.type) {
    case 'node.expanded':
      node.isJudged = true;
      event.data.items.forEach((_, i) => {
        const id = `${node.id}-${i + 1}`;
        // Of a fan-out that runs again the attempts of an item are numbered on.
        const { attempt = 0 } = job.nodes.get(id) ?? {};
        job.nodes.set(id, { ...newNode(id, node.spec, node.id), attempt });
      });
      break;
    case 'node.ready':
      node.attempt = event.data.attempt;
      node.isJudged = true;
      node.isOut = true;
      delete node.dueAt;
      break;
    case 'node.retryScheduled':
      node.dueAt = event.data.dueAt;
      break;
    case 'attempt.succeeded':
      node.isOut = false;
      node.outputs = event.data.outputs;
      break;
    case 'attempt.failed':
      node.isOut = false;
      node.failures += 1;
      node.outputs = event.data.outputs ?? {};
      break;
    case 'attempt.lost':
      node.isOut = false;
      node.losses += 1;
      node.outputs = {};
      break;
    case 'node.completed':
      node.outcome = event.data.outcome;
      if (event.data.failedUpstream) node.failedUpstream = true;
      if (node.outcome === 'failed') job.failedFastBy ??= node.id;
      break;
    default:
  }
}

/** How a final node counts for those that need it. */
export function resultOf({ outcome, failedUpstream }: SeenNode): 'success' | 'failure' | 'skip' {
  if (outcome === 'succeeded') return 'success';
  return outcome === 'skipped' && !failedUpstream ? 'skip' : 'failure';
}
