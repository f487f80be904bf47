import type { GraphIndex } from '../dag/graph-index';
import { survivesFailFast, triggerHolds } from '../dag/trigger';
import { assertNever } from '../errors';
import { backoff } from '../retry/backoff';
import type { JobEvent, JobOutcome, Outcome } from './events';
import type { JobInput, Settle } from './inputs';
import { type JobNode, jobNodes, nodeAt, nodeById } from './nodes';
import { dependencyResult, isOver, type JobState, type NodeState } from './state';

/** Execution nodes that may die under one node before it is given up: such a node is likely what kills them. */
export const MAX_LOSSES = 5;

type Input<T extends JobInput['type']> = Extract<JobInput, { type: T }>;
type AttemptInput = Input<
  'attemptStarted' | 'attemptProgressed' | 'attemptSucceeded' | 'attemptFailed' | 'attemptLost' | 'timerDue'
>;

/** What follows from an input. One that is late, repeated or out of order has no consequence: an empty list. */
export function decideJob(index: GraphIndex, state: JobState, input: JobInput): JobEvent[] {
  switch (input.type) {
    case 'submit':
      return state.status === 'new' ? [submitted(index, input)] : [];
    case 'admit':
      return state.status === 'submitted' ? [{ type: 'job.admitted', data: {} }] : [];
    case 'cancel':
      return cancel(state, { reason: input.reason });
    case 'deadlineDue':
      return cancel(state, { reason: 'the deadline of the job has passed', deadline: true });
    case 'pause':
      if (state.status === 'new' || isOver(state.status) || state.paused) return [];
      return [{ type: 'job.paused', data: { reason: input.reason } }];
    case 'unpause':
      return state.paused ? [{ type: 'job.unpaused', data: { reason: input.reason } }] : [];
    case 'reprioritise':
      if (state.status === 'new' || isOver(state.status) || state.priority === input.priority) return [];
      return [{ type: 'job.reprioritised', data: { priority: input.priority } }];
    case 'resume':
      return resume(index, state, input.reason);
    case 'settle':
      return settle(index, state, input);
    case 'nodeEntered':
      return entered(index, state, input);
    case 'outcomeAwaited':
      if (state.status === 'new' || input.token === state.outcomeToken) return [];
      return [{ type: 'job.outcomeAwaited', data: { token: input.token } }];
    default:
      return decideAttempt(index, state, input);
  }
}

function submitted(index: GraphIndex, input: Input<'submit'>): JobEvent {
  const { graphHash, owner, priority, pool, deadlineAt } = input;
  const { name, nodes, onFailure } = index.graph;
  const deadline = deadlineAt === undefined ? {} : { deadlineAt };
  return {
    type: 'job.submitted',
    data: { name, graphHash, nodes: nodes.length, onFailure, owner, priority, pool, ...deadline },
  };
}

function cancel(state: JobState, data: { reason: string; deadline?: true }): JobEvent[] {
  if (state.status === 'new' || isOver(state.status) || state.cancelReason !== undefined) return [];
  return [{ type: 'job.cancelRequested', data }];
}

/** A live job goes on as it is; an ended one runs again what did not succeed, and what was skipped because of it. */
function resume(index: GraphIndex, state: JobState, reason: string): JobEvent[] {
  if (state.status === 'new' || state.status === 'succeeded') return [];
  if (!isOver(state.status)) return [{ type: 'job.resumed', data: { nodes: [], reason } }];
  const nodes = jobNodes(index, state)
    .filter(({ node }) => dependencyResult(node) === 'failure')
    .map(({ id }) => id);
  return nodes.length === 0 ? [] : [{ type: 'job.resumed', data: { nodes, reason } }];
}

function entered(index: GraphIndex, state: JobState, input: Input<'nodeEntered'>): JobEvent[] {
  const node = nodeById(index, state, input.nodeId)?.node;
  // A node that fail-fast ended may be entered after its job is over: it still has to be answered.
  if (!node || state.status === 'new' || state.status === 'submitted') return [];
  if (node.entered && (input.token === undefined || input.token === node.token)) return [];
  const { nodeId, token } = input;
  return [{ type: 'node.entered', data: token === undefined ? { nodeId } : { nodeId, token } }];
}

