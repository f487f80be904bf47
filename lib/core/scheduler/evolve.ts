import { assertNever } from '../errors';
import type { PoolEvent } from './events';
import type { WorkItem, WorkRef } from './inputs';
import { insertWork, removeWork } from './order';
import { type PoolState, REMEMBERED, workKey } from './state';

export function evolvePool(state: PoolState, event: PoolEvent): PoolState {
  switch (event.type) {
    case 'worker.registered': {
      const busy = [...state.leases.values()].filter((lease) => lease.workerId === event.data.workerId);
      const used = busy.reduce((sum, lease) => sum + lease.work.slots, 0);
      state.workers.set(event.data.workerId, {
        ...event.data,
        status: 'active',
        free: event.data.slots - used,
      });
      return state;
    }
    case 'worker.draining': {
      const worker = state.workers.get(event.data.workerId);
      if (worker) worker.status = 'draining';
      return state;
    }
    case 'worker.lost':
      state.workers.delete(event.data.workerId);
      return state;
    case 'work.queued':
      insertWork(state.queue, event.data);
      state.queued.set(workKey(event.data), event.data);
      return state;
    case 'work.dropped':
      take(state, event.data);
      remember(state, event.data);
      return state;
    case 'lease.granted': {
      const work = take(state, event.data);
      const worker = state.workers.get(event.data.workerId);
      if (!work || !worker) throw new Error(`lease of unknown work or worker: ${JSON.stringify(event.data)}`);
      const { workerId, fence, expiresAt } = event.data;
      worker.free -= work.slots;
      state.leases.set(workKey(work), { work, workerId, fence, expiresAt });
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
      const worker = lease && state.workers.get(lease.workerId);
      if (worker) worker.free += lease.work.slots;
      state.leases.delete(key);
      remember(state, event.data);
      return state;
    }
    case 'work.unknown':
      remember(state, event.data);
      return state;
    default:
      return assertNever(event, 'pool event');
  }
}

function take(state: PoolState, ref: WorkRef): WorkItem | undefined {
  const key = workKey(ref);
  const work = state.queued.get(key);
  if (work) removeWork(state.queue, work);
  state.queued.delete(key);
  return work;
}

function remember({ over }: PoolState, ref: WorkRef): void {
  over.add(workKey(ref));
  if (over.size <= REMEMBERED) return;
  const [oldest] = over;
  over.delete(oldest as string);
}
