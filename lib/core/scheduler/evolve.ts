import type { Priority } from '../dag/graph';
import { assertNever } from '../errors';
import { enterQueue, leaveQueue, startRunning, stopRunning } from './admission';
import { countTrouble, evolveCordon } from './cordon';
import type { PoolEvent } from './events';
import type { WorkItem, WorkRef } from '../messages/pool';
import { dequeue, enqueue, shareOf } from './lanes';
import { account, opened, type PoolState, REMEMBERED, workKey } from './state';

export function evolvePool(state: PoolState, event: PoolEvent): PoolState {
  switch (event.type) {
    case 'worker.registered':
      state.workers.set(event.data.workerId, opened(state, event.data, 'active'));
      return state;
    case 'worker.draining': {
      const worker = state.workers.get(event.data.workerId);
      if (worker) worker.status = 'draining';
      return state;
    }
    case 'worker.lost':
      state.workers.delete(event.data.workerId);
      // Its cordon outlives it: one that comes back is no better for that.
      if (!state.cordoned.has(event.data.workerId)) state.troubles.delete(event.data.workerId);
      return state;
    case 'worker.cordoned':
    case 'worker.uncordoned':
      evolveCordon(state, event);
      return state;
    case 'work.queued':
      state.queued.set(workKey(event.data), event.data);
      if (!state.heldJobs.has(event.data.jobId)) enqueue(state.lanes, event.data);
      return state;
    case 'work.dropped':
      take(state, event.data);
      remember(state, event.data);
      return state;
    case 'lease.granted': {
      const work = take(state, event.data);
      if (!work) throw new Error(`lease of work that is not queued: ${JSON.stringify(event.data)}`);
      const { workerId, fence, expiresAt } = event.data;
      const lease = { work, workerId, fence, expiresAt };
      state.leases.set(workKey(work), lease);
      account(state, lease, -1);
      serve(state, shareOf(work), fence);
      state.fence = fence;
      return state;
    }
    case 'lease.cancelRequested': {
      const lease = state.leases.get(workKey(event.data));
      if (lease) lease.cancelRequested = true;
      return state;
    }
    case 'lease.released':
    case 'lease.revoked': {
      const key = workKey(event.data);
      const lease = state.leases.get(key);
      if (lease) account(state, lease, 1);
      if (event.type === 'lease.revoked' && event.data.refused)
        countTrouble(state, event.data.workerId, false);
      else if (event.type === 'lease.released' && lease) countTrouble(state, lease.workerId, true);
      state.leases.delete(key);
      remember(state, event.data);
      return state;
    }
    case 'work.unknown':
      remember(state, event.data);
      return state;
    case 'queue.joined':
      enterQueue(state.admission, event.data);
      return state;
    case 'queue.admitted': {
      const job = leaveQueue(state.admission, event.data.jobId);
      if (job) startRunning(state.admission, job);
      return state;
    }
    case 'queue.left':
      leaveQueue(state.admission, event.data.jobId);
      stopRunning(state.admission, event.data.jobId);
      state.heldJobs.delete(event.data.jobId);
      state.over.add(event.data.jobId);
      dropOldest(state.over);
      return state;
    case 'queue.reprioritised':
      reprioritise(state, event.data.jobId, event.data.priority);
      return state;
    case 'queue.changed':
      state.admission.status = event.data.status;
      return state;
    case 'queue.limited':
      state.admission.maxRunningJobs = event.data.maxRunningJobs;
      return state;
    case 'queue.held':
      state.heldJobs.add(event.data.jobId);
      for (const work of workOf(state, event.data.jobId)) dequeue(state.lanes, work);
      return state;
    case 'queue.unheld':
      state.heldJobs.delete(event.data.jobId);
      for (const work of workOf(state, event.data.jobId)) enqueue(state.lanes, work);
      return state;
    default:
      return assertNever(event, 'pool event');
  }
}

/** Where the job waits, and where its work does; what runs keeps the class that it was given out in. */
function reprioritise(state: PoolState, jobId: string, priority: Priority): void {
  const job = leaveQueue(state.admission, jobId);
  if (job) enterQueue(state.admission, { ...job, priority });
  for (const work of workOf(state, jobId)) {
    const changed = { ...work, priority };
    state.queued.set(workKey(work), changed);
    if (state.heldJobs.has(jobId)) continue;
    dequeue(state.lanes, work);
    enqueue(state.lanes, changed);
  }
}

function workOf(state: PoolState, jobId: string): WorkItem[] {
  return [...state.queued.values()].filter((work) => work.jobId === jobId);
}

function take(state: PoolState, ref: WorkRef): WorkItem | undefined {
  const key = workKey(ref);
  const work = state.queued.get(key);
  if (work) dequeue(state.lanes, work);
  state.queued.delete(key);
  return work;
}

/** Whoever is forgotten counts as never served, and so as the one who waits longest. */
function serve({ served }: PoolState, share: string, fence: number): void {
  served.delete(share);
  served.set(share, fence);
  dropOldest(served);
}

function remember({ over }: PoolState, ref: WorkRef): void {
  over.add(workKey(ref));
  dropOldest(over);
}

/** Keeps the latest `REMEMBERED` entries, in the order in which they were set. */
function dropOldest(entries: Map<string, unknown> | Set<string>): void {
  if (entries.size <= REMEMBERED) return;
  const [oldest] = entries.keys();
  entries.delete(oldest as string);
}
