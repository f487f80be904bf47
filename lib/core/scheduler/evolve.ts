import { assertNever } from '../errors';
import type { QueuedJob, WorkItem } from '../messages/pool';
import type { AttemptRef } from '../model/attempt';
import { attemptKey } from '../model/attempt';
import { present } from '../model/present';
import { enterQueue, leaveQueue, startRunning, stopRunning } from './admission';
import { evolveWarnings } from './capacity';
import { countAnswer, countTrial, evolveCordon, forgetWorker } from './cordon';
import { evolveDependencies } from './dependencies';
import type { JobVersion, PoolEvent } from './events';
import { forgetOutcomes, lostOutcome, noteOutcome, noteTiming, outcomeOf } from './health';
import { dequeue, enqueue, shareOf } from './lanes';
import { evolveUnschedulable } from './shapes';
import { account, isFree, type Lease, opened, type PoolState, REMEMBERED } from './state';

/** @param at time of the event, milliseconds since the epoch. */
export function evolvePool(state: PoolState, event: PoolEvent, at: number): PoolState {
  switch (event.type) {
    case 'worker.registered':
    case 'worker.draining':
    case 'worker.lost':
    case 'worker.cordoned':
    case 'worker.probation':
    case 'worker.uncordoned':
    case 'worker.suspected':
    case 'worker.cleared':
      evolveWorker(state, event, at);
      return state;
    case 'work.queued':
      state.queued.set(attemptKey(event.data), event.data);
      if (isFree(state, event.data)) enqueue(state.lanes, event.data);
      return state;
    case 'work.dropped':
      take(state, event.data);
      remember(state, event.data);
      return state;
    case 'lease.granted':
      grant(state, event.data);
      return state;
    case 'lease.cancelRequested': {
      const lease = state.leases.get(attemptKey(event.data));
      if (lease) lease.cancelRequested = true;
      return state;
    }
    case 'lease.released':
    case 'lease.revoked': {
      const key = attemptKey(event.data);
      const lease = state.leases.get(key);
      if (lease) account(state, lease, 1);
      if (event.type === 'lease.revoked') revoked(state, event.data, lease, at);
      else if (lease) released(state, event.data, lease, at);
      state.leases.delete(key);
      remember(state, event.data);
      return state;
    }
    case 'work.unknown':
      remember(state, event.data);
      return state;
    case 'queue.joined':
      join(state, event.data);
      return state;
    case 'queue.admitted': {
      const job = leaveQueue(state.admission, event.data.jobId);
      if (!job) return state;
      const admitted = () => startRunning(state.admission, job);
      // Nothing waits of a job that is admitted for the first time.
      if (job.version === undefined) admitted();
      else rework(state, job.jobId, admitted);
      return state;
    }
    case 'queue.left':
      leave(state, event.data);
      return state;
    case 'queue.reprioritised':
      reprioritise(state, event.data);
      return state;
    case 'queue.changed':
      state.admission.status = event.data.status;
      return state;
    case 'queue.limited':
      state.admission.maxRunningJobs = event.data.maxRunningJobs;
      return state;
    case 'queue.held':
      hold(state, event.data);
      return state;
    case 'queue.unheld':
      unhold(state, event.data);
      return state;
    case 'queue.dependencyWatched':
    case 'queue.dependencyChanged':
      evolveDependencies(state.dependencies, event, { fence: state.fence, at });
      return state;
    case 'queue.unschedulable':
    case 'queue.schedulable':
      evolveUnschedulable(state.unschedulable, event, at);
      return state;
    case 'queue.capacityWarned':
    case 'queue.capacityCleared':
      evolveWarnings(state.warnings, event, at);
      return state;
    default:
      return assertNever(event, 'pool event');
  }
}

type WorkerEvent = Extract<PoolEvent, { type: `worker.${string}` }>;

function evolveWorker(state: PoolState, event: WorkerEvent, at: number): void {
  switch (event.type) {
    case 'worker.registered':
      state.workers.set(event.data.workerId, opened(state, event.data, 'active'));
      return;
    case 'worker.draining': {
      const worker = state.workers.get(event.data.workerId);
      if (worker) worker.status = 'draining';
      return;
    }
    case 'worker.lost':
      state.workers.delete(event.data.workerId);
      forgetWorker(state.cordons, event.data.workerId);
      state.health.suspected.delete(event.data.workerId);
      return;
    case 'worker.cordoned':
      evolveCordon(state.cordons, event, at);
      state.health.suspected.delete(event.data.workerId);
      return;
    case 'worker.probation':
    case 'worker.uncordoned':
      evolveCordon(state.cordons, event, at);
      // Only what comes now counts.
      forgetOutcomes(state.health, event.data.workerId);
      return;
    case 'worker.suspected':
      state.health.suspected.set(event.data.workerId, { since: at, reason: event.data.reason });
      return;
    case 'worker.cleared':
      state.health.suspected.delete(event.data.workerId);
      return;
    default:
      assertNever(event, 'event of a worker');
  }
}

function grant(state: PoolState, granted: Extract<PoolEvent, { type: 'lease.granted' }>['data']): void {
  const work = take(state, granted);
  if (!work) throw new Error(`lease of work that is not queued: ${JSON.stringify(granted)}`);
  const { workerId, fence, expiresAt } = granted;
  const { registration } = state.workers.get(workerId) ?? {};
  const lease = { work, workerId, ...present({ registration }), fence, expiresAt };
  state.leases.set(attemptKey(work), lease);
  account(state, lease, -1);
  serve(state, shareOf(work), fence);
  state.fence = fence;
}

