import type { GraphIndex } from '../dag/graph-index';
import { assertNever } from '../errors';
import { LIMITS } from '../limits';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { retry, retryRefused } from './again';
import type { JobCancelRequested, JobEvent } from './events';
import { OUTCOME_TOKENS_KEPT } from './evolve';
import type { JobInput } from './input';
import { nodeById } from './nodes';
import { overrule } from './overrule';
import { lostAttempt, withRecovered, workflowEnded } from './recovery';
import { resume } from './resume';
import { failed } from './retry';
import { decideStep, rollBack, stepOf } from './rollback';
import { isRollingBack } from './rollback-state';
import { completed, settle, survivesCancel } from './settle';
import { isPastDeadline, type JobState, type NodeState } from './state';

type Input<T extends JobInput['type']> = Extract<JobInput, { type: T }>;
type AttemptInput = Input<
  'attemptStarted' | 'attemptProgressed' | 'attemptSucceeded' | 'attemptFailed' | 'attemptLost' | 'timerDue'
>;

/** What follows from an input. One that is late, repeated or out of order has no consequence: an empty list. */
export function decideJob(index: GraphIndex, state: ReadOnly<JobState>, input: JobInput): JobEvent[] {
  return withRecovered(index, state, decided(index, state, input), input.at);
}

