import type { PoolMessage } from '../messages/pool';
import type { CapacityCondition } from '../model/capacity';
import type { PoolEvent } from './events';

type Reviewed = Extract<PoolMessage, { type: 'capacityReviewed' }>;

/** A warning goes once what is found is below this share of the limit: what swings around it is said once. */
const CLEARS_BELOW = 0.8;

/** Warns once of each condition, and says once that it is gone. */
export function reviewCapacity(
  warnings: ReadonlyMap<CapacityCondition, number>,
  { findings }: Reviewed,
): PoolEvent[] {
  return findings.flatMap((data): PoolEvent[] => {
    const { condition, found, limit } = data;
    const stands = warnings.has(condition);
    if (!stands && found > limit) return [{ type: 'queue.capacityWarned', data }];
    if (stands && found < limit * CLEARS_BELOW) return [{ type: 'queue.capacityCleared', data }];
    return [];
  });
}

type Warning = Extract<PoolEvent, { type: 'queue.capacityWarned' | 'queue.capacityCleared' }>;

/** @param at time of the event, milliseconds since the epoch. */
export function evolveWarnings(
  warnings: Map<CapacityCondition, number>,
  { type, data: { condition } }: Warning,
  at: number,
): void {
  if (type === 'queue.capacityWarned') warnings.set(condition, at);
  else warnings.delete(condition);
}
