import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import { poolAt, triggerAt } from '../messages/address';
import { type Effect, type EffectOf, effectsOf, type NodeAnswer } from '../messages/effect';
import type { Ended } from '../messages/pool';
import type { NodeAttempt } from '../model/attempt';
import { isOver, type JobOutcome, OUTCOMES } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { AttemptReclassified, JobEvent, JobSubmitted, RollbackEvent } from './events';
import { lettersOfEnd, lettersOfOverruled, lettersOfRefused, lettersOfStep } from './letters';
import { nodeById } from './nodes';
import { observations } from './observations';
import { type JobContext, offers, released, timer, toPool, withdrawal } from './offers';
import type { RecoveryEvent } from './recovery-events';
import { toldOfRecovery } from './recovery-told';
import { rollbackEffects } from './rollback-effects';
import { isOfRollback } from './rollback-state';
import { runOf } from './runs';
import { type JobState, type NodeState, outcomeOf } from './state';

const ENDINGS: Record<JobOutcome, string> = {
  succeeded: 'orchestration.execution.completed',
  failed: 'orchestration.execution.failed',
  cancelled: 'orchestration.execution.cancelled',
};

/** Types of the public events that say that a job has ended. */
export const JOB_ENDED: readonly string[] = Object.values(ENDINGS);

/** What could not be undone is named to the world up to here: an event has its bounds. */
const PARKED_TOLD = 100;

/** Makes effects of one cause. */
type Make = ReturnType<typeof effectsOf>;

/**
 * The effects one event requires, seen from a state at or after it. An effect that later events made
 * pointless (an attempt that is over) is left out, so deriving late never does more than deriving at once.
 */
export function jobEffects(context: JobContext, event: Recorded<JobEvent>): Effect[] {
  if (isOfRollback(event))
    return [...rollbackEffects(context, event), ...lettersOfStep(context, event), ...toldOf(context, event)];
  const make = effectsOf(event);
  return [...runBegun(context, make, event), ...ownEffects(context, make, event)];
}

/** A run of the workflow; none where a later one has begun, or the job that it was to continue is over. */
function runBegun(context: JobContext, make: Make, event: Recorded<JobEvent>): Effect[] {
  const { state } = context;
  const run = runOf(event);
  if (run === undefined || run < (state.run ?? run) || (run > 1 && isOver(state.status))) return [];
  return [make(startWorkflow(context), 'workflow')];
}

function ownEffects(
  context: JobContext,
  make: Make,
  event: Recorded<Exclude<JobEvent, RollbackEvent>>,
): Effect[] {
  const { jobId, state } = context;
  switch (event.type) {
    case 'job.submitted':
      return [make(queued(context, event.data, event.at)), ...deadline(context, make)];
    case 'job.admitted':
      return [published(context, event, 'orchestration.execution.started')];
    case 'job.completed':
      return [
        make(toPool(state, { type: 'jobOver', jobId, version: event.seq }), 'over'),
        published(context, event, ENDINGS[event.data.status]),
        ...(event.data.status === 'cancelled' ? cancelled(context, make) : outcomes(context, make)),
        ...toTrigger(context, make, event.data.status),
      ];
    case 'job.outcomeAwaited':
      return awaited(context, make, event.data);
    case 'job.nodeGone':
      return [make(nodeGone(jobId, event.data))];
    case 'node.entered':
      return entered(context, make, event.data);
    case 'node.completed':
      return [...answer(context, make, event.data.nodeId), ...lettersOfEnd(context, event)];
    case 'node.overruled':
      return lettersOfOverruled(context, event);
    case 'job.retryRefused':
      return lettersOfRefused(context, event);
    case 'node.ready':
      return isReady(context, event.data) ? offers(context, event.data).map((offer) => make(offer)) : [];
    case 'node.retryScheduled': {
      const { nodeId, attempt, dueAt } = event.data;
      return [make(timer(jobId, { type: 'timerDue', nodeId, attempt }, dueAt))];
    }
    case 'attempt.succeeded':
    case 'attempt.failed':
    case 'attempt.lost':
      return [make(released(context, event.data, endedOf(event))), ...observations(context, event)];
    case 'attempt.cancelRequested':
      return isCurrent(context, event.data) ? [make(withdrawal(context, event.data, event.data.reason))] : [];
    case 'job.paused':
      return [make(toPool(state, { type: 'jobHeld', jobId, version: event.seq }))];
    case 'job.unpaused':
      return [make(toPool(state, { type: 'jobUnheld', jobId, version: event.seq }))];
    case 'job.reprioritised':
      return [make(toPool(state, { type: 'jobReprioritised', jobId, ...event.data, version: event.seq }))];
    case 'attempt.reclassified':
      return [make(correction(context, event.data))];
    case 'job.workflowEnded':
      return [published(context, event, 'orchestration.workflow.lost', event.data)];
    case 'recovery.initiated':
    case 'recovery.completed':
    case 'recovery.failed':
      return recovering(context, event);
    case 'job.resumed':
    case 'job.replanned':
      return state.since === event.seq && !isOver(state.status)
        ? [make(requeued(context, event.at), 'queue')]
        : [];
    case 'attempt.ignored':
    case 'job.entered':
    case 'job.cancelRequested':
    case 'job.shared':
    case 'job.unshared':
    case 'node.edited':
    case 'node.expanded':
    case 'attempt.started':
    case 'attempt.progressed':
      return [];
    default:
      return assertNever(event, 'job event');
  }
}