function decided(index: GraphIndex, state: ReadOnly<JobState>, input: JobInput): JobEvent[] {
  switch (input.type) {
    case 'submit':
      return state.status === 'new' ? [submitted(index, input)] : [];
    case 'admit':
      return state.status === 'submitted' ? [{ type: 'job.admitted', data: {} }] : [];
    case 'cancel':
      return cancel(index, state, { reason: input.reason, ...present({ force: input.force }) });
    case 'deadlineDue':
      return deadlineDue(index, state);
    case 'pause':
      return pause(state, input.reason);
    case 'unpause':
      if (isOver(state.status) || !state.paused) return [];
      return [{ type: 'job.unpaused', data: { reason: input.reason } }];
    case 'reprioritise':
      if (state.status === 'new' || isOver(state.status) || state.priority === input.priority) return [];
      return [{ type: 'job.reprioritised', data: { priority: input.priority } }];
    case 'share':
      return share(state, input.user);
    case 'unshare':
      if (!state.sharedWith?.includes(input.user)) return [];
      return [{ type: 'job.unshared', data: { user: input.user } }];
    case 'resume':
      return resume(index, state, input);
    case 'retry':
      return retry(index, state, input);
    case 'overrule':
      return overrule(index, state, input);
    case 'retryRefused':
      return state.status === 'new' ? [] : [retryRefused(input, input.why)];
    case 'rollback':
      return rollback(index, state, input);
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

/** What cleans up after a cancellation is not held back. */
function pause(state: ReadOnly<JobState>, reason: string): JobEvent[] {
  if (state.status === 'new' || isOver(state.status) || state.paused) return [];
  if (state.cancelReason !== undefined && !isRollingBack(state)) return [];
  return [{ type: 'job.paused', data: { reason } }];
}

/** A job is cancelled once, and once more by force, which ends what cleans up. */
function cancel(index: GraphIndex, state: ReadOnly<JobState>, data: JobCancelRequested): JobEvent[] {
  if (state.status === 'new' || isOver(state.status)) return [];
  if (state.cancelReason !== undefined && (!data.force || state.cancelForced)) return [];
  // What is being undone is undone to the end.
  if (isRollingBack(state)) return [];
  const event: JobEvent = { type: 'job.cancelRequested', data };
  // What is to run after the cancellation must not be held back.
  const cleansUp = index.graph.nodes.some(({ trigger }) => survivesCancel(state, trigger));
  const goesOn = state.paused && cleansUp && !data.force;
  return goesOn ? [event, { type: 'job.unpaused', data: { reason: data.reason } }] : [event];
}

/** A job that somebody had go on after its deadline is not ended by it, however often that is said. */
function deadlineDue(index: GraphIndex, state: ReadOnly<JobState>): JobEvent[] {
  if (isPastDeadline(state)) return [];
  return cancel(index, state, { reason: 'the deadline of the job has passed', deadline: true });
}

/** A live job is cancelled first. A person who has something undone wants it to be held back no longer. */
function rollback(index: GraphIndex, state: ReadOnly<JobState>, input: Input<'rollback'>): JobEvent[] {
  const { reason } = input;
  const events = rollBack(index, state, input);
  if (events.length === 0 || isOver(state.status) || input.order !== undefined) return events;
  events.push(...cancel(index, state, { reason }));
  const isHeld = state.paused && !events.some(({ type }) => type === 'job.unpaused');
  return isHeld ? [...events, { type: 'job.unpaused', data: { reason } }] : events;
}

function entered(index: GraphIndex, state: ReadOnly<JobState>, input: Input<'nodeEntered'>): JobEvent[] {
  const node = nodeById(index, state, input.nodeId)?.node;
  const { nodeId, token } = input;
  // A node that fail-fast ended may be entered after its job is over: it still has to be answered.
  if (state.status === 'new' || state.status === 'submitted') return [];
  // An item is no node of a workflow: only another graph had a node of this id.
  if (!node || node.item)
    return token === undefined ? [] : [{ type: 'job.nodeGone', data: { node: nodeId, token } }];
  if (node.entered && (token === undefined || token === node.token)) return [];
  const instead = token === undefined || token === node.token ? undefined : node.token;
  return [{ type: 'node.entered', data: { nodeId, ...present({ token, instead }) } }];
}

/** Whoever has it needs no share of it. */
function share({ status, submitted, sharedWith = [] }: ReadOnly<JobState>, user: string): JobEvent[] {
  if (status === 'new' || user === submitted?.owner || sharedWith.includes(user)) return [];
  return sharedWith.length < LIMITS.sharedWith ? [{ type: 'job.shared', data: { user } }] : [];
}

function allEntered({ status, nodes }: ReadOnly<JobState>): JobEvent[] {
  if (status !== 'running' || nodes.every(({ entered }) => entered)) return [];
  return [{ type: 'job.entered', data: {} }];
}

function awaited({ status, outcomeToken, ...state }: ReadOnly<JobState>, token: string): JobEvent[] {
  const others = state.outcomeTokens ?? [];
  if (status === 'new' || token === outcomeToken || others.includes(token)) return [];
  const instead = others.length < OUTCOME_TOKENS_KEPT - 1 ? undefined : others[0];
  return [{ type: 'job.outcomeAwaited', data: { token, ...present({ instead }) } }];
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
  const step = stepOf(state, found, attempt);
  if (step) {
    const events = decideStep(state, found, step, input);
    return events.length > 0 ? events : ignored(node, input);
  }
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
    case 'attemptFailed': {
      // Nobody asked for this cancellation: the worker gave the attempt back.
      if (input.failure.kind === 'cancelled' && !node.cancelRequested) {
        const { at, failure, workerId } = input;
        const cause = 'refused' as const;
        return lostAttempt(state, found, {
          ...{ at, nodeId, attempt, cause, reason: failure.message, ...present({ workerId }) },
        });
      }
      return [...unheard(node, input), ...failed(state, found, input)];
    }
    case 'attemptLost':
      return lostAttempt(state, found, input);
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

/** A late report of an attempt of a node, or to undo it, that was given up is journalled, once, and changes nothing. */
function ignored(node: ReadOnly<NodeState>, input: AttemptInput): JobEvent[] {
  const { nodeId, attempt } = input;
  if (!node.lost?.includes(attempt)) return [];
  if (input.type !== 'attemptSucceeded' && input.type !== 'attemptFailed') return [];
  const report = input.type === 'attemptSucceeded' ? 'succeeded' : 'failed';
  return [{ type: 'attempt.ignored', data: { nodeId, attempt, report } }];
}
