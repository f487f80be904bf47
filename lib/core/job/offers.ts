import type { GraphIndex } from '../dag/graph-index';
import { nodeHash } from '../history/durations';
import { LIMITS } from '../limits';
import { jobAt, poolAt } from '../messages/address';
import type { EffectOf } from '../messages/effect';
import type { JobMessage } from '../messages/job';
import type { Ended, PoolMessage, WorkItem } from '../messages/pool';
import type { NodeAttempt } from '../model/attempt';
import type { EditedInput } from '../model/edited-input';
import type { Escalation } from '../model/escalation';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { RetryPlan } from '../model/retry-policy';
import type { TraceParent } from '../model/trace';
import { parametersFor, workFor, workWith } from './edited';
import { type JobNode, nodeById } from './nodes';
import type { JobState, NodeState } from './state';

/** What a job tells its pool and its timers. */

export interface JobContext {
  readonly jobId: string;
  readonly index: GraphIndex;
  readonly state: ReadOnly<JobState>;
  readonly traceId: string;
  /** Who is told when a recovery fails, where the runtime says. */
  readonly escalation?: Escalation;
}

export function toPool(state: ReadOnly<JobState>, message: PoolMessage): EffectOf {
  return { kind: 'send', to: poolAt(state.submitted?.pool ?? 'default'), message };
}

export function timer(jobId: string, message: JobMessage, dueAt: number): EffectOf {
  return { kind: 'timer', to: jobAt(jobId), message, dueAt };
}

/** How an attempt differs from any other of its node. */
type Attempted = Pick<WorkItem, 'attempt' | 'rank'> & {
  readonly readyAt?: number | undefined;
  readonly retry?: ReadOnly<RetryPlan> | undefined;
  /** What a person put in the place of what its node says. */
  readonly edited?: EditedInput;
} & Pick<Partial<WorkItem>, 'work' | 'tests' | 'avoid' | 'on' | 'since' | 'nodeHash'>;

/** Asks the pool to hand out an attempt. None where the graph lacks the node. */
export function offers(context: JobContext, { nodeId, attempt }: NodeAttempt): EffectOf[] {
  const { index, state } = context;
  const found = nodeById(index, state, nodeId);
  if (!found) return [];
  const { i, node, spec } = found;
  const { readyAt, retry } = node;
  const rank = index.rank[node.item?.parent ?? i] ?? 0;
  // The graph does not know what an item runs, what the node is given, nor what a person put in its place.
  const { edited, given } = node;
  const isOwn = node.item !== undefined || edited?.run !== undefined || given !== undefined;
  const work = isOwn ? workWith(workFor(spec.work, edited), given) : undefined;
  const special = present({
    ...{ work, tests: retry?.tests, edited, nodeHash: nodeHash({ ...spec, work: work ?? spec.work }) },
    ...{ avoid: avoided(node), on: awaited(node), since: state.since },
  });
  return [offer(context, found, { attempt, rank, readyAt, retry, ...special })];
}

/** Whatever the attempt runs: labels, slots, resources and time are those of its node. */
export function offer(
  { jobId, index, state, traceId }: JobContext,
  { id: nodeId, spec }: JobNode,
  {
    attempt,
    rank,
    readyAt = 0,
    retry,
    work: run,
    tests,
    avoid = retry?.avoid,
    on,
    since,
    edited,
    nodeHash: hash,
  }: Attempted,
): EffectOf {
  const { slots = spec.slots, ...resources } = { ...spec.resources, ...retry?.resources };
  const work: WorkItem = {
    ...{ jobId, nodeId, attempt, graphHash: index.hash, slots, traceId },
    timeoutMs: edited?.timeoutMs ?? spec.timeoutMs,
    owner: state.submitted?.owner ?? '',
    labels: [...spec.labels],
    priority: state.priority ?? 'normal',
    ...{ rank, readyAt },
    ...present({
      resources: Object.keys(resources).length > 0 ? resources : undefined,
      ...{ avoid: avoid && [...avoid], on, since },
      dependencies: spec.dependencies && [...spec.dependencies],
      concurrency: spec.concurrency,
      parameters: parametersFor(state.submitted?.parameters, edited),
      ...{ work: run, tests, nodeHash: hash },
      trace: carried(state.submitted?.trace),
    }),
  };
  return toPool(state, { type: 'workOffered', work });
}

/** Nothing where it says no more than every trace. */
function carried(parent: ReadOnly<TraceParent> | undefined): WorkItem['trace'] {
  if (!parent || (parent.sampled && parent.state === undefined)) return undefined;
  const { spanId: _spanId, ...trace } = parent;
  return trace;
}

/** Workers on which it failed in a way that speaks for another one, and those that lost it. */
function avoided({ retry, lostOn = [] }: ReadOnly<NodeState>): string[] | undefined {
  const workers = new Set([...lostOn, ...(retry?.avoid ?? [])]);
  return workers.size === 0 ? undefined : [...workers].slice(0, LIMITS.avoided);
}

/** The worker that it is to be restarted on. */
function awaited({ recovery }: ReadOnly<NodeState>): WorkItem['on'] {
  if (recovery?.strategy !== 'restart') return undefined;
  const { workerId, until } = recovery;
  return workerId === undefined || until === undefined ? undefined : { workerId, until };
}

/** The attempt is over: its slots are free. @param ended how it went, where that may say something of its worker. */
export function released(
  { jobId, state }: JobContext,
  { nodeId, attempt }: NodeAttempt,
  ended?: Ended,
): EffectOf {
  return toPool(state, { type: 'workReleased', jobId, nodeId, attempt, ...present({ ended }) });
}

export function withdrawal(
  { jobId, state }: JobContext,
  { nodeId, attempt }: NodeAttempt,
  reason: string,
): EffectOf {
  return toPool(state, { type: 'workWithdrawn', jobId, nodeId, attempt, reason });
}