type AttemptOver = Extract<JobEvent, { type: 'attempt.succeeded' | 'attempt.failed' | 'attempt.lost' }>;

/** How an attempt went; nothing of one that was lost or that somebody ended. */
function endedOf({ type, data }: AttemptOver): Ended | undefined {
  if (type === 'attempt.lost') return undefined;
  const { durationMs } = data;
  if (type === 'attempt.succeeded') return { durationMs };
  const { kind } = data.failure;
  if (kind === 'cancelled') return undefined;
  return { durationMs, failed: kind === 'timeout' ? 'timeout' : (data.diagnosis?.class ?? 'unknown') };
}

/** What the world hears of a rollback. */
function toldOf(context: JobContext, event: Recorded<RollbackEvent>): Effect[] {
  if (event.type === 'rollback.started') {
    const { nodes, ...order } = event.data;
    return [published(context, event, 'orchestration.rollback.started', { ...order, steps: nodes.length })];
  }
  if (event.type !== 'rollback.completed') return [];
  const { undone, parked } = event.data;
  const told = { undone: undone.length, parked: parked.length, parkedNodes: parked.slice(0, PARKED_TOLD) };
  return [published(context, event, 'orchestration.rollback.completed', told)];
}

/** What the world hears of a recovery. */
function recovering(context: JobContext, event: Recorded<RecoveryEvent>): Effect[] {
  const { type, detail } = toldOfRecovery(event, context.state, context.escalation);
  return [published(context, event, type, detail)];
}

export function queued(
  { jobId }: JobContext,
  { owner, priority, pool }: ReadOnly<JobSubmitted>,
  queuedAt: number,
): EffectOf {
  return { kind: 'send', to: poolAt(pool), message: { type: 'jobQueued', jobId, owner, priority, queuedAt } };
}

/** A job that is under way has a place in its pool, which need not outlive a process. */
export function underWay({ jobId, state }: JobContext, queuedAt: number): EffectOf {
  const { owner = '' } = state.submitted ?? {};
  const { priority = 'normal' } = state;
  return toPool(state, { type: 'jobQueued', jobId, owner, priority, queuedAt, running: true });
}

/** A job that goes on after its end waits until it is admitted again, and what it has to run with it. */
export function requeued({ jobId, state }: JobContext, queuedAt: number): EffectOf {
  const { owner = '' } = state.submitted ?? {};
  const { priority = 'normal', since: version = 0 } = state;
  return toPool(state, {
    ...{ type: 'jobQueued', jobId, owner, priority, queuedAt },
    ...{ version, rankedBy: version },
  });
}

export function deadline({ jobId, state }: JobContext, make: Make): Effect[] {
  const dueAt = state.submitted?.deadlineAt;
  return dueAt === undefined ? [] : [make(timer(jobId, { type: 'deadlineDue' }, dueAt), 'deadline')];
}

export function startWorkflow({ jobId, index, state, traceId }: JobContext): EffectOf {
  const trace = { traceId, ...present({ sampled: state.submitted?.trace?.sampled }) };
  return { kind: 'startWorkflow', jobId, graphHash: index.hash, run: state.run ?? 1, trace };
}

function correction({ state }: JobContext, said: AttemptReclassified): EffectOf {
  const { signature, class: failureClass, by, reason, askedAt, forEveryone } = said;
  const owner = forEveryone ? undefined : (state.submitted?.owner ?? '');
  const entry = { class: failureClass, by, reason, at: askedAt };
  return { kind: 'correct', signature, correction: entry, ...present({ owner }) };
}

