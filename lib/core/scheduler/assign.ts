import type { PoolEvent } from './events';
import type { WorkItem } from './inputs';
import type { PoolState, WorkerState } from './state';

/** Time beyond a node's own timeout before its lease runs out: start-up, the last callback, clock skew. */
export const LEASE_GRACE_MS = 60_000;

/**
 * Gives ready work, best first, to the execution node that fits and has the most free slots.
 * Work that fits nowhere now is passed over, so it never blocks what stands behind it.
 */
export function assign(state: PoolState, at: number): PoolEvent[] {
  const free = new Map([...state.workers.values()].filter(isOpen).map((worker) => [worker, worker.free]));
  const events: PoolEvent[] = [];
  let fence = state.fence;
  let total = [...free.values()].reduce((sum, slots) => sum + slots, 0);
  for (const work of state.queue) {
    if (total <= 0) break;
    const worker = leastLoaded(free, work);
    if (!worker) continue;
    free.set(worker, (free.get(worker) ?? 0) - work.slots);
    total -= work.slots;
    fence += 1;
    const { jobId, nodeId, attempt, timeoutMs } = work;
    const expiresAt = at + timeoutMs + LEASE_GRACE_MS;
    events.push({
      type: 'lease.granted',
      data: { jobId, nodeId, attempt, workerId: worker.workerId, fence, expiresAt },
    });
  }
  return events;
}

function isOpen(worker: WorkerState): boolean {
  return worker.status === 'active' && worker.free > 0;
}

function leastLoaded(free: ReadonlyMap<WorkerState, number>, work: WorkItem): WorkerState | undefined {
  let best: WorkerState | undefined;
  let most = work.slots - 1;
  for (const [worker, slots] of free) {
    if (slots > most && fits(worker, work)) [best, most] = [worker, slots];
  }
  return best;
}

export function fits(
  worker: { readonly labels: '*' | readonly string[]; readonly slots: number },
  work: { readonly labels: readonly string[]; readonly slots: number },
): boolean {
  if (worker.slots < work.slots) return false;
  if (worker.labels === '*') return true;
  const labels = worker.labels;
  return work.labels.every((label) => labels.includes(label));
}
