import type { GraphIndex } from '../dag/graph-index';
import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import { jobAt, poolAt, triggerAt } from '../messages/address';
import { type Effect, type EffectOf, effectsOf, type NodeAnswer } from '../messages/effect';
import type { JobMessage } from '../messages/job';
import type { PoolMessage, WorkItem } from '../messages/pool';
import type { NodeAttempt } from '../model/attempt';
import { isOver, type JobOutcome, OUTCOMES } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { AttemptReclassified, JobEvent, JobSubmitted } from './events';
import { nodeById } from './nodes';
import { observations } from './observations';
import { type JobState, type NodeState, outcomeOf } from './state';

export interface JobContext {
  readonly jobId: string;
  readonly index: GraphIndex;
  readonly state: ReadOnly<JobState>;
  readonly traceId: string;
}

const ENDINGS: Record<JobOutcome, string> = {
  succeeded: 'orchestration.execution.completed',
  failed: 'orchestration.execution.failed',
  cancelled: 'orchestration.execution.cancelled',
};

/** Types of the public events that say that a job has ended. */
export const JOB_ENDED: readonly string[] = Object.values(ENDINGS);

/** Makes effects of one cause. */
type Make = ReturnType<typeof effectsOf>;

/**
 * The effects one event requires, seen from a state at or after it. An effect that later events made
 * pointless (an attempt that is over) is left out, so deriving late never does more than deriving at once.
 */
export function jobEffects(context: JobContext, event: Recorded<JobEvent>): Effect[] {
  const { jobId, state } = context;
  const make = effectsOf(event);
  switch (event.type) {
    case 'job.submitted':
      return [make(queued(context, event.data, event.at)), ...deadline(context, make)];
    case 'job.admitted':
      return [
        make(startWorkflow(context), 'workflow'),
        published(context, event, 'orchestration.execution.started'),
      ];
    case 'job.completed':
      return [
        make(toPool(state, { type: 'jobOver', jobId, version: event.seq }), 'over'),
        published(context, event, ENDINGS[event.data.status]),
        ...(event.data.status === 'cancelled'
          ? [make(stopWorkflow(context), 'stop')]
          : outcome(context, make)),
        ...toTrigger(context, make, event.data.status),
      ];
    case 'job.outcomeAwaited':
      return outcome(context, make);
    case 'node.entered':
    case 'node.completed':
      return answer(context, make, event.data.nodeId);
    case 'node.ready':
      return isReady(context, event.data) ? offers(context, event.data).map((offer) => make(offer)) : [];
    case 'node.retryScheduled': {
      const { nodeId, attempt, dueAt } = event.data;
      return [make(timer(jobId, { type: 'timerDue', nodeId, attempt }, dueAt))];
    }
    case 'attempt.succeeded':
    case 'attempt.failed':
    case 'attempt.lost':
      return [make(released(context, event.data)), ...observations(context, event)];
    case 'attempt.cancelRequested':
      return isCurrent(context, event.data) ? [make(withdrawal(context, event.data, event.data.reason))] : [];
    case 'job.paused':
      return [make(toPool(state, { type: 'jobHeld', jobId, version: event.seq }))];
    case 'job.unpaused':
      return [make(toPool(state, { type: 'jobUnheld', jobId, version: event.seq }))];
    case 'job.reprioritised':
      return [make(toPool(state, { type: 'jobReprioritised', jobId, priority: event.data.priority }))];
    case 'attempt.reclassified':
      return [make(correction(context, event.data))];
    case 'job.workflowEnded':
      return [published(context, event, 'orchestration.workflow.lost', event.data)];
    case 'attempt.ignored':
    case 'job.entered':
    case 'job.cancelRequested':
    case 'job.resumed':
    case 'job.retryRefused':
    case 'node.expanded':
    case 'attempt.started':
    case 'attempt.progressed':
      return [];
    default:
      return assertNever(event, 'job event');
  }
}

function released({ jobId, state }: JobContext, { nodeId, attempt }: NodeAttempt): EffectOf {
  return toPool(state, { type: 'workReleased', jobId, nodeId, attempt });
}

/** Asks the pool to hand out an attempt. None where the graph lacks the node. */
export function offers({ jobId, index, state, traceId }: JobContext, ref: NodeAttempt): EffectOf[] {
  const found = nodeById(index, state, ref.nodeId);
  if (!found) return [];
  const { i, node, spec } = found;
  const { timeoutMs } = spec;
  const { slots = spec.slots, ...resources } = { ...spec.resources, ...node.retry?.resources };
  const work: WorkItem = {
    ...{ jobId, nodeId: ref.nodeId, attempt: ref.attempt, graphHash: index.hash, slots, timeoutMs, traceId },
    owner: state.submitted?.owner ?? '',
    labels: [...spec.labels],
    priority: state.priority ?? 'normal',
    rank: index.rank[node.item?.parent ?? i] ?? 0,
    readyAt: node.readyAt ?? 0,
    ...present({
      resources: Object.keys(resources).length > 0 ? resources : undefined,
      avoid: node.retry?.avoid && [...node.retry.avoid],
      dependencies: spec.dependencies && [...spec.dependencies],
      concurrency: spec.concurrency,
      parameters: state.submitted?.parameters,
      // The graph does not know what an item runs.
      work: node.item && spec.work,
      tests: node.retry?.tests,
    }),
  };
  return [toPool(state, { type: 'workOffered', work })];
}