/**
 * The latest run is stopped, and other executions that wait are told. A job that goes on has another run, which is not to
 * be stopped with the one that its cancellation ended.
 */
function cancelled(context: JobContext, make: Make): Effect[] {
  const { jobId, state } = context;
  if (state.status !== 'cancelled') return [];
  const reason = state.cancelReason ?? 'cancelled';
  return [
    make({ kind: 'stopWorkflow', jobId, reason, run: state.run ?? 1 }, 'stop'),
    ...(state.outcomeTokens === undefined ? [] : outcomes(context, make)),
  ];
}

function toTrigger({ jobId, state }: JobContext, make: Make, status: JobOutcome): Effect[] {
  const { trigger } = state.submitted ?? {};
  if (!trigger) return [];
  const message = { type: 'jobEnded' as const, jobId, status };
  return [make({ kind: 'send', to: triggerAt(trigger.id), message }, 'trigger')];
}

function answer(context: JobContext, make: Make, nodeId: string): Effect[] {
  return nodeAnswers(context, nodeId).map((effect) => make(effect));
}

/** What the workflow is told of a node; nothing while its fate is open, or where the workflow has not entered it. */
export function nodeAnswers(context: JobContext, nodeId: string): EffectOf[] {
  const node = nodeOf(context, nodeId);
  // The workflow knows a fan-out, not its items.
  if (node?.phase !== 'final' || !node.entered || node.item) return [];
  const { outcome, reason, token } = node;
  const reply: NodeAnswer = { nodeId, outcome, ...present({ reason, token }) };
  return [{ kind: 'answerNode', jobId: context.jobId, answer: reply }];
}

type Entered = Extract<JobEvent, { type: 'node.entered' }>['data'];

/**
 * A node that is final is answered as it is entered, under the token that it was entered with. The execution that waited
 * for it before goes on: what comes after the node is held by the job, whoever enters it.
 */
function entered(context: JobContext, make: Make, { nodeId, token, instead }: Entered): Effect[] {
  const node = nodeOf(context, nodeId);
  const { jobId } = context;
  const isFinal = node?.phase === 'final' && node.entered && !node.item;
  const own: NodeAnswer = isFinal
    ? { nodeId, outcome: node.outcome, ...present({ reason: node.reason, token: token ?? node.token }) }
    : { nodeId, outcome: 'cancelled', reason: 'another execution of the workflow waits for the node' };
  return [
    ...(isFinal ? [make({ kind: 'answerNode', jobId, answer: own })] : []),
    ...(instead === undefined
      ? []
      : [make({ kind: 'answerNode', jobId, answer: { ...own, token: instead } }, 'instead')]),
  ];
}

/** Nothing is downstream of a node that is not there: its execution goes on, and so comes to its end. */
function nodeGone(
  jobId: string,
  { node: nodeId, token }: { readonly node: string; readonly token: string },
): EffectOf {
  const reason = 'the graph of the job has no such node any more';
  return { kind: 'answerNode', jobId, answer: { nodeId, outcome: 'skipped', reason, token } };
}

function outcomes(context: JobContext, make: Make): Effect[] {
  return outcomeAnswers(context).map((effect, i) => make(effect, i === 0 ? 'outcome' : `outcome/${i - 1}`));
}

/** What the executions of a job that is over are told which wait for that. One that was told before is not there any more. */
export function outcomeAnswers({ jobId, state }: JobContext): EffectOf[] {
  const { outcomeToken, outcomeTokens = [], status } = state;
  if (outcomeToken === undefined || !isOver(status)) return [];
  return [outcomeToken, ...outcomeTokens].map((token) => ({ kind: 'answerOutcome', jobId, token, status }));
}

function awaited(
  { jobId, state: { status } }: JobContext,
  make: Make,
  { token, instead }: { readonly token: string; readonly instead?: string },
): Effect[] {
  const own = isOver(status) ? [make({ kind: 'answerOutcome', jobId, token, status }, 'outcome')] : [];
  if (instead === undefined) return own;
  const ended = isOver(status) ? status : 'cancelled';
  return [...own, make({ kind: 'answerOutcome', jobId, token: instead, status: ended }, 'instead')];
}

/** Whoever is on the bus hears of it. What the job was told is for those who may see the job. */
function published(
  { jobId, index, state, traceId }: JobContext,
  event: Recorded<JobEvent>,
  type: string,
  more: object = {},
): Effect {
  const { name, owner, priority, trigger } = state.submitted ?? {};
  const { graphHash = state.submitted?.graphHash } = state;
  const nodes = index.graph.nodes.length;
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
