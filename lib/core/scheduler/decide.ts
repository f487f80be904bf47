import { assertNever } from '../errors';
import type { QueuedJob, Worker } from '../messages/pool';
import type { AttemptRef } from '../model/attempt';
import { attemptKey } from '../model/attempt';
import { grouped } from '../model/grouped';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { admit } from './admission';
import { assign, LEASE_GRACE_MS } from './assign';
import { reviewCapacity } from './capacity';
import { cordonsOver, refused } from './cordon';
import { dependencyChanged, watches, watchesAgain } from './dependencies';
import type { JobVersion, PoolEvent } from './events';
import type { PoolInput } from './input';
import { clearedBy, judgeEnded, judgeLost } from './judge';
import type { Lease, PoolState } from './state';
import { keptOffTooLong, sweepUnschedulable } from './unschedulable';

/** What follows from an input of the pool. Repeated, late and reordered inputs have no consequence. */
export function decidePool(state: ReadOnly<PoolState>, input: PoolInput): PoolEvent[] {
  switch (input.type) {
    case 'workOffered': {
      const key = attemptKey(input.work);
      if (state.queued.has(key) || state.leases.has(key) || state.over.has(key)) return [];
      return [...watches(state.dependencies, input.work), { type: 'work.queued', data: input.work }];
    }
    case 'workWithdrawn':
      return withdraw(state, input, input.reason);
    case 'workReleased':
      return release(state, input);
    case 'workerRegistered':
      return sameWorker(state, input.worker) ? [] : [{ type: 'worker.registered', data: input.worker }];
    case 'workerDrained':
      return drained(state, input);
    case 'workerLost':
      return lose(state, input);
    case 'workerRestarted':
      return restarted(state, input);
    case 'workerCordoned': {
      const { workerId, reason } = input;
      const known = state.cordons.cordoned.get(workerId);
      if (known && known.until === undefined) return [];
      return [{ type: 'worker.cordoned', data: { workerId, reason } }];
    }
    case 'workerUncordoned':
      if (!isKeptOff(state, input.workerId)) return [];
      return [{ type: 'worker.uncordoned', data: { workerId: input.workerId } }];
    case 'dispatchFailed': {
      const lease = state.leases.get(attemptKey(input));
      if (lease?.workerId !== input.workerId) return [];
      return refuse(state, lease, input);
    }
    case 'jobQueued':
      return joined(state, input);
    case 'jobOver':
      return isNews(state, input, !state.over.has(input.jobId))
        ? [{ type: 'queue.left', data: versionOf(input) }]
        : [];
    case 'jobReprioritised':
      return reprioritise(state, input);
    case 'queueChanged':
      if (state.admission.status === input.status) return [];
      return [{ type: 'queue.changed', data: { status: input.status } }];
    case 'queueLimited':
      if (state.admission.maxRunningJobs === input.maxRunningJobs) return [];
      return [{ type: 'queue.limited', data: { maxRunningJobs: input.maxRunningJobs } }];
    case 'jobHeld':
      return isNews(state, input, !state.heldJobs.has(input.jobId))
        ? [{ type: 'queue.held', data: versionOf(input) }]
        : [];
    case 'jobUnheld':
      return isNews(state, input, state.heldJobs.has(input.jobId))
        ? [{ type: 'queue.unheld', data: versionOf(input) }]
        : [];
    case 'dependencyChanged':
      return dependencyChanged(state.dependencies, input);
    case 'capacityReviewed':
      return reviewCapacity(state.warnings, input);
    case 'sweep':
      return sweep(state, input);
    case 'assign':
      return [...admit(state.admission, input.at), ...assign(state, input.at)];
    default:
      return assertNever(input, 'pool input');
  }
}

/**
 * Whether what a job says of itself is newer than what was heard of it. It may overtake what it said before, so the newest
 * counts though it changes nothing yet. One that does not say how new it is counts where it changes something.
 */
function isNews({ heard }: ReadOnly<PoolState>, { jobId, version }: JobVersion, changes: boolean): boolean {
  return version === undefined ? changes : version > (heard.get(jobId) ?? 0);
}

