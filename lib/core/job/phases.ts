import type { JobOutcome, JobStatus } from '../model/outcome';
import type { JobEvent, RollbackEventType } from './events';

/**
 * Of a node. waiting: not yet judged. expanded: its items run. ready: offered to the pool. running: a worker has it.
 * backoff: waits for the next attempt. final: its outcome stands.
 */
const NODE_PHASES = ['waiting', 'expanded', 'ready', 'running', 'backoff', 'final'] as const;
export type NodePhase = (typeof NODE_PHASES)[number];

export type NodeEventType = Exclude<
  JobEvent['type'],
  `job.${string}` | RollbackEventType | `recovery.${string}`
>;
/** Events of steps have a table of their own: rollback-state.ts. */
export type JobLifeEventType =
  | Extract<JobEvent['type'], `job.${string}`>
  | 'rollback.requested'
  | 'rollback.started'
  | 'rollback.completed';

type Row<From extends string, To extends string, EventType extends string> = readonly [From, EventType, To];

/** Every way a node can go. What is not here does not happen: `evolve` refuses it. */
export const NODE_TRANSITIONS: readonly Row<NodePhase, NodePhase, NodeEventType>[] = [
  // The workflow has reached it; it is judged when all it needs is final too.
  ['waiting', 'node.entered', 'waiting'],
  // Judged: its conditions hold, and a worker may take it.
  ['waiting', 'node.ready', 'ready'],
  // Judged: its `forEach` gave items.
  ['waiting', 'node.expanded', 'expanded'],
  // Judged: skipped, or its condition failed; or cancelled before it was judged.
  ['waiting', 'node.completed', 'final'],

  // The last of its items is final.
  ['expanded', 'node.completed', 'final'],
  // Its workflow begins anew and reaches it again, with another token.
  ['expanded', 'node.entered', 'expanded'],

  ['ready', 'attempt.started', 'running'],
  // A report that overtook the one of the start.
  ['ready', 'attempt.progressed', 'ready'],
  ['ready', 'attempt.succeeded', 'ready'],
  ['ready', 'attempt.failed', 'ready'],
  // Given back by its worker, or lost with it, before it began.
  ['ready', 'attempt.lost', 'ready'],
  // The next attempt, after one that was lost.
  ['ready', 'node.ready', 'ready'],
  ['ready', 'node.retryScheduled', 'backoff'],
  ['ready', 'node.completed', 'final'],
  ['ready', 'attempt.cancelRequested', 'ready'],
  // A worker that was given up reports after all.
  ['ready', 'attempt.ignored', 'ready'],
  ['ready', 'node.entered', 'ready'],

  ['running', 'attempt.progressed', 'running'],
  ['running', 'attempt.succeeded', 'running'],
  ['running', 'attempt.failed', 'running'],
  ['running', 'attempt.lost', 'running'],
  ['running', 'node.ready', 'ready'],
  ['running', 'node.retryScheduled', 'backoff'],
  ['running', 'node.completed', 'final'],
  ['running', 'attempt.cancelRequested', 'running'],
  ['running', 'attempt.ignored', 'running'],
  ['running', 'node.entered', 'running'],

  // Its time has come.
  ['backoff', 'node.ready', 'ready'],
  // Cancelled meanwhile.
  ['backoff', 'node.completed', 'final'],
  ['backoff', 'attempt.ignored', 'backoff'],
  ['backoff', 'node.entered', 'backoff'],

  // Ended by fail-fast before the workflow reached it: it still has to be answered.
  ['final', 'node.entered', 'final'],
  ['final', 'attempt.ignored', 'final'],

  // A person has another input tried.
  ['backoff', 'node.edited', 'backoff'],
  ['final', 'node.edited', 'final'],
  // A person says that it does not count as failed.
  ['final', 'node.overruled', 'final'],

  // A person says what its failure was, whatever has become of the node since.
  ['waiting', 'attempt.reclassified', 'waiting'],
  ['ready', 'attempt.reclassified', 'ready'],
  ['running', 'attempt.reclassified', 'running'],
  ['backoff', 'attempt.reclassified', 'backoff'],
  ['final', 'attempt.reclassified', 'final'],
];

