import { type JobNode, jobNodes, nodeById } from '../../job/nodes';
import { type JobContext, offers, toPool, withdrawal } from '../../job/offers';
import { stepOffers } from '../../job/rollback-effects';
import type { JobState, NodeState } from '../../job/state';
import type { EffectOf } from '../../messages/effect';
import { reportMessage } from '../../messages/report';
import { type AttemptRef, attemptKey } from '../../model/attempt';
import { isOver } from '../../model/outcome';
import { present } from '../../model/present';
import type { ReadOnly } from '../../model/read-only';
import type { AttemptSighting } from '../../ports/sightings';
import { LEASE_GRACE_MS } from '../../scheduler/assign';
import type { Lease, PoolState } from '../../scheduler/state';
import { contextOf, toJob } from './admission';
import { isOld, type Patience, type Repair, type RepairKind } from './repair';
import type { SightedJob } from './sighted';

/** When a lease was granted, milliseconds since the epoch: it says only when it ends. */
export function grantedAt({ work, expiresAt }: ReadOnly<Lease>): number {
  return expiresAt - work.timeoutMs - LEASE_GRACE_MS;
}

type Pool = ReadOnly<PoolState>;

/** Where an attempt stands: that of a node, or of a step that undoes one. */
type Stands = Pick<ReadOnly<NodeState>, 'phase' | 'readyAt' | 'startedAt' | 'workerId' | 'cancelRequested'>;

/** An attempt that the job waits for. */
interface Awaited {
  readonly ref: AttemptRef;
  readonly spec: JobNode['spec'];
  /** Where the attempt stands for the job. */
  readonly node: Stands;
  /** Asks the pool for it once more. */
  readonly offers: () => EffectOf[];
  readonly lease: ReadOnly<Lease> | undefined;
  readonly sighting: AttemptSighting | undefined;
}

/** What journal, pool and workers say of each attempt that the job waits for, and of those that it no longer does. */
export function reconcileAttempts(sighted: SightedJob, patience: Patience): Repair[] {
  const { state } = sighted.job;
  if (state.status === 'new' || state.status === 'submitted') return [];
  const awaited = isOver(state.status) ? [] : awaitedOf(sighted, patience);
  return [
    ...awaited.flatMap((each) => ofAwaited(sighted, each, patience)),
    ...(isOver(state.status) ? [] : backoffs(sighted, patience)),
    ...zombies(sighted, patience),
  ];
}

function awaitedOf(sighted: SightedJob, patience: Patience): Awaited[] {
  const { jobId, job, pool, attempts } = sighted;
  const context = contextOf(sighted);
  return jobNodes(job.index, job.state).flatMap((found) => {
    const step = stepUnderWay(job.state, found);
    const node: Stands = step
      ? { ...present({ readyAt: step.readyAt, workerId: step.workerId }), phase: step.phase }
      : found.node;
    if (node.phase !== 'ready' && node.phase !== 'running') return [];
    if (!isOld(node.startedAt ?? node.readyAt, patience)) return [];
    const ref = { jobId, nodeId: found.id, attempt: found.node.attempt };
    const key = attemptKey(ref);
    const offered = () => (step ? stepOffers(context, found, step) : offers(context, ref));
    const seen = { lease: pool.leases.get(key), sighting: attempts.get(key) };
    return [{ ref, spec: found.spec, node, offers: offered, ...seen }];
  });
}

/** The step that undoes a node, while a worker has it or may get it. */
function stepUnderWay({ rollback }: ReadOnly<JobState>, { i }: JobNode) {
  const step = rollback?.steps.get(i);
  if (step?.phase !== 'ready' && step?.phase !== 'running') return undefined;
  return { ...step, phase: step.phase };
}

function ofAwaited(sighted: SightedJob, awaited: Awaited, patience: Patience): Repair[] {
  const { ref, lease, sighting } = awaited;
  if (sighting?.status === 'finished') return [reported(sighted, awaited, sighting)];
  if (lease) return isOld(grantedAt(lease), patience) ? leased(sighted, awaited, lease, patience) : [];
  if (sighted.pool.queued.has(attemptKey(ref))) return inQueue(sighted, awaited);
  return nowhere(sighted, awaited, patience);
}