/** The priority given last counts, in whatever order a job says what it was given. */
function reprioritise(
  { admission }: ReadOnly<PoolState>,
  input: Extract<PoolInput, { type: 'jobReprioritised' }>,
): PoolEvent[] {
  const { jobId, version, priority } = input;
  const job = admission.waiting.get(jobId) ?? admission.running.get(jobId);
  if (!job || (version !== undefined && version <= (job.rankedBy ?? 0))) return [];
  return [{ type: 'queue.reprioritised', data: { ...versionOf(input), priority } }];
}

function versionOf({ jobId, version }: JobVersion): JobVersion {
  return { jobId, ...present({ version }) };
}

/** One that is under way has its place, however many there are: what runs goes on. */
function joined(
  state: ReadOnly<PoolState>,
  { jobId, owner, priority, queuedAt, version, running }: Extract<PoolInput, { type: 'jobQueued' }>,
): PoolEvent[] {
  const job = { jobId, owner, priority, queuedAt, ...present({ version }) };
  if (!joins(state, job)) return [];
  return [
    { type: 'queue.joined', data: job },
    ...(running ? [{ type: 'queue.admitted' as const, data: { jobId } }] : []),
  ];
}

/** A job joins once, and anew each time that it goes on after its end. What it said before that end comes too late. */
function joins(
  { admission, over, left }: ReadOnly<PoolState>,
  { jobId, version }: Pick<QueuedJob, 'jobId' | 'version'>,
): boolean {
  const known = admission.waiting.get(jobId) ?? admission.running.get(jobId);
  if (version === undefined) return !known && !over.has(jobId);
  return version > Math.max(known?.version ?? 0, left.get(jobId) ?? 0);
}

function release(
  state: ReadOnly<PoolState>,
  input: Extract<PoolInput, { type: 'workReleased' }>,
): PoolEvent[] {
  const ref = refOf(input);
  const lease = state.leases.get(attemptKey(input));
  if (lease) {
    const { ended, at } = input;
    const data = { ...ref, ...present({ ended }) };
    return [{ type: 'lease.released', data }, ...judgeEnded(state, lease, { ended, at })];
  }
  if (state.queued.has(attemptKey(input)))
    return [{ type: 'work.dropped', data: { ...ref, reason: 'over' } }];
  return [];
}

function withdraw(state: ReadOnly<PoolState>, input: AttemptRef, reason: string): PoolEvent[] {
  const data = { ...refOf(input), reason };
  if (state.queued.has(attemptKey(input))) return [{ type: 'work.dropped', data }];
  const lease = state.leases.get(attemptKey(input));
  if (!lease) return state.over.has(attemptKey(input)) ? [] : [{ type: 'work.unknown', data }];
  if (lease.cancelRequested) return [];
  return [{ type: 'lease.cancelRequested', data: { ...data, workerId: lease.workerId } }];
}

function isKeptOff({ cordons }: ReadOnly<PoolState>, workerId: string): boolean {
  return cordons.cordoned.has(workerId) || cordons.probation.has(workerId);
}

function lose(
  state: ReadOnly<PoolState>,
  { workerId, reason, at }: Extract<PoolInput, { type: 'workerLost' }>,
): PoolEvent[] {
  if (!state.workers.has(workerId)) return [];
  const leases = [...state.leases.values()].filter((lease) => lease.workerId === workerId);
  return [
    ...revoked(leases, reason),
    { type: 'worker.lost', data: { workerId, reason } },
    // It may come back: that it was away makes it no better.
    ...judgeLost(state, workerId, { leases, at }).filter(({ type }) => type === 'worker.cordoned'),
  ];
}

/**
 * What was leased to an earlier process of a worker and does not go on is gone. Only leases of that registration are
 * looked at, whenever it is heard of. A pool that does not know the process of now gives the worker nothing until it does.
 */
