import type { GraphIndex } from '../dag/graph-index';
import { LIMITS } from '../limits';
import { FAULTS } from '../model/failure';
import { lasted } from '../model/lasted';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { DEFAULT_RECOVERY, type LossCause, type RecoveryPolicy } from '../model/recovery';
import type { JobEvent } from './events';
import type { JobInput } from './input';
import { LOST_TOO_OFTEN } from './letters';
import { type Loss, lostTooOften } from './losses';
import { type JobNode, nodeById } from './nodes';
import type { RecoveryCompleted, RecoveryEvent, RecoveryInitiated } from './recovery-events';
import { rollbackRecovery } from './recovery-rollback';
import { cancelReason, completed } from './settle';
import type { JobState, NodeState } from './state';

/** Runs of a workflow that may end one after the other without a node that became final, before the job does without. */
const IDLE_RUNS = 3;

type Lost = Pick<Extract<JobInput, { type: 'attemptLost' }>, 'nodeId' | 'attempt' | 'reason'> & {
  readonly cause?: LossCause;
  readonly workerId?: string;
  readonly at: number;
};

/** What follows from an attempt that was lost: another one where the policy of its node says, or the end of the node. */
export function lostAttempt(state: ReadOnly<JobState>, { node, spec }: JobNode, input: Lost): JobEvent[] {
  const { nodeId, attempt, reason, cause = 'workerLost', workerId = node.workerId } = input;
  const lost: JobEvent = {
    type: 'attempt.lost',
    data: { nodeId, attempt, reason, cause, ...present({ workerId }) },
  };
  if (node.cancelRequested) return [lost, completed(nodeId, 'cancelled', attempt, cancelReason(state))];
  const policy = spec.recovery ?? DEFAULT_RECOVERY;
  const recoveryId = node.recovery?.recoveryId ?? idOf(nodeId, attempt);
  const given = givenUp(policy, node, { reason, cause });
  if (given !== undefined) {
    const parked = { recoveryId, nodeId, attempt, cause, why: given };
    const { type, data } = completed(nodeId, 'failed', attempt, given);
    return [lost, ...park(parked, node), { type, data: { ...data, evidence: LOST_TOO_OFTEN } }];
  }
  const next = { nodeId, attempt: attempt + 1 };
  const initiated: JobEvent = {
    type: 'recovery.initiated',
    data: { recoveryId, cause, ...next, ...present({ workerId }), ...strategyOf(policy, input, workerId) },
  };
  return [lost, initiated, { type: 'node.ready', data: next }];
}

const idOf = (nodeId: string, attempt: number): string => `${nodeId}/${attempt}`;

/** Why the node is not tried again, if it is not. */
function givenUp(policy: RecoveryPolicy, node: ReadOnly<NodeState>, how: Loss): string | undefined {
  if (policy.lost === 'park') return `recovery.lost is park, and its attempt was lost: ${how.reason}`;
  return lostTooOften(policy, node, how);
}

function strategyOf(
  { lost, restartWithinMs }: RecoveryPolicy,
  { at, reason }: Lost,
  workerId: string | undefined,
): Pick<RecoveryInitiated, 'strategy' | 'until' | 'why'> {
  if (lost !== 'restart' || workerId === undefined) return { strategy: 'reassign', why: reason };
  const why = `${reason}; its state is on ${workerId}, which is waited for`;
  return { strategy: 'restart', until: at + restartWithinMs, why };
}

type Parked = Pick<RecoveryInitiated, 'recoveryId' | 'nodeId' | 'attempt' | 'cause' | 'why'>;

function park(parked: Parked, { tried = [] }: ReadOnly<NodeState>): JobEvent[] {
  return [
    { type: 'recovery.initiated', data: { ...parked, strategy: 'park' } },
    { type: 'recovery.failed', data: { ...parked, tried } },
  ];
}

/**
 * What a node that is given up after its retries leaves to a person. A test that fails is no failed recovery, nor is
 * another fault that stays whatever is tried; a node that has one attempt was not recovered at all, and a job that is undone
 * for it is recovered so.
 * @param why it is not tried again.
 */
export function exhausted(
  { submitted }: ReadOnly<JobState>,
  { node, spec }: JobNode,
  { nodeId, attempt, diagnosis }: Extract<JobInput, { type: 'attemptFailed' }>,
  why: string,
): JobEvent[] {
  const failureClass = diagnosis?.class ?? 'unknown';
  if (submitted?.onFailure === 'rollback') return [];
  if (failureClass === 'unknown' || FAULTS.has(failureClass) || spec.retry.maxAttempts === 1) return [];
  const recoveryId = `${idOf(nodeId, attempt)}/exhausted`;
  return park({ recoveryId, nodeId, attempt, cause: 'exhausted', why: `${failureClass}: ${why}` }, node);
}

/**
 * What follows from the end of a workflow before its job. Another run begins, from the nodes that are final; where three
 * have ended one after the other without one that became final, or the job is being cancelled, the order of the graph is
 * left to the job, so that no workflow is needed any more.
 */
