import { assertNever } from '../errors';
import type { Recorded } from '../journal/envelope';
import { addressOf, dependencyAt, jobAt } from '../messages/address';
import { type Effect, type EffectOf, effectsOf } from '../messages/effect';
import { CAPACITY_WARNING } from '../messages/public-event';
import { type AttemptRef, attemptKey } from '../model/attempt';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import type { LossCause } from '../model/recovery';
import type { PoolEvent } from './events';
import type { PoolState } from './state';

/** The effects one event of the pool requires, seen from a state at or after it. */
export function poolEffects(state: ReadOnly<PoolState>, event: Recorded<PoolEvent>): Effect[] {
  const make = effectsOf(event);
  switch (event.type) {
    case 'lease.granted': {
      const lease = state.leases.get(attemptKey(event.data));
      if (lease?.fence !== event.data.fence) return [];
      const { work, workerId } = lease;
      return [make({ kind: 'dispatch', work, workerId, ...addressOfWorker(state, workerId) })];
    }
    case 'lease.cancelRequested': {
      const { workerId, reason, ...work } = event.data;
      if (!state.leases.has(attemptKey(work))) return [];
      return [make({ kind: 'cancelExecution', work, workerId, reason, ...addressOfWorker(state, workerId) })];
    }
    case 'lease.revoked': {
      const { workerId, cause } = event.data;
      return [make(lost(event.data, { workerId, ...present({ cause }) }))];
    }
    case 'work.dropped':
      return [make(lost(event.data, present({ cause: event.data.cause })))];
    case 'work.unknown':
      return [make(lost(event.data))];
    case 'queue.admitted':
      return [make({ kind: 'send', to: jobAt(event.data.jobId), message: { type: 'admit' } })];
    case 'worker.cordoned':
    case 'worker.lost':
    case 'worker.suspected':
    case 'worker.cleared':
      return [make(workerFailed(event))];
    case 'queue.dependencyWatched': {
      const message = { type: 'watched' as const, pool: addressOf(event.stream).id };
      return [make({ kind: 'send', to: dependencyAt(event.data.dependency), message })];
    }
    case 'queue.capacityWarned':
    case 'queue.capacityCleared':
      return [make(capacityWarning(event))];
    case 'worker.registered':
    case 'worker.probation':
    case 'worker.uncordoned':
    case 'queue.joined':
    case 'queue.left':
    case 'queue.reprioritised':
    case 'queue.changed':
    case 'queue.limited':
    case 'queue.unschedulable':
    case 'queue.schedulable':
    case 'worker.draining':
    case 'queue.dependencyChanged':
    case 'queue.held':
    case 'queue.unheld':
    case 'work.queued':
    case 'lease.released':
      return [];
    default:
      return assertNever(event, 'pool event');
  }
}

/** The plan calls a worker an execution node, and its name for the event stands on the bus. */
function workerFailed(
  event: Recorded<
    Extract<PoolEvent, { type: 'worker.cordoned' | 'worker.lost' | 'worker.suspected' | 'worker.cleared' }>
  >,
): EffectOf {
  const status = event.type.slice('worker.'.length);
  const detail = { ...event.data, status, pool: addressOf(event.stream).id };
  const id = `${event.stream}/${event.seq}`;
  return { kind: 'publish', event: { id, type: 'orchestration.node.failure', at: event.at, detail } };
}

/** Once when it begins and once when it is gone, which `status` says. */
function capacityWarning(
  event: Recorded<Extract<PoolEvent, { type: 'queue.capacityWarned' | 'queue.capacityCleared' }>>,
): EffectOf {
  const status = event.type === 'queue.capacityWarned' ? 'raised' : 'cleared';
  const detail = { ...event.data, status, pool: addressOf(event.stream).id };
  const id = `${event.stream}/${event.seq}`;
  return { kind: 'publish', event: { id, type: CAPACITY_WARNING, at: event.at, detail } };
}

function lost(
  { jobId, nodeId, attempt, reason }: AttemptRef & { readonly reason: string },
  how: { readonly workerId?: string; readonly cause?: LossCause } = {},
): EffectOf {
  return {
    kind: 'send',
    to: jobAt(jobId),
    message: { type: 'attemptLost', nodeId, attempt, reason, ...how },
  };
}

/** As the worker registered last. */
function addressOfWorker(
  { workers }: ReadOnly<PoolState>,
  workerId: string,
): { endpoint?: string; registration?: string } {
  const { endpoint, registration } = workers.get(workerId) ?? {};
  return present({ endpoint, registration });
}