function restarted(
  state: ReadOnly<PoolState>,
  { workerId, registration, running, at }: Extract<PoolInput, { type: 'workerRestarted' }>,
): PoolEvent[] {
  const goOn = new Set(running.map(attemptKey));
  const gone = [...state.leases.values()].filter(
    (lease) =>
      lease.workerId === workerId && lease.registration === registration && !goOn.has(attemptKey(lease.work)),
  );
  return [
    ...revoked(gone, 'its worker began anew without it'),
    ...drained(state, { workerId, registration }),
    ...judgeLost(state, workerId, { leases: gone, at }),
  ];
}

/** Attempts that are gone with their worker. */
function revoked(leases: readonly ReadOnly<Lease>[], reason: string): PoolEvent[] {
  return leases.map(({ work, workerId }) => ({
    type: 'lease.revoked',
    data: { ...refOf(work), workerId, reason, cause: 'workerLost' },
  }));
}

/** The attempt goes back to its job. One that was being cancelled says nothing about the worker. */
function refuse(
  state: ReadOnly<PoolState>,
  { cancelRequested, work }: Lease,
  input: Extract<PoolInput, { type: 'dispatchFailed' }>,
): PoolEvent[] {
  const { workerId, reason, at } = input;
  const data = { ...refOf(input), workerId, reason };
  if (cancelRequested) return [{ type: 'lease.revoked', data }];
  const inVain = keptOffTooLong(state, work, at);
  const why = inVain === undefined ? {} : { reason: `${reason}; ${inVain}` };
  const cause = inVain === undefined ? 'refused' : 'unschedulable';
  return [
    { type: 'lease.revoked', data: { ...data, ...why, refused: true, cause } },
    ...refused(state.cordons, state.workers.get(workerId), at),
  ];
}

/**
 * What time has ended. A result may have waited while the engine was not well: from when it is, each lease has the grace
 * again that it has behind its timeout.
 */
function sweep(
  state: ReadOnly<PoolState>,
  { at, wellSince = 0 }: Extract<PoolInput, { type: 'sweep' }>,
): PoolEvent[] {
  const over = (expiresAt: number) => Math.max(expiresAt, wellSince + LEASE_GRACE_MS) <= at;
  const expired = [...state.leases.values()].filter(({ expiresAt }) => over(expiresAt));
  return [
    ...expired.map(({ work, workerId }): PoolEvent => {
      const reason = 'the lease ran out without a result';
      return { type: 'lease.revoked', data: { ...refOf(work), workerId, reason, cause: 'leaseExpired' } };
    }),
    ...judgedExpired(state, expired, at),
    ...cordonsOver(state.cordons, at),
    ...clearedBy(state, at),
    ...watchesAgain(state.dependencies, at),
    ...sweepUnschedulable(state, at),
  ];
}

/** A worker of which a lease ran out never said how the attempt went. */
function judgedExpired(
  state: ReadOnly<PoolState>,
  expired: readonly ReadOnly<Lease>[],
  at: number,
): PoolEvent[] {
  const byWorker = grouped(expired, ({ workerId }) => workerId);
  return [...byWorker].flatMap(([workerId, leases]) => judgeLost(state, workerId, { leases, at }));
}

/** It takes nothing new, where it is the one that it was: an earlier process of the same name does not speak for it. */
function drained(
  { workers }: ReadOnly<PoolState>,
  { workerId, registration }: { readonly workerId: string; readonly registration?: string },
): PoolEvent[] {
  const worker = workers.get(workerId);
  if (worker?.status !== 'active' || (registration ?? worker.registration) !== worker.registration) return [];
  return [{ type: 'worker.draining', data: { workerId } }];
}

function sameWorker(state: ReadOnly<PoolState>, worker: Worker): boolean {
  const known = state.workers.get(worker.workerId);
  return (
    known?.status === 'active' &&
    known.slots === worker.slots &&
    known.endpoint === worker.endpoint &&
    known.registration === worker.registration &&
    JSON.stringify(known.resources ?? {}) === JSON.stringify(worker.resources ?? {}) &&
    String(known.labels) === String(worker.labels)
  );
}

function refOf({ jobId, nodeId, attempt }: AttemptRef): AttemptRef {
  return { jobId, nodeId, attempt };
}
