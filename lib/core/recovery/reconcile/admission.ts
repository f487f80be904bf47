import { queued, requeued } from '../../job/effects';
import { toPool } from '../../job/offers';
import { isRollingBack } from '../../job/rollback-state';
import { unsettled } from '../../job/settle';
import { isPastDeadline } from '../../job/state';
import { jobAt } from '../../messages/address';
import type { EffectOf } from '../../messages/effect';
import type { JobMessage } from '../../messages/job';
import { isOver } from '../../model/outcome';
import { present } from '../../model/present';
import { isOld, type Patience, type Repair } from './repair';
import type { SightedJob } from './sighted';

/** The job as its pool counts it: in the queue, running, held. And what time alone should have brought about. */
export function reconcileAdmission(sighted: SightedJob, patience: Patience): Repair[] {
  const { status } = sighted.job.state;
  if (status === 'new') return [];
  if (isOver(status)) return overUntold(sighted, patience);
  const told =
    status === 'submitted'
      ? waiting(sighted, patience)
      : [...waitingAnew(sighted, patience), ...unsettledJob(sighted, patience)];
  return [...told, ...holds(sighted, patience), ...deadlinePassed(sighted, patience)];
}

function overUntold({ jobId, job: { state }, pool }: SightedJob, patience: Patience): Repair[] {
  if (!isOld(state.finishedAt, patience)) return [];
  const counted = pool.admission.waiting.has(jobId) || pool.admission.running.has(jobId);
  if (!counted) return [];
  const effect = toPool(state, { type: 'jobOver', jobId });
  return [{ kind: 'overUntold', why: 'the pool counts a job that is over', subject: { jobId }, effect }];
}

/** Submitted, and not yet admitted. */
function waiting(sighted: SightedJob, patience: Patience): Repair[] {
  const { jobId, job, pool } = sighted;
  const { submitted, submittedAt = 0, priority } = job.state;
  if (!submitted || !isOld(submittedAt, patience) || pool.admission.waiting.has(jobId)) return [];
  const subject = { jobId };
  if (pool.admission.running.has(jobId)) {
    const why = 'the pool has admitted the job, which was not told';
    return [{ kind: 'admissionLost', why, subject, effect: toJob(jobId, { type: 'admit' }) }];
  }
  // One that the pool holds for over it takes no more.
  if (pool.over.has(jobId)) return [];
  const effect = queued(contextOf(sighted), { ...submitted, ...present({ priority }) }, submittedAt);
  return [{ kind: 'queueingLost', why: 'no pool has the job in its queue', subject, effect }];
}

/** It goes on after its end, and its pool was not told. */
function waitingAnew(sighted: SightedJob, patience: Patience): Repair[] {
  const { jobId, job, pool } = sighted;
  const { since, revivedAt } = job.state;
  // What is undone waits for no queue.
  if (since === undefined || isRollingBack(job.state) || !isOld(revivedAt, patience)) return [];
  const { waiting, running } = pool.admission;
  const counted = (waiting.get(jobId) ?? running.get(jobId))?.version ?? 0;
  if (counted >= since) return [];
  const effect = requeued(contextOf(sighted), revivedAt ?? 0);
  const why = 'no pool has the job in its queue, which goes on after its end';
  return [{ kind: 'queueingLost', why, subject: { jobId }, effect }];
}

/** A torn append whose message never came again: any message at all has the rest decided. */
function unsettledJob({ jobId, job: { state } }: SightedJob, patience: Patience): Repair[] {
  if (!unsettled(state) || !isOld(latestTime(state.nodes, state.startedAt), patience)) return [];
  const why = 'something follows from the state that no event says';
  return [{ kind: 'unsettled', why, subject: { jobId }, effect: toJob(jobId, { type: 'admit' }) }];
}

function latestTime(
  nodes: SightedJob['job']['state']['nodes'],
  startedAt: number | undefined,
): number | undefined {
  let latest = startedAt;
  for (const node of nodes) {
    const at = node.phase === 'final' ? node.finishedAt : (node.startedAt ?? node.readyAt);
    if (at !== undefined && (latest === undefined || at > latest)) latest = at;
  }
  return latest;
}

/**
 * Whether the pool hands out work of the job. Neither event leaves a time in the fold: what is told too early is told
 * twice, and changes nothing the second time.
 */
function holds({ jobId, job: { state }, pool }: SightedJob, patience: Patience): Repair[] {
  const isHeld = pool.heldJobs.has(jobId);
  const isPaused = state.paused === true;
  if (isHeld === isPaused || !isOld(state.submittedAt, patience)) return [];
  const why = isPaused
    ? 'the pool hands out work of a paused job'
    : 'the pool holds a job that is not paused';
  const effect = toPool(state, { type: isPaused ? 'jobHeld' : 'jobUnheld', jobId });
  return [{ kind: 'holdLost', why, subject: { jobId }, effect }];
}

function deadlinePassed({ jobId, job: { state } }: SightedJob, patience: Patience): Repair[] {
  const { submitted, cancelReason } = state;
  const deadlineAt = submitted?.deadlineAt;
  if (deadlineAt === undefined || cancelReason !== undefined) return [];
  if (isPastDeadline(state) || !isOld(deadlineAt, patience)) return [];
  const effect = toJob(jobId, { type: 'deadlineDue' });
  return [{ kind: 'timerLost', why: 'the deadline of the job has passed', subject: { jobId }, effect }];
}

export function toJob(jobId: string, message: JobMessage): EffectOf {
  return { kind: 'send', to: jobAt(jobId), message };
}

/** The job as its effects are derived from. */
export function contextOf({ jobId, job: { state, index, traceId = '' } }: SightedJob) {
  return { jobId, state, index, traceId };
}
