import type { GraphNode, TriggerRule } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import { survivesFailFast, triggerHolds } from '../dag/trigger-rule';
import type { JobOutcome, Outcome } from '../model/outcome';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { JobEvent } from './events';
import type { Settle } from './input';
import { nodeAt } from './nodes';
import { undo } from './rollback';
import { isRollingBack } from './rollback-state';
import { dependencyResult, type JobState, type NodeState, outcomeOf } from './state';

/** Draws every consequence the state implies. The shell calls it until `unsettled` is false. */
export function settle(index: GraphIndex, state: ReadOnly<JobState>, input: Settle): JobEvent[] {
  if (isOver(state.status) || state.status === 'new') return [];
  const events: JobEvent[] = [];
  for (const i of state.agenda) events.push(...judge(index, state, i, input));
  if (state.remaining > 0) return events;
  const undoing = undo(index, state, () => forwardEnding(state) === 'failed');
  if (undoing) return [...events, ...undoing];
  return [...events, { type: 'job.completed', data: { status: ending(index, state) } }];
}

/** The outcome of a job: of one that was undone no success is left. */
function ending(index: GraphIndex, state: ReadOnly<JobState>): JobOutcome {
  if (index.graph.onFailure === 'rollback' && state.failedFastBy !== undefined) return 'failed';
  const forward = forwardEnding(state);
  return forward === 'succeeded' && state.rollback ? 'cancelled' : forward;
}

/** A job that was cancelled too late to stop anything ends as if it had not been. */
function forwardEnding(state: ReadOnly<JobState>): JobOutcome {
  const any = (outcome: Outcome) => state.nodes.some((node) => outcomeOf(node) === outcome);
  if (state.cancelReason !== undefined && any('cancelled'))
    return state.deadlinePassed ? 'failed' : 'cancelled';
  return any('failed') ? 'failed' : 'succeeded';
}

function judge(index: GraphIndex, state: ReadOnly<JobState>, i: number, { conditions }: Settle): JobEvent[] {
  const { id: nodeId, spec, node } = nodeAt(index, state, i);
  if (node.phase === 'final') return [];
  if (node.phase === 'expanded') return [gathered(state, nodeId, node)];
  if (isStopped(state, spec.trigger)) return stopped(state, nodeId, node);
  // What was to be stopped may go on by now, as a person has what failed tried again: what runs has begun already.
  if (node.phase !== 'waiting') return [];
  if (!node.item && !triggers(index, state, i)) return [untriggered(index, state, i)];
  const attempt = node.attempt + 1;
  if (!isJudged(spec)) return [{ type: 'node.ready', data: { nodeId, attempt } }];
  const result = conditions.get(nodeId);
  if (!result) return [];
  if ('error' in result) {
    return [completed(nodeId, 'failed', node.attempt, `CONDITION_INVALID: ${result.error}`)];
  }
  if ('items' in result) return expanded(nodeId, result.items);
  if (!result.holds) return [completed(nodeId, 'skipped', node.attempt, `when is false: ${spec.when}`)];
  return [{ type: 'node.ready', data: { nodeId, attempt, ...present({ given: result.given }) } }];
}

/** Whether there is something to evaluate before it is known whether it runs, or with what. An item has its variables alone. */
function isJudged({ when, forEach, with: variables }: GraphNode): boolean {
  return when !== undefined || forEach !== undefined || variables !== undefined;
}

function stopped(state: ReadOnly<JobState>, nodeId: string, node: ReadOnly<NodeState>): JobEvent[] {
  const reason = cancelReason(state);
  if (node.phase !== 'ready' && node.phase !== 'running') {
    return [completed(nodeId, 'cancelled', node.attempt, reason)];
  }
  if (node.cancelRequested) return [];
  return [{ type: 'attempt.cancelRequested', data: { nodeId, attempt: node.attempt, reason } }];
}