export function workflowEnded(
  state: ReadOnly<JobState>,
  { status, reason, run = 1 }: Extract<JobInput, { type: 'workflowEnded' }>,
): JobEvent[] {
  // One that ends after its job, is told of twice, or was followed by another run is of no consequence.
  if (state.status !== 'running' || state.workflowEnded !== undefined || run !== (state.run ?? 1)) return [];
  const ended: JobEvent = {
    type: 'job.workflowEnded',
    data: { status, reason, ...present({ run: state.run }) },
  };
  const recoveryId = state.resuming?.recoveryId ?? `run-${run}`;
  const initiated = (more: Pick<RecoveryInitiated, 'why' | 'run'>): JobEvent => {
    return {
      type: 'recovery.initiated',
      data: { recoveryId, cause: 'workflowEnded', strategy: 'resume', ...more },
    };
  };
  if (state.nodes.every(({ entered }) => entered)) return [ended];
  const isHopeless = idleRuns(state) >= IDLE_RUNS;
  if (!isHopeless && state.cancelReason === undefined)
    return [ended, initiated({ run: run + 1, why: `run ${run} of the workflow ended ${status}: ${reason}` })];
  const why = isHopeless
    ? `${IDLE_RUNS} runs of the workflow ended without a node that became final: the job goes on without one`
    : 'the job is being cancelled: it ends without a workflow';
  return [ended, initiated({ why }), { type: 'job.entered', data: {} }];
}

/** Runs that have ended without a node that became final, the one that ends now included. */
function idleRuns(state: ReadOnly<JobState>): number {
  return finalNodes(state) > (state.finalAtRun ?? 0) ? 0 : (state.idleRuns ?? 0) + 1;
}

const finalNodes = ({ nodes, remaining }: ReadOnly<JobState>): number => nodes.length - remaining;

/** The events with the recoveries that they are, and the ends of those that they bring to an end. @param at milliseconds since the epoch. */
export function withRecovered(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  events: readonly JobEvent[],
  at: number,
): JobEvent[] {
  const over = new Set<string>();
  return events.flatMap((event): JobEvent[] => {
    const undone = rollbackRecovery(index, state, event, at);
    const data = recovered(index, state, event, at) ?? resumed(state, events, event, at);
    const added = undone ?? (data && { type: 'recovery.completed' as const, data });
    if (!added || over.has(added.data.recoveryId)) return [event];
    over.add(added.data.recoveryId);
    // The end of a job is its last event.
    return event.type === 'job.completed' ? [added, event] : [event, added];
  });
}

const RUNS: ReadonlySet<string> = new Set(['attempt.started', 'attempt.succeeded', 'attempt.failed']);

/** Of a node: its next attempt runs. */
function recovered(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  event: JobEvent,
  at: number,
): RecoveryCompleted | undefined {
  if (!RUNS.has(event.type) || !('attempt' in event.data)) return undefined;
  const { nodeId, attempt } = event.data as { nodeId: string; attempt: number };
  const node = nodeById(index, state, nodeId)?.node;
  if (!node?.recovery) return undefined;
  const { recoveryId, since, strategy, workerId } = node.recovery;
  const ran = event.type === 'attempt.started' ? event.data.workerId : workerId;
  const came = strategy === 'restart' && ran !== workerId ? 'reassign' : strategy;
  return { recoveryId, nodeId, attempt, strategy: came, durationMs: lasted(since, at) };
}

/** A job that ends before its new run has spoken needs none any more. */
const SPOKE: ReadonlySet<string> = new Set([
  'node.entered',
  'job.entered',
  'job.outcomeAwaited',
  'job.completed',
]);

/** Of the workflow: its new run has spoken, or none is needed any more. */
function resumed(
  { resuming }: ReadOnly<JobState>,
  events: readonly JobEvent[],
  event: JobEvent,
  at: number,
): RecoveryCompleted | undefined {
  if (!SPOKE.has(event.type)) return undefined;
  const begun = events.find((each) => each.type === 'recovery.initiated' && each.data.strategy === 'resume');
  const recoveryId = begun?.type === 'recovery.initiated' ? begun.data.recoveryId : resuming?.recoveryId;
  if (recoveryId === undefined) return undefined;
  return { recoveryId, strategy: 'resume', durationMs: lasted(resuming?.since ?? at, at) };
}

/** Folds an event of a recovery into the state. */
export function evolveRecovery(index: GraphIndex, state: JobState, event: RecoveryEvent, at: number): void {
  const { nodeId, recoveryId } = event.data;
  const node = nodeId === undefined ? undefined : nodeById(index, state, nodeId)?.node;
  if (node) evolveNode(node, event, at);
  else if (event.type !== 'recovery.initiated') {
    if (state.undoing?.recoveryId === recoveryId) delete state.undoing;
    else delete state.resuming;
  } else if (event.data.strategy === 'rollback') state.undoing = { recoveryId, since: at };
  else {
    state.resuming = { recoveryId, since: state.resuming?.since ?? at };
    if (event.data.run === undefined) return;
    state.idleRuns = idleRuns(state);
    state.finalAtRun = finalNodes(state);
    state.run = event.data.run;
    delete state.workflowEnded;
  }
}

function evolveNode(node: NodeState, event: RecoveryEvent, at: number): void {
  if (event.type !== 'recovery.initiated') {
    delete node.recovery;
    return;
  }
  const { recoveryId, cause, strategy, workerId, until } = event.data;
  const since = node.recovery?.since ?? at;
  node.recovery = { recoveryId, cause, strategy, since, ...present({ workerId, until }) };
  if (strategy === 'park') return;
  node.tried = [...new Set([...(node.tried ?? []), strategy])];
  // Whoever loses an attempt may lose the next one: others get it, where they can.
  if (strategy === 'reassign' && workerId !== undefined)
    node.lostOn = [...new Set([...(node.lostOn ?? []), workerId])].slice(-LIMITS.avoided);
}
