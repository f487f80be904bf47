import type { GraphIndex } from '../dag/graph-index';
import type { Effect } from '../ports/effects';
import type { Recorded } from '../journal/envelope';
import type { NodeAnswer, PublicEvent } from '../ports/stores';
import type { PoolMessage, WorkItem } from '../messages/pool';
import type { AttemptRef, JobEvent, JobOutcome, JobSubmitted } from './events';
import { jobNodes, nodeById } from './nodes';
import { isOver, type JobState, type NodeState } from './state';

export interface JobContext {
  readonly jobId: string;
  readonly index: GraphIndex;
  readonly state: JobState;
  readonly traceId: string;
}

const ENDINGS: Record<JobOutcome, string> = {
  succeeded: 'orchestration.execution.completed',
  failed: 'orchestration.execution.failed',
  cancelled: 'orchestration.execution.cancelled',
};

/**
 * The effects one event requires, seen from a state at or after it. An effect that later events made
 * pointless (an attempt that is over) is left out, so deriving late never does more than deriving at once.
 */
export function jobEffects(context: JobContext, recorded: Recorded<JobEvent>): Effect[] {
  const id = `${recorded.stream}/${recorded.seq}`;
  const event = { type: recorded.type, data: recorded.data } as JobEvent;
  const { jobId, state } = context;
  switch (event.type) {
    case 'job.submitted':
      return [
        { id, kind: 'toPool', poolId: event.data.pool, message: queued(jobId, event.data, recorded.at) },
        ...deadline(context, id),
      ];
    case 'job.admitted':
      return [
        { id: `${id}/workflow`, kind: 'startWorkflow', jobId, graphHash: context.index.hash },
        published(context, id, 'orchestration.execution.started', recorded.at),
      ];
    case 'job.completed':
      return [
        toPool(context, `${id}/over`, { type: 'jobOver', jobId }),
        published(context, id, ENDINGS[event.data.status], recorded.at),
        ...(event.data.status === 'cancelled' ? [stop(context, id)] : outcome(context, id)),
        ...toTrigger(context, id, event.data.status),
      ];
    case 'job.outcomeAwaited':
      return outcome(context, id);
    case 'node.entered':
    case 'node.completed':
      return answer(context, id, event.data.nodeId);
    case 'node.ready':
      return offer(context, id, event.data);
    case 'node.retryScheduled': {
      const { nodeId, attempt, dueAt } = event.data;
      return [{ id, kind: 'timer', jobId, message: { type: 'timerDue', nodeId, attempt }, dueAt }];
    }
    case 'attempt.succeeded':
    case 'attempt.failed':
    case 'attempt.lost':
      return release(context, id, event.data);
    case 'attempt.cancelRequested': {
      const { nodeId, attempt, reason } = event.data;
      const message = { type: 'workWithdrawn' as const, jobId, nodeId, attempt, reason };
      return isCurrent(context, event.data) ? [{ id, kind: 'toPool', poolId: poolOf(state), message }] : [];
    }
    case 'job.paused':
      return [toPool(context, id, { type: 'jobHeld', jobId })];
    case 'job.unpaused':
      return [toPool(context, id, { type: 'jobUnheld', jobId })];
    case 'job.reprioritised':
      return [toPool(context, id, { type: 'jobReprioritised', jobId, priority: event.data.priority })];
    case 'attempt.ignored':
    case 'job.cancelRequested':
    case 'job.resumed':
    case 'node.expanded':
    case 'attempt.started':
    case 'attempt.progressed':
      return [];
  }
}

/**
 * What the state still waits for from outside, derived afresh: what a runtime performs when it takes over a job
 * whose last process died. Performing it beside effects that did happen is harmless.
 */
export function outstandingEffects(context: JobContext): Effect[] {
  const { jobId, state, index } = context;
  const id = `job/${jobId}/outstanding`;
  if (state.status === 'new' || isOver(state.status)) return [];
  const { submitted, submittedAt = 0 } = state;
  if (state.status === 'submitted' && submitted) {
    return [
      { id, kind: 'toPool', poolId: submitted.pool, message: queued(jobId, submitted, submittedAt) },
      ...deadline(context, id),
    ];
  }
  const effects: Effect[] = [
    { id, kind: 'startWorkflow', jobId, graphHash: index.hash },
    ...deadline(context, id),
    ...(state.paused ? [toPool(context, `${id}/held`, { type: 'jobHeld', jobId })] : []),
  ];
  for (const { id: nodeId, node } of jobNodes(index, state)) {
    if (node.phase === 'backoff') {
      const message = { type: 'timerDue' as const, nodeId, attempt: node.attempt + 1 };
      effects.push({ id: `${id}/${nodeId}`, kind: 'timer', jobId, message, dueAt: node.dueAt ?? 0 });
    }
    if (node.phase === 'ready' || node.phase === 'running') {
      const ref = { nodeId, attempt: node.attempt };
      effects.push(...offerWork(context, `${id}/${nodeId}`, ref));
      if (node.cancelRequested) {
        const message = {
          type: 'workWithdrawn' as const,
          jobId,
          ...ref,
          reason: state.cancelReason ?? 'cancelled',
        };
        effects.push({ id: `${id}/${nodeId}/cancel`, kind: 'toPool', poolId: poolOf(state), message });
      }
    }
  }
  return effects;
}