function decideAttempt(index: GraphIndex, state: JobState, input: AttemptInput): JobEvent[] {
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
      if (input.percentage <= (node.percentage ?? 0)) return [];
      const { percentage, message } = input;
      return [
        {
          type: 'attempt.progressed',
          data: { nodeId, attempt, percentage, ...(message === undefined ? {} : { message }) },
        },
      ];
    }
    case 'attemptSucceeded': {
      const { durationMs, outputs } = input;
      return [
        { type: 'attempt.succeeded', data: { nodeId, attempt, durationMs, outputs } },
        completed(nodeId, 'succeeded', attempt),
      ];
    }
    case 'attemptFailed':
      // Nobody asked for this cancellation: the execution node gave the attempt back.
      if (input.failure.kind === 'cancelled' && !node.cancelRequested) {
        return lost(state, node, { nodeId, attempt, reason: input.failure.message });
      }
      return failed(state, found, input);
    case 'attemptLost':
      return lost(state, node, input);
    default:
      return assertNever(input, 'attempt input');
  }
}

/** A late report of an attempt that was given up is journalled, once, and changes nothing. */
function ignored(node: NodeState, input: AttemptInput): JobEvent[] {
  const { nodeId, attempt } = input;
  if (!node.lost?.includes(attempt)) return [];
  if (input.type !== 'attemptSucceeded' && input.type !== 'attemptFailed') return [];
  const report = input.type === 'attemptSucceeded' ? 'succeeded' : 'failed';
  return [{ type: 'attempt.ignored', data: { nodeId, attempt, report } }];
}

function failed(state: JobState, { node, spec }: JobNode, input: Input<'attemptFailed'>): JobEvent[] {
  const { nodeId, attempt, durationMs, failure } = input;
  const event: JobEvent = { type: 'attempt.failed', data: { nodeId, attempt, durationMs, failure } };
  if (node.cancelRequested) return [event, completed(nodeId, 'cancelled', attempt, cancelReason(state))];
  const failures = node.failures + (node.failedAttempt === attempt ? 0 : 1);
  if (failures >= spec.retry.maxAttempts) {
    return [event, completed(nodeId, 'failed', attempt, failure.message)];
  }
  const { delayMs, why } = backoff(spec.retry, failures, input.random);
  return [
    event,
    {
      type: 'node.retryScheduled',
      data: { nodeId, attempt: attempt + 1, dueAt: input.at + delayMs, delayMs, why },
    },
  ];
}

function lost(
  state: JobState,
  node: NodeState,
  { nodeId, attempt, reason }: { nodeId: string; attempt: number; reason: string },
): JobEvent[] {
  const event: JobEvent = { type: 'attempt.lost', data: { nodeId, attempt, reason } };
  if (node.cancelRequested) return [event, completed(nodeId, 'cancelled', attempt, cancelReason(state))];
  if (node.losses + 1 >= MAX_LOSSES) {
    const why = `lost its execution node ${MAX_LOSSES} times, last: ${reason}`;
    return [event, completed(nodeId, 'failed', attempt, why)];
  }
  return [event, { type: 'node.ready', data: { nodeId, attempt: attempt + 1 } }];
}

/** Draws every consequence the state implies. The shell calls it until `unsettled` is false. */
function settle(index: GraphIndex, state: JobState, input: Settle): JobEvent[] {
  if (isOver(state.status) || state.status === 'new') return [];
  const events: JobEvent[] = [];
  for (const i of state.agenda) events.push(...judge(index, state, i, input));
  if (state.remaining === 0) {
    events.push({ type: 'job.completed', data: { status: ending(state) } });
  }
  return events;
}

/** A job that was cancelled too late to stop anything ends as if it had not been. */
function ending(state: JobState): JobOutcome {
  const any = (outcome: Outcome) => state.nodes.some((node) => node.outcome === outcome);
  if (state.cancelReason !== undefined && any('cancelled'))
    return state.deadlinePassed ? 'failed' : 'cancelled';
  return any('failed') ? 'failed' : 'succeeded';
}

