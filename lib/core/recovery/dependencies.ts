import type { DependencyState } from '../dependency/state';
import { dependencyAt, streamOf } from '../messages/address';
import { type Effect, effectsOf } from '../messages/effect';
import type { ReadOnly } from '../model/read-only';

/**
 * What sets the timer of a dependency again that is open for a time, after the process that had set it is gone. Pools
 * ask for themselves.
 * @param seq of the event that the state ends with.
 */
export function rearmingDependency(
  name: string,
  { openUntil }: ReadOnly<DependencyState>,
  seq: number,
): Effect[] {
  if (openUntil === undefined) return [];
  const to = dependencyAt(name);
  const make = effectsOf({ stream: streamOf(to), seq });
  const message = { type: 'due' as const, until: openUntil };
  return [make({ kind: 'timer', to, message, dueAt: openUntil }, 'armed')];
}
