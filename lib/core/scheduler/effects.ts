import type { Effect } from '../ports/effects';
import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import type { PoolEvent } from './events';
import type { WorkRef } from '../messages/pool';
import { type PoolState, workKey } from './state';

/** The effects one event of the pool requires, seen from a state at or after it. */
export function poolEffects(state: PoolState, recorded: Recorded<PoolEvent>): Effect[] {
  const id = `${recorded.stream}/${recorded.seq}`;
  const event = { type: recorded.type, data: recorded.data } as PoolEvent;
  switch (event.type) {
    case 'lease.granted': {
      const lease = state.leases.get(workKey(event.data));
      if (lease?.fence !== event.data.fence) return [];
      return [
        {
          id,
          kind: 'dispatch',
          work: lease.work,
          workerId: lease.workerId,
          ...endpointOf(state, lease.workerId),
        },
      ];
    }
    case 'lease.cancelRequested': {
      const { workerId, reason, ...work } = event.data;
      if (!state.leases.has(workKey(work))) return [];
      return [{ id, kind: 'cancelExecution', work, workerId, reason, ...endpointOf(state, workerId) }];
    }
    case 'lease.revoked':
    case 'work.dropped':
    case 'work.unknown':
      return [lost(id, event.data, event.data.reason)];
    case 'queue.admitted':
      return [{ id, kind: 'toJob', jobId: event.data.jobId, message: { type: 'admit' } }];
    case 'worker.cordoned':
    case 'worker.lost': {
      const status = event.type === 'worker.lost' ? 'lost' : 'cordoned';
      const detail = { ...event.data, status, pool: recorded.stream };
      return [
        { id, kind: 'publish', event: { id, type: 'orchestration.node.failure', at: recorded.at, detail } },
      ];
    }
    case 'worker.registered':
    case 'worker.uncordoned':
    case 'queue.joined':
    case 'queue.left':
    case 'queue.reprioritised':
    case 'queue.changed':
    case 'queue.limited':
    case 'worker.draining':
    case 'queue.held':
    case 'queue.unheld':
    case 'work.queued':
    case 'lease.released':
      return [];
    default:
      return assertNever(event, 'pool event');
  }
}

function lost(id: string, { jobId, nodeId, attempt }: WorkRef, reason: string): Effect {
  return { id, kind: 'toJob', jobId, message: { type: 'attemptLost', nodeId, attempt, reason } };
}

function endpointOf(state: PoolState, workerId: string): { endpoint?: string } {
  const endpoint = state.workers.get(workerId)?.endpoint;
  return endpoint === undefined ? {} : { endpoint };
}
