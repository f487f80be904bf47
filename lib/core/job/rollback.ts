import type { GraphIndex } from '../dag/graph-index';
import { assertNever } from '../errors';
import type { NodeAttempt } from '../model/attempt';
import { isOver } from '../model/outcome';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { DEFAULT_RECOVERY } from '../model/recovery';
import type { RetryFacts } from '../retry/facts';
import { undoPolicy } from '../retry/patience';
import { chooseStrategy } from '../retry/strategy';
import type { JobEvent, RollbackEvent, RollbackOrder, StepGivenUp } from './events';
import type { JobInput } from './input';
import { evidenceOf, LOST_TOO_OFTEN, stepSignature } from './letters';
import { type Loss, lostTooOften } from './losses';
import { type JobNode, jobNodes, nodeAt, nodeById } from './nodes';
import { isRollingBack, type StepState } from './rollback-state';
import type { JobState } from './state';

type Input<T extends JobInput['type']> = Extract<JobInput, { type: T }>;
type StepInput = Input<
  'attemptStarted' | 'attemptProgressed' | 'attemptSucceeded' | 'attemptFailed' | 'attemptLost' | 'timerDue'
>;
type Step = ReadOnly<StepState>;

/**
 * What a rollback undoes: nodes that succeeded after the event `to` and say how they are undone, but for those that are
 * undone already. What was complete last comes first.
 */
export function undoable(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { to = 0 }: Pick<RollbackOrder, 'to'>,
): string[] {
  return jobNodes(index, state)
    .flatMap(({ id, spec, node }) => {
      // A fan-out is undone by its items.
      if (spec.compensate === undefined || node.phase !== 'final' || node.fanOut) return [];
      const isDone = node.outcome === 'succeeded' && node.rollback !== 'undone';
      return isDone && node.finishedSeq > to ? [{ id, seq: node.finishedSeq }] : [];
    })
    .sort((a, b) => b.seq - a.seq)
    .map(({ id }) => id);
}

export const NOTHING_TO_UNDO =
  'no node with `compensate` has succeeded and is not undone yet, or none after the event that was named';

/** A person has the job undone: one that is over at once, a live one when it has come to rest. */
export function rollBack(index: GraphIndex, state: ReadOnly<JobState>, input: Input<'rollback'>): JobEvent[] {
  const { reason, to, order: asked } = input;
  if (asked !== undefined) return state.orders?.includes(asked) ? [] : undoAgain(index, state, input, asked);
  if (state.status === 'new' || state.rollbackAsked || isRollingBack(state)) return [];
  const order = { reason, ...present({ to }) };
  return isOver(state.status) ? started(index, state, order) : [{ type: 'rollback.requested', data: order }];
}

/** What could not be undone is tried again, as the letters of it ask. They hear why where it is not. */
function undoAgain(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { reason, nodes = [] }: Input<'rollback'>,
  order: string,
): JobEvent[] {
  const parked = undoable(index, state, {}).filter(
    (id) => nodes.includes(id) && nodeById(index, state, id)?.node.rollback === 'parked',
  );
  const why = isOver(state.status)
    ? 'nothing of this is left to be undone'
    : 'the job runs: redrive it when that has ended';
  if (state.status === 'new') return [];
  if (!isOver(state.status) || parked.length === 0)
    return [{ type: 'job.retryRefused', data: { reason, why, nodes, order } }];
  return [{ type: 'rollback.started', data: { reason, order, nodes: parked } }];
}

function started(index: GraphIndex, state: ReadOnly<JobState>, order: RollbackOrder): RollbackEvent[] {
  const nodes = undoable(index, state, order);
  return nodes.length === 0 ? [] : [{ type: 'rollback.started', data: { ...order, nodes } }];
}

/**
 * What a job whose nodes are all final has to undo before it ends; undefined where there is nothing, or nothing more.
 * Empty while it waits for workers.
 * @param hasFailed whether the job is about to end as failed.
 */
export function undo(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  hasFailed: () => boolean,
): RollbackEvent[] | undefined {
  if (!state.rollback) {
    const order = state.rollbackAsked ?? policyOf(index, state, hasFailed);
    const events = order ? started(index, state, order) : [];
    return events.length > 0 ? events : undefined;
  }
  if (!isRollingBack(state)) return undefined;
  if (state.rollback.open === 0) return [completed(index, state)];
  return free(index, state).map(({ id: nodeId, node }) => {
    return { type: 'rollback.stepReady', data: { nodeId, attempt: node.attempt + 1 } };
  });
}

/** Nodes whose steps wait for nothing any more; what was complete last comes first. */
export function free(index: GraphIndex, state: ReadOnly<JobState>): JobNode[] {
  const agenda = [...(state.rollback?.agenda ?? [])];
  const completion = ({ node }: JobNode) => (node.phase === 'final' ? node.finishedSeq : 0);
  return agenda.map((i) => nodeAt(index, state, i)).sort((a, b) => completion(b) - completion(a));
}

function policyOf(
  { graph }: GraphIndex,
  { failedFastBy }: ReadOnly<JobState>,
  hasFailed: () => boolean,
): RollbackOrder | undefined {
  if (graph.onFailure !== 'rollback') return undefined;
  if (failedFastBy !== undefined) return { reason: `node ${failedFastBy} failed` };
  return hasFailed() ? { reason: 'the job has failed' } : undefined;
}

