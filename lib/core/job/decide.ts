import type { GraphIndex } from '../dag/graph-index';
import { assertNever } from '../errors';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { retry, retryRefused } from './again';
import type { JobEvent } from './events';
import type { JobInput } from './input';
import { LOST_TOO_OFTEN } from './letters';
import { jobNodes, nodeById } from './nodes';
import { overrule } from './overrule';
import { failed } from './retry';
import { cancelReason, completed, settle, survivesCancel } from './settle';
import { dependencyResult, type JobState, type NodeState } from './state';

/** Workers that may die under one node before it is given up: such a node is likely what kills them. */
export const MAX_LOSSES = 5;

type Input<T extends JobInput['type']> = Extract<JobInput, { type: T }>;
type AttemptInput = Input<
  'attemptStarted' | 'attemptProgressed' | 'attemptSucceeded' | 'attemptFailed' | 'attemptLost' | 'timerDue'
>;

/** What follows from an input. One that is late, repeated or out of order has no consequence: an empty list. */
export function decideJob(index: GraphIndex, state: ReadOnly<JobState>, input: JobInput): JobEvent[] {
  switch (input.type) {
    case 'submit':
      return state.status === 'new' ? [submitted(index, input)] : [];
    case 'admit':
      return state.status === 'submitted' ? [{ type: 'job.admitted', data: {} }] : [];
    case 'cancel':
      return cancel(index, state, { reason: input.reason });
    case 'deadlineDue':
      return cancel(index, state, { reason: 'the deadline of the job has passed', deadline: true });
    case 'pause':
      if (state.status === 'new' || isOver(state.status) || state.paused) return [];
      return [{ type: 'job.paused', data: { reason: input.reason } }];
    case 'unpause':
      if (isOver(state.status) || !state.paused) return [];
      return [{ type: 'job.unpaused', data: { reason: input.reason } }];
    case 'reprioritise':
      if (state.status === 'new' || isOver(state.status) || state.priority === input.priority) return [];
      return [{ type: 'job.reprioritised', data: { priority: input.priority } }];
    case 'resume':
      return resume(index, state, input.reason);
    case 'retry':
      return retry(index, state, input);
    case 'overrule':
      return overrule(index, state, input);
    case 'retryRefused':
      return state.status === 'new' ? [] : [retryRefused(input, input.why)];
    case 'workflowEnded':
      return workflowEnded(state, input);
    case 'settle':
      return settle(index, state, input);
    case 'nodeEntered':
      return entered(index, state, input);
    case 'outcomeAwaited':
      return awaited(state, input.token);
    case 'allEntered':
      return [...allEntered(state), ...awaited(state, input.token)];
    case 'reclassify':
      return reclassified(index, state, input);
    default:
      return decideAttempt(index, state, input);
  }
}

function submitted(index: GraphIndex, input: Input<'submit'>): JobEvent {
  const { type: _type, at: _at, random: _random, ...submission } = input;
  const { name, nodes, onFailure, type: jobType } = index.graph;
  const data = { name, nodes: nodes.length, onFailure, ...present({ jobType }), ...submission };
  return { type: 'job.submitted', data };
}

function cancel(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  data: { reason: string; deadline?: true },
): JobEvent[] {
  if (state.status === 'new' || isOver(state.status) || state.cancelReason !== undefined) return [];
  const event: JobEvent = { type: 'job.cancelRequested', data };
  // What is to run after the cancellation must not be held back.
  const goesOn = state.paused && index.graph.nodes.some(({ trigger }) => survivesCancel(state, trigger));
  return goesOn ? [event, { type: 'job.unpaused', data: { reason: data.reason } }] : [event];
}

/** A workflow that ends after its job, or is told of twice, is of no consequence. */
function workflowEnded(state: ReadOnly<JobState>, { status, reason }: Input<'workflowEnded'>): JobEvent[] {
  if (state.status !== 'running' || state.workflowEnded !== undefined) return [];
  return [{ type: 'job.workflowEnded', data: { status, reason } }];
}

/** A live job goes on as it is; an ended one runs again what did not succeed, and what was skipped because of it. */
function resume(index: GraphIndex, state: ReadOnly<JobState>, reason: string): JobEvent[] {
  if (state.status === 'new' || state.status === 'succeeded') return [];
  if (!isOver(state.status)) return [{ type: 'job.resumed', data: { nodes: [], reason } }];
  const nodes = jobNodes(index, state)
    .filter(({ node }) => dependencyResult(node) === 'failure')
    .map(({ id }) => id);
  return nodes.length === 0 ? [] : [{ type: 'job.resumed', data: { nodes, reason } }];
}

function entered(index: GraphIndex, state: ReadOnly<JobState>, input: Input<'nodeEntered'>): JobEvent[] {
  const node = nodeById(index, state, input.nodeId)?.node;
  // A node that fail-fast ended may be entered after its job is over: it still has to be answered.
  if (!node || state.status === 'new' || state.status === 'submitted') return [];
  if (node.entered && (input.token === undefined || input.token === node.token)) return [];
  const { nodeId, token } = input;
  return [{ type: 'node.entered', data: { nodeId, ...present({ token }) } }];
}