function judge(index: GraphIndex, state: JobState, i: number, { conditions }: Settle): JobEvent[] {
  const { id: nodeId, spec, node } = nodeAt(index, state, i);
  if (node.phase === 'final') return [];
  if (node.phase === 'expanded') return [gathered(state, nodeId, node)];
  const stop =
    state.cancelReason !== undefined || (state.failedFastBy !== undefined && !survivesFailFast(spec.trigger));
  if (stop) return stopped(state, nodeId, node);
  if (!node.item && !triggers(index, state, i)) return [untriggered(index, state, i)];
  if (!node.item && (spec.when !== undefined || spec.forEach !== undefined)) {
    const result = conditions.get(nodeId);
    if (!result) return [];
    if ('error' in result) return [completed(nodeId, 'failed', node.attempt, result.error)];
    if ('items' in result) return expanded(nodeId, result.items);
    if (!result.holds) return [completed(nodeId, 'skipped', node.attempt, `when is false: ${spec.when}`)];
  }
  return [{ type: 'node.ready', data: { nodeId, attempt: node.attempt + 1 } }];
}

function stopped(state: JobState, nodeId: string, node: NodeState): JobEvent[] {
  const reason = cancelReason(state);
  if (node.phase !== 'ready' && node.phase !== 'running') {
    return [completed(nodeId, 'cancelled', node.attempt, reason)];
  }
  if (node.cancelRequested) return [];
  return [{ type: 'attempt.cancelRequested', data: { nodeId, attempt: node.attempt, reason } }];
}

function untriggered(index: GraphIndex, state: JobState, i: number): JobEvent {
  const { id, spec, node } = nodeAt(index, state, i);
  const needs = (index.needs[i] ?? []).map((need) => nodeAt(index, state, need));
  const failures = needs.filter((need) => dependencyResult(need.node) === 'failure');
  const names = (failures.length > 0 ? failures : needs)
    .slice(0, 5)
    .map((need) => `${need.id} ${need.node.outcome}`);
  const event = completed(id, 'skipped', node.attempt, `${spec.trigger} does not hold: ${names.join(', ')}`);
  return failures.length > 0 ? { ...event, data: { ...event.data, failedUpstream: true } } : event;
}

/** A fan-out over nothing is skipped, so that what needs it can tell. */
function expanded(nodeId: string, items: readonly unknown[]): JobEvent[] {
  if (items.length === 0) return [completed(nodeId, 'skipped', 0, 'forEach gives no items')];
  return [{ type: 'node.expanded', data: { nodeId, items } }];
}

/** The outcome of a fan-out whose items are all final. */
function gathered(state: JobState, nodeId: string, { fanOut }: NodeState): JobEvent {
  const { first, total } = fanOut ?? { first: 0, total: 0 };
  const items = state.nodes.slice(first, first + total);
  const of = (outcome: Outcome) => items.filter((item) => item.outcome === outcome).length;
  if (of('failed') > 0) return completed(nodeId, 'failed', 0, `${of('failed')} of ${total} items failed`);
  if (of('cancelled') > 0) return completed(nodeId, 'cancelled', 0, cancelReason(state));
  return completed(nodeId, 'succeeded', 0);
}

function triggers(index: GraphIndex, state: JobState, i: number): boolean {
  const results = (index.needs[i] ?? []).map((n) => dependencyResult(state.nodes[n] as NodeState));
  return triggerHolds(index.graph.nodes[i]?.trigger ?? 'all_success', results);
}

/** Whether the state implies something that no event says yet. */
export function unsettled(state: JobState): boolean {
  if (isOver(state.status) || state.status === 'new') return false;
  return state.agenda.size > 0 || state.remaining === 0;
}

/** Indexes of nodes whose `when` or `forEach` decides now: on the agenda, not stopped, trigger rule holding. */
export function conditionsDue(index: GraphIndex, state: JobState): number[] {
  if (state.cancelReason !== undefined) return [];
  return [...state.agenda].filter((i) => {
    const spec = index.graph.nodes[i];
    if (!spec || (spec.when === undefined && spec.forEach === undefined)) return false;
    if (state.nodes[i]?.phase !== 'waiting') return false;
    if (state.failedFastBy !== undefined && !survivesFailFast(spec.trigger)) return false;
    return triggers(index, state, i);
  });
}

function completed(nodeId: string, outcome: Outcome, attempts: number, reason?: string) {
  const data = reason === undefined ? { nodeId, outcome, attempts } : { nodeId, outcome, attempts, reason };
  return { type: 'node.completed' as const, data };
}

function cancelReason(state: JobState): string {
  return state.cancelReason ?? `fail-fast: ${state.failedFastBy} failed`;
}