type Of<T extends PoolEvent['type']> = Extract<PoolEvent, { type: T }>['data'];

function released(state: PoolState, { ended }: Of<'lease.released'>, lease: Lease, at: number): void {
  const { cordons, health } = state;
  const { workerId } = lease;
  countAnswer(cordons, workerId, true, at);
  if (ended === undefined || lease.cancelRequested) return;
  // What a worker does that is kept off new work says nothing of it once it is back.
  if (!cordons.cordoned.has(workerId)) noteOutcome(health, workerId, outcomeOf(health, lease, ended, at));
  noteTiming(health, lease, ended);
  countTrial(cordons, workerId);
}

function revoked(
  { cordons, health }: PoolState,
  { workerId, refused, cause }: Of<'lease.revoked'>,
  lease: Lease | undefined,
  at: number,
): void {
  if (refused) countAnswer(cordons, workerId, false, at);
  const isLost = cause === 'workerLost' || cause === 'leaseExpired';
  if (lease && isLost && !cordons.cordoned.has(workerId))
    noteOutcome(health, workerId, lostOutcome(lease.work, at));
}

function leave(state: PoolState, data: JobVersion): void {
  const { jobId, version } = data;
  hear(state, data);
  const known = leaveQueue(state.admission, jobId) ?? state.admission.running.get(jobId);
  const gone = () => {
    stopRunning(state.admission, jobId);
    state.heldJobs.delete(jobId);
  };
  if (state.heldJobs.has(jobId) || known?.version !== undefined) rework(state, jobId, gone);
  else gone();
  state.over.add(jobId);
  dropOldest(state.over);
  if (version !== undefined) note(state.left, jobId, version);
}

/** One that goes on while its pool has not heard of its end yet keeps its place. */
function join(state: PoolState, job: QueuedJob): void {
  const { admission } = state;
  const { jobId, version } = job;
  if (version !== undefined) {
    hear(state, { jobId, version: Math.max(version, state.heard.get(jobId) ?? 0) });
    state.over.delete(jobId);
    leaveQueue(admission, jobId);
  }
  if (!admission.running.has(jobId)) {
    enterQueue(admission, job);
    return;
  }
  rework(state, jobId, () => {
    stopRunning(admission, jobId);
    startRunning(admission, job);
  });
}

function hold(state: PoolState, data: JobVersion): void {
  hear(state, data);
  rework(state, data.jobId, () => state.heldJobs.add(data.jobId));
}

function unhold(state: PoolState, data: JobVersion): void {
  hear(state, data);
  if (!state.heldJobs.has(data.jobId)) return;
  rework(state, data.jobId, () => state.heldJobs.delete(data.jobId));
}

/** Changes something after which other work of a job is free than before. */
function rework(state: PoolState, jobId: string, change: () => void): void {
  const queued = workOf(state, jobId);
  for (const work of queued) dequeue(state.lanes, work);
  change();
  for (const work of queued) if (isFree(state, work)) enqueue(state.lanes, work);
}

/** Remembers how new that is what was heard of a job. */
function hear({ heard }: PoolState, { jobId, version }: JobVersion): void {
  if (version !== undefined) note(heard, jobId, version);
}

type Reprioritised = Extract<PoolEvent, { type: 'queue.reprioritised' }>['data'];

/** Where the job waits or is counted, and where its work waits; what is leased keeps the class that it was given out in. */
function reprioritise(state: PoolState, { jobId, version, priority }: Reprioritised): void {
  const { admission } = state;
  const ranked = { priority, ...present({ rankedBy: version }) };
  const waiting = leaveQueue(admission, jobId);
  if (waiting) enterQueue(admission, { ...waiting, ...ranked });
  const running = stopRunning(admission, jobId);
  if (running) startRunning(admission, { ...running, ...ranked });
  for (const work of workOf(state, jobId)) {
    const changed = { ...work, priority };
    state.queued.set(attemptKey(work), changed);
    if (!isFree(state, work)) continue;
    dequeue(state.lanes, work);
    enqueue(state.lanes, changed);
  }
}

function workOf(state: PoolState, jobId: string): WorkItem[] {
  return [...state.queued.values()].filter((work) => work.jobId === jobId);
}

function take(state: PoolState, ref: AttemptRef): WorkItem | undefined {
  const key = attemptKey(ref);
  const work = state.queued.get(key);
  if (work) dequeue(state.lanes, work);
  state.queued.delete(key);
  return work;
}

/** Whoever is forgotten counts as never served, and so as the one who waits longest. */
function serve({ served }: PoolState, share: string, fence: number): void {
  note(served, share, fence);
}

function remember({ over }: PoolState, ref: AttemptRef): void {
  over.add(attemptKey(ref));
  dropOldest(over);
}

/** As the latest entry. */
function note(entries: Map<string, number>, key: string, value: number): void {
  entries.delete(key);
  entries.set(key, value);
  dropOldest(entries);
}

/** Keeps the latest `REMEMBERED` entries, in the order in which they were set. */
function dropOldest(entries: Map<string, unknown> | Set<string>): void {
  if (entries.size <= REMEMBERED) return;
  const [oldest] = entries.keys();
  entries.delete(oldest as string);
}