function offer(context: JobContext, id: string, ref: AttemptRef): Effect[] {
  const node = nodeOf(context, ref.nodeId);
  return node?.phase === 'ready' && node.attempt === ref.attempt ? offerWork(context, id, ref) : [];
}

function offerWork({ jobId, index, state, traceId }: JobContext, id: string, ref: AttemptRef): Effect[] {
  const found = nodeById(index, state, ref.nodeId);
  if (!found) return [];
  const { i, node, spec } = found;
  const work: WorkItem = {
    jobId,
    ...ref,
    graphHash: index.hash,
    owner: state.submitted?.owner ?? '',
    labels: [...spec.labels],
    slots: spec.slots,
    ...(spec.resources ? { resources: { ...spec.resources } } : {}),
    ...(spec.concurrency ? { concurrency: spec.concurrency } : {}),
    ...(state.submitted?.parameters ? { parameters: state.submitted.parameters } : {}),
    priority: state.priority ?? 'normal',
    rank: index.rank[node.item?.parent ?? i] ?? 0,
    timeoutMs: spec.timeoutMs,
    readyAt: node.readyAt ?? 0,
    traceId,
    // The graph does not know what an item runs.
    ...(node.item ? { work: spec.work } : {}),
  };
  return [{ id, kind: 'toPool', poolId: poolOf(state), message: { type: 'workOffered', work } }];
}

function release({ jobId, state }: JobContext, id: string, { nodeId, attempt }: AttemptRef): Effect[] {
  const message = { type: 'workReleased' as const, jobId, nodeId, attempt };
  return [{ id, kind: 'toPool', poolId: poolOf(state), message }];
}

function queued(jobId: string, { owner, priority }: JobSubmitted, queuedAt: number): PoolMessage {
  return { type: 'jobQueued', jobId, owner, priority, queuedAt };
}

function deadline({ jobId, state }: JobContext, id: string): Effect[] {
  const dueAt = state.submitted?.deadlineAt;
  if (dueAt === undefined) return [];
  return [{ id: `${id}/deadline`, kind: 'timer', jobId, message: { type: 'deadlineDue' }, dueAt }];
}

function toPool({ state }: JobContext, id: string, message: PoolMessage): Effect {
  return { id, kind: 'toPool', poolId: poolOf(state), message };
}

function toTrigger({ jobId, state }: JobContext, id: string, status: JobOutcome): Effect[] {
  const { trigger } = state.submitted ?? {};
  if (!trigger) return [];
  const message = { type: 'jobEnded' as const, jobId, status };
  return [{ id: `${id}/trigger`, kind: 'toTrigger', triggerId: trigger.id, message }];
}

function answer(context: JobContext, id: string, nodeId: string): Effect[] {
  const node = nodeOf(context, nodeId);
  // The workflow knows a fan-out, not its items.
  if (!node?.outcome || !node.entered || node.item) return [];
  const reply: NodeAnswer = {
    nodeId,
    outcome: node.outcome,
    ...(node.reason === undefined ? {} : { reason: node.reason }),
    ...(node.token === undefined ? {} : { token: node.token }),
  };
  return [{ id, kind: 'answerNode', jobId: context.jobId, answer: reply }];
}

function outcome({ jobId, state }: JobContext, id: string): Effect[] {
  if (state.outcomeToken === undefined || !isOver(state.status)) return [];
  return [
    { id: `${id}/outcome`, kind: 'answerOutcome', jobId, token: state.outcomeToken, status: state.status },
  ];
}

function stop({ jobId, state }: JobContext, id: string): Effect {
  return { id: `${id}/stop`, kind: 'stopWorkflow', jobId, reason: state.cancelReason ?? 'cancelled' };
}

function published({ jobId, state, traceId }: JobContext, id: string, type: string, at: number): Effect {
  const { name, graphHash, owner, priority, nodes, trigger, parameters } = state.submitted ?? {};
  const status = isOver(state.status) ? { status: state.status, outcomes: countOutcomes(state) } : {};
  const event: PublicEvent = {
    id,
    type,
    at,
    detail: { jobId, name, graphHash, owner, priority, nodes, trigger, parameters, traceId, ...status },
  };
  return { id: `${id}/publish`, kind: 'publish', event };
}

function countOutcomes(state: JobState): Record<string, number> {
  const counts: Record<string, number> = { succeeded: 0, failed: 0, skipped: 0, cancelled: 0 };
  for (const { outcome } of state.nodes) if (outcome) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function isCurrent(context: JobContext, ref: AttemptRef): boolean {
  const node = nodeOf(context, ref.nodeId);
  return (
    node !== undefined && node.attempt === ref.attempt && (node.phase === 'ready' || node.phase === 'running')
  );
}

function nodeOf({ index, state }: JobContext, nodeId: string): NodeState | undefined {
  return nodeById(index, state, nodeId)?.node;
}

function poolOf(state: JobState): string {
  return state.submitted?.pool ?? 'default';
}