/** The result is there. A worker that cannot hand it over says it once more when it is given the attempt again. */
function reported(
  sighted: SightedJob,
  { ref, node, lease }: Awaited,
  { report }: Extract<AttemptSighting, { status: 'finished' }>,
): Repair {
  const workerId = lease?.workerId ?? node.workerId ?? '';
  const again = lease && dispatched(sighted.pool, lease);
  const effect = report ? toJob(ref.jobId, reportMessage(ref, report, workerId)) : again;
  const why = 'the worker has finished the attempt, and its report did not arrive';
  // Neither told nor to be told again: what it did is lost with its worker.
  if (!effect) return goneRepair(ref, 'attemptGone', 'the result of the attempt cannot be had any more');
  return { kind: 'callbackLost', why, subject: { ...ref, workerId }, effect };
}

function leased(
  sighted: SightedJob,
  { ref, node, sighting }: Awaited,
  lease: ReadOnly<Lease>,
  patience: Patience,
): Repair[] {
  const { workerId } = lease;
  const subject = { ...ref, workerId };
  if (node.cancelRequested && !lease.cancelRequested) {
    const effect = withdrawal(contextOf(sighted), ref, sighted.job.state.cancelReason ?? 'cancelled');
    return [{ kind: 'cancelLost', why: 'the pool was not told to cancel the attempt', subject, effect }];
  }
  if (sighting?.status === 'running') {
    if (!lease.cancelRequested) return [];
    const effect = cancelled(sighted.pool, ref, workerId, 'the job no longer wants it');
    return [{ kind: 'cancelLost', why: 'the worker runs an attempt that was cancelled', subject, effect }];
  }
  const worker = sighted.pool.workers.get(workerId);
  // One that has begun anew may have had the attempt before.
  const isWorkerGone = !worker || worker.registration !== lease.registration;
  const hasExpired = isOld(lease.expiresAt, patience);
  if (sighting === undefined) return [];
  if (isWorkerGone || hasExpired || node.phase === 'running' || lease.cancelRequested)
    return [goneRepair(ref, 'attemptGone', `${workerId} knows nothing of the attempt`)];
  const why = `${workerId} was never given the attempt`;
  return [{ kind: 'dispatchLost', why, subject, effect: dispatched(sighted.pool, lease) }];
}

/** In the queue it may wait for as long as there is no room. */
function inQueue(sighted: SightedJob, { ref, node }: Awaited): Repair[] {
  if (!node.cancelRequested) return [];
  const effect = withdrawal(contextOf(sighted), ref, sighted.job.state.cancelReason ?? 'cancelled');
  return [{ kind: 'cancelLost', why: 'the queue holds an attempt that was cancelled', subject: ref, effect }];
}

/** Neither queued nor leased. */
function nowhere(sighted: SightedJob, awaited: Awaited, { now }: Patience): Repair[] {
  const { ref, spec, node, sighting } = awaited;
  if (sighted.pool.over.has(attemptKey(ref)))
    return [goneRepair(ref, 'lossUntold', 'the pool has given the attempt up, and the job was not told')];
  if (node.cancelRequested) {
    const effect = withdrawal(contextOf(sighted), ref, sighted.job.state.cancelReason ?? 'cancelled');
    return [{ kind: 'cancelLost', why: 'nobody has the attempt that was cancelled', subject: ref, effect }];
  }
  if (node.phase === 'ready' && sighting?.status !== 'running') {
    return awaited.offers().map((effect) => {
      return { kind: 'offerLost', why: 'the pool has no such attempt', subject: ref, effect };
    });
  }
  const latest = (node.startedAt ?? node.readyAt ?? now) + spec.timeoutMs + LEASE_GRACE_MS;
  if (sighting?.status !== 'unknown' && now <= latest) return [];
  return [goneRepair(ref, 'attemptGone', 'no pool holds the attempt, and no worker has finished it')];
}

