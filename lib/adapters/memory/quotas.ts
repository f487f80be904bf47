import { LRUCache } from 'lru-cache';
import type { Quotas } from '../../core/ports/quotas';

/** Counts that a process holds, so that they cannot fill it. */
const MAX_COUNTS = 10_000;

interface Count {
  calls: number;
  readonly ids: Set<string>;
}

/** The counts of owners in this process. They end with it: what is counted by the minute or the hour loses little. */
export function createMemoryQuotas(): Quotas {
  const counts = new LRUCache<string, Count>({ max: MAX_COUNTS });
  return {
    async take({ owner, what, limit, id }) {
      const key = JSON.stringify([owner, what]);
      const count = counts.get(key) ?? { calls: 0, ids: new Set() };
      if (id !== undefined && count.ids.has(id)) return true;
      if (count.calls + count.ids.size >= limit) return false;
      if (id === undefined) count.calls += 1;
      else count.ids.add(id);
      counts.set(key, count);
      return true;
    },
  };
}