export function withdrawal(
  { jobId, state }: JobContext,
  { nodeId, attempt }: NodeAttempt,
  reason: string,
): EffectOf {
  return toPool(state, { type: 'workWithdrawn', jobId, nodeId, attempt, reason });
}

export function queued(
  { jobId }: JobContext,
  { owner, priority, pool }: ReadOnly<JobSubmitted>,
  queuedAt: number,
): EffectOf {
  return { kind: 'send', to: poolAt(pool), message: { type: 'jobQueued', jobId, owner, priority, queuedAt } };
}

export function deadline({ jobId, state }: JobContext, make: Make): Effect[] {
  const dueAt = state.submitted?.deadlineAt;
  return dueAt === undefined ? [] : [make(timer(jobId, { type: 'deadlineDue' }, dueAt), 'deadline')];
}

export function timer(jobId: string, message: JobMessage, dueAt: number): EffectOf {
  return { kind: 'timer', to: jobAt(jobId), message, dueAt };
}

export function startWorkflow({ jobId, index }: JobContext): EffectOf {
  return { kind: 'startWorkflow', jobId, graphHash: index.hash };
}

export function toPool(state: ReadOnly<JobState>, message: PoolMessage): EffectOf {
  return { kind: 'send', to: poolAt(state.submitted?.pool ?? 'default'), message };
}

function correction({ state }: JobContext, said: AttemptReclassified): EffectOf {
  const { signature, class: failureClass, by, reason, askedAt, forEveryone } = said;
  const owner = forEveryone ? undefined : (state.submitted?.owner ?? '');
  const entry = { class: failureClass, by, reason, at: askedAt };
  return { kind: 'correct', signature, correction: entry, ...present({ owner }) };
}

function stopWorkflow({ jobId, state }: JobContext): EffectOf {
  return { kind: 'stopWorkflow', jobId, reason: state.cancelReason ?? 'cancelled' };
}

function toTrigger({ jobId, state }: JobContext, make: Make, status: JobOutcome): Effect[] {
  const { trigger } = state.submitted ?? {};
  if (!trigger) return [];
  const message = { type: 'jobEnded' as const, jobId, status };
  return [make({ kind: 'send', to: triggerAt(trigger.id), message }, 'trigger')];
}

function answer(context: JobContext, make: Make, nodeId: string): Effect[] {
  const node = nodeOf(context, nodeId);
  // The workflow knows a fan-out, not its items.
  if (node?.phase !== 'final' || !node.entered || node.item) return [];
  const { outcome, reason, token } = node;
  const reply: NodeAnswer = { nodeId, outcome, ...present({ reason, token }) };
  return [make({ kind: 'answerNode', jobId: context.jobId, answer: reply })];
}

function outcome({ jobId, state }: JobContext, make: Make): Effect[] {
  const { outcomeToken: token, status } = state;
  if (token === undefined || !isOver(status)) return [];
  return [make({ kind: 'answerOutcome', jobId, token, status }, 'outcome')];
}

/** Whoever is on the bus hears of it. What the job was told is for those who may see the job. */
function published(
  { jobId, state, traceId }: JobContext,
  event: Recorded<JobEvent>,
  type: string,
  more: object = {},
): Effect {
  const { name, graphHash, owner, priority, nodes, trigger } = state.submitted ?? {};
  const ending = isOver(state.status) ? { status: state.status, outcomes: countOutcomes(state) } : {};
  const detail = { jobId, name, graphHash, owner, priority, nodes, trigger, traceId, ...ending, ...more };
  const id = `${event.stream}/${event.seq}`;
  return effectsOf(event)({ kind: 'publish', event: { id, type, at: event.at, owner, detail } }, 'publish');
}

function countOutcomes(state: ReadOnly<JobState>): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(OUTCOMES.map((each) => [each, 0]));
  for (const node of state.nodes) {
    const outcome = outcomeOf(node);
    if (outcome) counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

function isReady(context: JobContext, ref: NodeAttempt): boolean {
  const node = nodeOf(context, ref.nodeId);
  return node?.phase === 'ready' && node.attempt === ref.attempt;
}

function isCurrent(context: JobContext, ref: NodeAttempt): boolean {
  const node = nodeOf(context, ref.nodeId);
  return node?.attempt === ref.attempt && (node.phase === 'ready' || node.phase === 'running');
}

function nodeOf({ index, state }: JobContext, nodeId: string): ReadOnly<NodeState> | undefined {
  return nodeById(index, state, nodeId)?.node;
}