function goneRepair(ref: AttemptRef, kind: RepairKind, why: string): Repair {
  const { jobId, nodeId, attempt } = ref;
  const effect = toJob(jobId, { type: 'attemptLost', nodeId, attempt, reason: why });
  return { kind, why, subject: ref, effect };
}

/** Nodes whose next attempt is overdue. */
function backoffs({ jobId, job: { index, state } }: SightedJob, patience: Patience): Repair[] {
  return jobNodes(index, state).flatMap(({ i, id: nodeId, node }): Repair[] => {
    const step = state.rollback?.steps.get(i);
    const waits = node.phase === 'backoff' ? node : step?.phase === 'backoff' ? step : undefined;
    if (!waits || !isOld(waits.dueAt, patience)) return [];
    const attempt = waits.attempt + 1;
    const subject = { jobId, nodeId, attempt };
    const effect = toJob(jobId, { type: 'timerDue', nodeId, attempt });
    return [{ kind: 'timerLost', why: 'the next attempt is overdue', subject, effect }];
  });
}

/** What the pool holds, or a worker runs, of a job that no longer waits for it. */
function zombies(sighted: SightedJob, patience: Patience): Repair[] {
  const { jobId, job, pool, running, attempts } = sighted;
  const context = contextOf(sighted);
  const isZombie = (ref: AttemptRef) => isOld(unwantedSince(context, ref), patience);
  const released = (ref: AttemptRef): Repair => {
    const effect = toPool(job.state, { type: 'workReleased', ...refOf(ref) });
    return {
      kind: 'zombieLease',
      why: 'the pool holds an attempt that is over',
      subject: refOf(ref),
      effect,
    };
  };
  const repairs: Repair[] = [];
  for (const { work, workerId } of pool.leases.values()) {
    if (work.jobId !== jobId || !isZombie(work)) continue;
    if (attempts.get(attemptKey(work))?.status === 'running') repairs.push(ended(pool, work, workerId));
    repairs.push(released(work));
  }
  for (const work of pool.queued.values())
    if (work.jobId === jobId && isZombie(work)) repairs.push(released(work));
  for (const { workerId, ...ref } of running) {
    // One with a lease is in the list above.
    if (!pool.leases.has(attemptKey(ref)) && isZombie(ref)) repairs.push(ended(pool, ref, workerId));
  }
  return repairs;
}

function ended(pool: Pool, ref: AttemptRef, workerId: string): Repair {
  const effect = cancelled(pool, refOf(ref), workerId, 'the attempt is over');
  const why = 'a worker runs an attempt that is over';
  return { kind: 'zombieAttempt', why, subject: { ...refOf(ref), workerId }, effect };
}

/** Since when a job does not wait for an attempt; undefined where it does, or may. Milliseconds since the epoch. */
function unwantedSince({ index, state }: JobContext, ref: AttemptRef): number | undefined {
  const found = nodeById(index, state, ref.nodeId);
  // What the nodes know nothing of is somebody else's to end.
  if (!found || ref.attempt > found.node.attempt) return undefined;
  const { node } = found;
  if (isOver(state.status)) return state.finishedAt;
  // Of a rollback, all that it began is over with it.
  if (node.phase === 'final' && ref.attempt > node.finishedBy) return state.rollback?.completedAt;
  if (node.phase === 'final') return node.finishedAt;
  if (node.phase === 'backoff') return node.dueAt - (node.retry?.delayMs ?? 0);
  return ref.attempt < node.attempt ? node.readyAt : undefined;
}

function dispatched(pool: Pool, { work, workerId }: ReadOnly<Lease>): EffectOf {
  return { kind: 'dispatch', work, workerId, ...placeOf(pool, workerId) };
}

function cancelled(pool: Pool, work: AttemptRef, workerId: string, reason: string): EffectOf {
  return { kind: 'cancelExecution', work, workerId, reason, ...placeOf(pool, workerId) };
}

function placeOf({ workers }: Pool, workerId: string): { endpoint?: string; registration?: string } {
  const { endpoint, registration } = workers.get(workerId) ?? {};
  return present({ endpoint, registration });
}

const refOf = ({ jobId, nodeId, attempt }: AttemptRef): AttemptRef => ({ jobId, nodeId, attempt });