function allEntered({ status, nodes }: ReadOnly<JobState>): JobEvent[] {
  if (status !== 'running' || nodes.every(({ entered }) => entered)) return [];
  return [{ type: 'job.entered', data: {} }];
}

function awaited({ status, outcomeToken }: ReadOnly<JobState>, token: string): JobEvent[] {
  return status === 'new' || token === outcomeToken ? [] : [{ type: 'job.outcomeAwaited', data: { token } }];
}

/** What a person says of a failure. The shell knows the diagnosis of the attempt, where it failed and has one. */
function reclassified(index: GraphIndex, state: ReadOnly<JobState>, input: Input<'reclassify'>): JobEvent[] {
  const { nodeId, attempt, class: failureClass, reason, by, askedAt, forEveryone, diagnosis } = input;
  const node = nodeById(index, state, nodeId)?.node;
  if (!node || !diagnosis || attempt > node.attempt || node.phase === 'expanded') return [];
  if (node.reclassifiedAt !== undefined && askedAt <= node.reclassifiedAt) return [];
  const { signature, class: before } = diagnosis;
  const said = { class: failureClass, before, reason, by, askedAt, ...present({ forEveryone }) };
  return [{ type: 'attempt.reclassified', data: { nodeId, attempt, signature, ...said } }];
}

function decideAttempt(index: GraphIndex, state: ReadOnly<JobState>, input: AttemptInput): JobEvent[] {
  const found = nodeById(index, state, input.nodeId);
  if (!found || isOver(state.status)) return [];
  const { node } = found;
  const { nodeId, attempt } = input;
  if (input.type === 'timerDue') {
    const due = node.phase === 'backoff' && attempt === node.attempt + 1;
    return due ? [{ type: 'node.ready', data: { nodeId, attempt } }] : [];
  }
  if (attempt !== node.attempt || (node.phase !== 'ready' && node.phase !== 'running')) {
    return ignored(node, input);
  }
  switch (input.type) {
    case 'attemptStarted':
      if (node.phase !== 'ready') return [];
      return [{ type: 'attempt.started', data: { nodeId, attempt, workerId: input.workerId } }];
    case 'attemptProgressed': {
      // In whole steps, so that there are at most a hundred of them.
      const percentage = Math.floor(input.percentage);
      const { message } = input;
      if (percentage <= (node.percentage ?? 0)) return [];
      const data = { nodeId, attempt, percentage, ...present({ message }) };
      return [{ type: 'attempt.progressed', data }];
    }
    case 'attemptSucceeded': {
      const { durationMs, outputs, tests } = input;
      return [
        ...unheard(node, input),
        { type: 'attempt.succeeded', data: { nodeId, attempt, durationMs, outputs, ...present({ tests }) } },
        completed(nodeId, 'succeeded', attempt),
      ];
    }
    case 'attemptFailed':
      // Nobody asked for this cancellation: the worker gave the attempt back.
      if (input.failure.kind === 'cancelled' && !node.cancelRequested) {
        return lost(state, node, { nodeId, attempt, reason: input.failure.message });
      }
      return [...unheard(node, input), ...failed(state, found, input)];
    case 'attemptLost':
      return lost(state, node, input);
    default:
      return assertNever(input, 'attempt input');
  }
}

/** The start of an attempt whose end overtook the report of it, as that of a short one may. */
function unheard(
  { phase }: ReadOnly<NodeState>,
  { nodeId, attempt, workerId }: Input<'attemptSucceeded' | 'attemptFailed'>,
): JobEvent[] {
  if (phase !== 'ready' || workerId === undefined) return [];
  return [{ type: 'attempt.started', data: { nodeId, attempt, workerId } }];
}

/** A late report of an attempt that was given up is journalled, once, and changes nothing. */
function ignored(node: ReadOnly<NodeState>, input: AttemptInput): JobEvent[] {
  const { nodeId, attempt } = input;
  if (!node.lost?.includes(attempt)) return [];
  if (input.type !== 'attemptSucceeded' && input.type !== 'attemptFailed') return [];
  const report = input.type === 'attemptSucceeded' ? 'succeeded' : 'failed';
  return [{ type: 'attempt.ignored', data: { nodeId, attempt, report } }];
}

function lost(
  state: ReadOnly<JobState>,
  node: ReadOnly<NodeState>,
  { nodeId, attempt, reason }: { nodeId: string; attempt: number; reason: string },
): JobEvent[] {
  const event: JobEvent = { type: 'attempt.lost', data: { nodeId, attempt, reason } };
  if (node.cancelRequested) return [event, completed(nodeId, 'cancelled', attempt, cancelReason(state))];
  if (node.losses + 1 >= MAX_LOSSES) {
    const why = `lost its worker ${MAX_LOSSES} times, last: ${reason}`;
    const { type, data } = completed(nodeId, 'failed', attempt, why);
    return [event, { type, data: { ...data, evidence: LOST_TOO_OFTEN } }];
  }
  return [event, { type: 'node.ready', data: { nodeId, attempt: attempt + 1 } }];
}
