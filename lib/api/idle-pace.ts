import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/model/time';
import type { WorkerRegistry } from '../core/ports/registries';
import { idleSeconds } from '../core/recovery/pace';

/** How long the number of workers is taken for what it was, milliseconds. */
const COUNTED_MS = 60_000;
const POOLS = 100;

/** How long workers of a pool that have nothing to do may be silent, in seconds, by how many they are. */
export function idlePace(deps: {
  readonly workers: Pick<WorkerRegistry, 'list'>;
  readonly clock: Clock;
}): (pool: string) => Promise<number> {
  const known = new LRUCache<string, { readonly seconds: number; readonly until: number }>({ max: POOLS });
  return async (pool) => {
    const now = deps.clock();
    const last = known.get(pool);
    if (last && now < last.until) return last.seconds;
    const seconds = idleSeconds((await deps.workers.list(pool)).length);
    known.set(pool, { seconds, until: now + COUNTED_MS });
    return seconds;
  };
}