function completed(index: GraphIndex, state: ReadOnly<JobState>): RollbackEvent {
  const steps = [...(state.rollback?.steps ?? [])];
  const of = (phase: StepState['phase']) =>
    steps.filter(([, step]) => step.phase === phase).map(([i]) => nodeAt(index, state, i).id);
  return { type: 'rollback.completed', data: { undone: of('undone'), parked: of('parked') } };
}

/** The step that an attempt belongs to; undefined for an attempt of the node itself. */
export function stepOf(
  { rollback }: ReadOnly<JobState>,
  { i, node }: JobNode,
  attempt: number,
): Step | undefined {
  return node.phase === 'final' && attempt > node.finishedBy ? rollback?.steps.get(i) : undefined;
}

/** What follows from a report on an attempt to undo a node. One that is late or repeated has no consequence. */
export function decideStep(
  state: ReadOnly<JobState>,
  found: JobNode,
  step: Step,
  input: StepInput,
): RollbackEvent[] {
  const { nodeId, attempt } = input;
  if (input.type === 'timerDue') {
    const isDue = step.phase === 'backoff' && attempt === step.attempt + 1;
    return isDue ? [{ type: 'rollback.stepReady', data: { nodeId, attempt } }] : [];
  }
  if (attempt !== step.attempt || (step.phase !== 'ready' && step.phase !== 'running')) return [];
  switch (input.type) {
    case 'attemptStarted':
      return unheard(step, input);
    case 'attemptProgressed':
      return [];
    case 'attemptSucceeded': {
      const { durationMs } = input;
      return [
        ...unheard(step, input),
        { type: 'rollback.stepSucceeded', data: { nodeId, attempt, durationMs } },
      ];
    }
    case 'attemptFailed':
      // Nobody cancels what undoes: the worker gave the attempt back.
      if (input.failure.kind === 'cancelled')
        return lost(found, step, { nodeId, attempt, reason: input.failure.message, cause: 'refused' });
      return [...unheard(step, input), ...failed(state, found, step, input)];
    case 'attemptLost':
      return lost(found, step, input);
    default:
      return assertNever(input, 'input of a step');
  }
}

/** The start of an attempt, where it was not heard of yet. */
function unheard(
  { phase }: Step,
  { nodeId, attempt, workerId }: Input<'attemptStarted' | 'attemptSucceeded' | 'attemptFailed'>,
): RollbackEvent[] {
  if (phase !== 'ready' || workerId === undefined) return [];
  return [{ type: 'rollback.stepStarted', data: { nodeId, attempt, workerId } }];
}

function failed(
  state: ReadOnly<JobState>,
  found: JobNode,
  step: Step,
  input: Input<'attemptFailed'>,
): RollbackEvent[] {
  const { nodeId, attempt, durationMs, failure, diagnosis } = input;
  const data = { nodeId, attempt, durationMs, failure, ...present({ diagnosis }) };
  const event: RollbackEvent = { type: 'rollback.stepFailed', data };
  const verdict = chooseStrategy(factsOf(state, found, step, input));
  if (!verdict.retry) {
    const last = present({ reason: failure.message, evidence: evidenceOf(diagnosis, undefined) });
    return [event, givenUp(found, step, { why: verdict.why, ...last })];
  }
  const { plan, why } = verdict;
  const next = { nodeId, attempt: attempt + 1, dueAt: input.at + plan.delayMs, ...plan, why };
  return [event, { type: 'rollback.stepScheduled', data: next }];
}

/** Nothing of the history: what earlier jobs measured is of what the node does, not of how it is undone. */
function factsOf(
  state: ReadOnly<JobState>,
  { spec }: JobNode,
  step: Step,
  { attempt, at, random, failure, diagnosis, workerId }: Input<'attemptFailed'>,
): RetryFacts {
  return {
    ...{ at, random, diagnosis },
    policy: undoPolicy(spec.retry),
    type: state.submitted?.jobType ?? 'STANDARD',
    // A batch cut short by a crash makes the same report decide again.
    failures: step.failures + (step.failedAttempt === attempt ? 0 : 1),
    since: step.since ?? at,
    last: step.retry,
    workerId: workerId ?? step.workerId,
    resources: { slots: spec.slots, ...spec.resources },
    dependencies: spec.dependencies,
    retryAfterMs: failure.retryAfterMs,
  };
}

function lost(
  found: JobNode,
  step: Step,
  { nodeId, attempt, reason, cause }: NodeAttempt & Partial<Loss> & { readonly reason: string },
): RollbackEvent[] {
  const data = { nodeId, attempt, reason, ...present({ cause }) };
  const event: RollbackEvent = { type: 'rollback.stepLost', data };
  const why = lostTooOften(found.spec.recovery ?? DEFAULT_RECOVERY, step, { reason, cause });
  if (why !== undefined) return [event, givenUp(found, step, { why, reason: why, evidence: LOST_TOO_OFTEN })];
  return [event, { type: 'rollback.stepReady', data: { nodeId, attempt: attempt + 1 } }];
}

type Last = Pick<StepGivenUp, 'why' | 'reason' | 'evidence'>;

function givenUp({ id: nodeId, node }: JobNode, step: Step, last: Last): RollbackEvent {
  const isElsewhere = node.stepLetter !== undefined && node.stepLetter !== stepSignature(last);
  const parkedBefore = isElsewhere ? node.stepLetter : undefined;
  const data = { nodeId, attempts: step.made, ...last, ...present({ parkedBefore }) };
  return { type: 'rollback.stepGivenUp', data };
}