/** Where an event takes a job; `job.completed` says itself how it ended. */
export const JOB_TRANSITIONS: readonly Row<JobStatus, JobStatus | 'as it says', JobLifeEventType>[] = [
  ['new', 'job.submitted', 'submitted'],

  // The pool has room for it.
  ['submitted', 'job.admitted', 'running'],
  ['submitted', 'job.cancelRequested', 'submitted'],
  ['submitted', 'job.paused', 'submitted'],
  ['submitted', 'job.unpaused', 'submitted'],
  ['submitted', 'job.reprioritised', 'submitted'],
  // Its process died while it waited.
  ['submitted', 'job.resumed', 'submitted'],
  ['submitted', 'job.outcomeAwaited', 'submitted'],
  // Cancelled before it was admitted.
  ['submitted', 'job.completed', 'as it says'],

  ['running', 'job.cancelRequested', 'running'],
  ['running', 'job.paused', 'running'],
  ['running', 'job.unpaused', 'running'],
  ['running', 'job.reprioritised', 'running'],
  ['running', 'job.resumed', 'running'],
  ['running', 'job.outcomeAwaited', 'running'],
  // By an error that its machine does not catch, a quota, a person or a fault of the service.
  ['running', 'job.workflowEnded', 'running'],
  // Its workflow enters all nodes at once.
  ['running', 'job.entered', 'running'],
  ['running', 'job.completed', 'as it says'],

  // Cancelled before it was admitted, it has done nothing.
  ['submitted', 'rollback.requested', 'submitted'],
  ['running', 'rollback.requested', 'running'],
  ['running', 'rollback.started', 'running'],
  ['running', 'rollback.completed', 'running'],
  // A person has what it did undone.
  ['succeeded', 'rollback.started', 'running'],
  ['failed', 'rollback.started', 'running'],
  ['cancelled', 'rollback.started', 'running'],

  // Whoever asked may not, or the job.
  ['submitted', 'job.retryRefused', 'submitted'],
  ['running', 'job.retryRefused', 'running'],
  ['succeeded', 'job.retryRefused', 'succeeded'],
  ['failed', 'job.retryRefused', 'failed'],
  ['cancelled', 'job.retryRefused', 'cancelled'],

  // Ended jobs run again what did not succeed, ...
  ['failed', 'job.resumed', 'running'],
  ['cancelled', 'job.resumed', 'running'],
  // ... or what a person names of them, or what another graph changes, ...
  ['succeeded', 'job.resumed', 'running'],
  ['succeeded', 'job.replanned', 'running'],
  ['failed', 'job.replanned', 'running'],
  ['cancelled', 'job.replanned', 'running'],
  // ... and their workflow may come to its end after them.
  ['succeeded', 'job.outcomeAwaited', 'succeeded'],
  ['failed', 'job.outcomeAwaited', 'failed'],
  ['cancelled', 'job.outcomeAwaited', 'cancelled'],
  // Its last graph had nodes that this one has no more, and an execution of that one still walks.
  ['running', 'job.nodeGone', 'running'],
  ['succeeded', 'job.nodeGone', 'succeeded'],
  ['failed', 'job.nodeGone', 'failed'],
  ['cancelled', 'job.nodeGone', 'cancelled'],

  // Its owner lets somebody in, or out again, whenever.
  ['submitted', 'job.shared', 'submitted'],
  ['running', 'job.shared', 'running'],
  ['succeeded', 'job.shared', 'succeeded'],
  ['failed', 'job.shared', 'failed'],
  ['cancelled', 'job.shared', 'cancelled'],
  ['submitted', 'job.unshared', 'submitted'],
  ['running', 'job.unshared', 'running'],
  ['succeeded', 'job.unshared', 'succeeded'],
  ['failed', 'job.unshared', 'failed'],
  ['cancelled', 'job.unshared', 'cancelled'],
];

const nodeRows = new Map(NODE_TRANSITIONS.map(([from, type, to]) => [`${from} ${type}`, to]));
const jobRows = new Map(JOB_TRANSITIONS.map(([from, type, to]) => [`${from} ${type}`, to]));

/** @throws Error when a node in this phase cannot have such an event. */
export function nextPhase(from: NodePhase, type: NodeEventType, nodeId: string): NodePhase {
  const to = nodeRows.get(`${from} ${type}`);
  if (to === undefined) throw new Error(`the journal has ${type} of node ${nodeId}, which is ${from}`);
  return to;
}

/** @param outcome of `job.completed`. @throws Error when a job in this status cannot have such an event. */
export function nextStatus(from: JobStatus, type: JobLifeEventType, outcome?: JobOutcome): JobStatus {
  const to = jobRows.get(`${from} ${type}`);
  if (to === undefined) throw new Error(`the journal has ${type} of a job that is ${from}`);
  return to === 'as it says' ? (outcome as JobOutcome) : to;
}
