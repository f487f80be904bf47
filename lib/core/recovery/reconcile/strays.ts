import type { DependencyState } from '../../dependency/state';
import { nodeAnswers, outcomeAnswers } from '../../job/effects';
import { jobNodes } from '../../job/nodes';
import { dependencyAt, poolAt, triggerAt } from '../../messages/address';
import type { EffectOf } from '../../messages/effect';
import type { TriggerMessage } from '../../messages/trigger';
import { isOver, type JobStatus } from '../../model/outcome';
import type { ReadOnly } from '../../model/read-only';
import type { RunningExecution } from '../../ports/sightings';
import type { JobFold } from '../../ports/streams';
import type { PoolState } from '../../scheduler/state';
import type { TriggerState } from '../../trigger/state';
import { isOld, type Patience, type Repair } from './repair';

/** A workflow that goes on for so long after its job is over, or without one, is stopped. In milliseconds. */
const STRAY_MS = 3_600_000;
/** A submission of a trigger is put off for a day where the queue of its pool is full; past this it is lost. */
const UNSUBMITTED_MS = 36 * 3_600_000;
/** Answers that one repair gives again at most. */
const ANSWERS = 100;

/**
 * A workflow that runs, and the job it was begun for; undefined where there is none. A job that is over answers it once
 * more, so that it ends as the job did; where that does not help, it is stopped.
 */
export function reconcileExecution(
  execution: RunningExecution,
  job: Pick<JobFold, 'state' | 'index' | 'traceId'> | undefined,
  patience: Patience,
): Repair[] {
  const { id: executionId, jobId, startedAt } = execution;
  const stopped = (why: string): Repair[] => [
    {
      ...{ kind: 'strayExecution', why, subject: { executionId, ...(jobId === undefined ? {} : { jobId }) } },
      effect: { kind: 'stopExecution', executionId, reason: why },
    },
  ];
  const longer = { ...patience, graceMs: Math.max(patience.graceMs, STRAY_MS) };
  if (jobId === undefined) return [];
  if (!job) return isOld(startedAt, longer) ? stopped('the workflow runs for a job that there is not') : [];
  const { state, index, traceId = '' } = job;
  if (!isOver(state.status) || !isOld(state.finishedAt, patience)) return [];
  // Of a later run of the job it says nothing.
  if (startedAt > (state.finishedAt ?? 0)) return [];
  if (state.status === 'cancelled') return stopped('the job was cancelled, and its workflow runs on');
  if (isOld(state.finishedAt, longer)) return stopped('the job is over, and its workflow runs on');
  const context = { jobId, state, index, traceId };
  const answers = [
    ...outcomeAnswers(context),
    ...jobNodes(index, state).flatMap(({ id }) => nodeAnswers(context, id).filter(hasToken)),
  ];
  return answers.slice(0, ANSWERS).map((effect): Repair => {
    const nodeId = effect.kind === 'answerNode' ? { nodeId: effect.answer.nodeId } : {};
    const why = 'the workflow of a job that is over waits for an answer';
    return { kind: 'answerLost', why, subject: { jobId, ...nodeId }, effect };
  });
}

function hasToken(effect: EffectOf): boolean {
  return effect.kind === 'answerNode' && effect.answer.token !== undefined;
}

/** A job that a trigger counts as running. */
export interface FiredJob {
  readonly jobId: string;
  /** Undefined where nobody has submitted it. */
  readonly status: JobStatus | undefined;
  /** When it ended, or fired where it was never submitted; milliseconds since the epoch, where that is known. */
  readonly since: number | undefined;
}

/** Jobs that are over, or never came to be, and that their trigger still waits for. */
export function reconcileTrigger(
  triggerId: string,
  { running }: ReadOnly<Pick<TriggerState, 'running'>>,
  { fired, patience }: { readonly fired: readonly FiredJob[]; readonly patience: Patience },
): Repair[] {
  const told = (message: TriggerMessage): EffectOf => ({ kind: 'send', to: triggerAt(triggerId), message });
  return fired.flatMap(({ jobId, status, since }): Repair[] => {
    if (!running.includes(jobId)) return [];
    const subject = { triggerId, jobId };
    if (status !== undefined) {
      if (!isOver(status) || !isOld(since, patience)) return [];
      const why = 'the job of the trigger is over, and the trigger was not told';
      return [{ kind: 'endUntold', why, subject, effect: told({ type: 'jobEnded', jobId, status }) }];
    }
    if (!isOld(since, { ...patience, graceMs: Math.max(patience.graceMs, UNSUBMITTED_MS) })) return [];
    const reason = 'the job was asked for and never submitted';
    const effect = told({ type: 'jobRefused', jobId, reason });
    return [{ kind: 'submissionLost', why: reason, subject, effect }];
  });
}

/** The end of its time, which a dependency that is open waits for. */
export function reconcileDependency(
  name: string,
  { status, openUntil }: ReadOnly<DependencyState>,
  patience: Patience,
): Repair[] {
  if (status !== 'open' || openUntil === undefined || !isOld(openUntil, patience)) return [];
  const message = { type: 'due', until: openUntil } as const;
  const effect: EffectOf = { kind: 'send', to: dependencyAt(name), message };
  const why = 'the dependency has been open for longer than its time';
  return [{ kind: 'timerLost', why, subject: { dependency: name }, effect }];
}

/** Jobs that a pool knows of, in whatever way. */
export function jobsOf({ admission, leases, queued, heldJobs }: ReadOnly<PoolState>): ReadonlySet<string> {
  return new Set([
    ...admission.waiting.keys(),
    ...admission.running.keys(),
    ...heldJobs,
    ...[...leases.values()].map(({ work }) => work.jobId),
    ...[...queued.values()].map(({ jobId }) => jobId),
  ]);
}

/** A job whose journal is gone, and which its pool still counts. */
export function reconcileUnknown(poolId: string, pool: ReadOnly<PoolState>, jobId: string): Repair[] {
  const { admission, leases, queued } = pool;
  const to = poolAt(poolId);
  const why = 'there is no such job';
  const repairs: Repair[] = [];
  if (admission.waiting.has(jobId) || admission.running.has(jobId)) {
    const effect: EffectOf = { kind: 'send', to, message: { type: 'jobOver', jobId } };
    repairs.push({ kind: 'overUntold', why, subject: { jobId, pool: poolId }, effect });
  }
  const works = [...[...leases.values()].map(({ work }) => work), ...queued.values()];
  for (const work of works) {
    if (work.jobId !== jobId) continue;
    const { nodeId, attempt } = work;
    const effect: EffectOf = { kind: 'send', to, message: { type: 'workReleased', jobId, nodeId, attempt } };
    repairs.push({ kind: 'zombieLease', why, subject: { jobId, nodeId, attempt }, effect });
  }
  return repairs;
}