function untriggered(index: GraphIndex, state: ReadOnly<JobState>, i: number): JobEvent {
  const { id, spec, node } = nodeAt(index, state, i);
  const needs = (index.needs[i] ?? []).map((need) => nodeAt(index, state, need));
  const failures = needs.filter((need) => dependencyResult(need.node) === 'failure');
  const names = (failures.length > 0 ? failures : needs)
    .slice(0, 5)
    .map((need) => `${need.id} ${outcomeOf(need.node)}`);
  const event = completed(id, 'skipped', node.attempt, `${spec.trigger} does not hold: ${names.join(', ')}`);
  return failures.length > 0 ? { ...event, data: { ...event.data, failedUpstream: true } } : event;
}

/** A fan-out over nothing is skipped, so that what needs it can tell. */
function expanded(nodeId: string, items: readonly unknown[]): JobEvent[] {
  if (items.length === 0) return [completed(nodeId, 'skipped', 0, 'forEach gives no items')];
  return [{ type: 'node.expanded', data: { nodeId, items } }];
}

/** The outcome of a fan-out whose items are all final. */
function gathered(state: ReadOnly<JobState>, nodeId: string, { fanOut }: ReadOnly<NodeState>): JobEvent {
  const { first, total } = fanOut ?? { first: 0, total: 0 };
  const items = state.nodes.slice(first, first + total);
  const of = (outcome: Outcome) => items.filter((item) => outcomeOf(item) === outcome).length;
  if (of('failed') > 0) return completed(nodeId, 'failed', 0, `${of('failed')} of ${total} items failed`);
  if (of('cancelled') > 0) return completed(nodeId, 'cancelled', 0, cancelReason(state));
  return completed(nodeId, 'succeeded', 0);
}

function triggers(index: GraphIndex, state: ReadOnly<JobState>, i: number): boolean {
  const results = (index.needs[i] ?? []).map((n) => dependencyResult(state.nodes[n] as ReadOnly<NodeState>));
  return triggerHolds(index.graph.nodes[i]?.trigger ?? 'all_success', results);
}

/** Whether the state implies something that no event says yet. */
export function unsettled(state: ReadOnly<JobState>): boolean {
  if (isOver(state.status) || state.status === 'new') return false;
  if (state.agenda.size > 0) return true;
  return state.remaining === 0 && !waitsForSteps(state);
}

/** Whether there is nothing to decide before a worker has reported on what it undoes. */
function waitsForSteps(state: ReadOnly<JobState>): boolean {
  const { rollback } = state;
  return rollback !== undefined && isRollingBack(state) && rollback.agenda.size === 0 && rollback.open > 0;
}

/** Whether a node of this rule does not go on: its job was cancelled, its deadline passed, or fail-fast ended it. */
function isStopped(state: ReadOnly<JobState>, rule: TriggerRule): boolean {
  if (state.cancelReason !== undefined && !survivesCancel(state, rule)) return true;
  return state.failedFastBy !== undefined && !survivesFailFast(rule);
}

/**
 * What cleans up runs after everything, unless a person has it ended too. Of a job that was never admitted there is nothing
 * to clean up.
 */
export function survivesCancel({ status, cancelForced }: ReadOnly<JobState>, rule: TriggerRule): boolean {
  return rule === 'always' && status === 'running' && !cancelForced;
}

/** Indexes of nodes whose conditions decide now: on the agenda, not stopped, trigger rule holding. Items included. */
export function conditionsDue(index: GraphIndex, state: ReadOnly<JobState>): number[] {
  return [...state.agenda].filter((i) => {
    const { spec, node } = nodeAt(index, state, i);
    if (!isJudged(spec) || node.phase !== 'waiting') return false;
    return !isStopped(state, spec.trigger) && (node.item !== undefined || triggers(index, state, i));
  });
}

export function completed(nodeId: string, outcome: Outcome, attempts: number, reason?: string) {
  const data = reason === undefined ? { nodeId, outcome, attempts } : { nodeId, outcome, attempts, reason };
  return { type: 'node.completed' as const, data };
}

export function cancelReason(state: ReadOnly<JobState>): string {
  const { cancelReason, failedFastBy, submitted } = state;
  return cancelReason ?? `${submitted?.onFailure ?? 'fail-fast'}: ${failedFastBy} failed`;
}
