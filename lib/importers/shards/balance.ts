/** Something that takes a time and goes to one shard as a whole. */
export interface Weighted {
  readonly ms: number;
}

/**
 * Longest processing time first: each item, longest first, goes to the shard that has least so far. At most 4/3 of
 * the best possible (Graham 1969, doi:10.1137/0117039). Shards keep the order of the items; ties go to the first
 * shard, so the same input gives the same shards. O(items * (log items + shards)).
 */
export function balance<T extends Weighted>(items: readonly T[], shards: number): T[][] {
  const loads = Array.from({ length: shards }, () => ({ ms: 0, count: 0 }));
  const shardOf = new Map<number, number>();
  const order = items.map((_, i) => i).sort((a, b) => items[b]!.ms - items[a]!.ms || a - b);
  for (const i of order) {
    let best = 0;
    for (let s = 1; s < shards; s++) {
      const [mine, other] = [loads[best]!, loads[s]!];
      // Items that take no time spread by number.
      if (other.ms < mine.ms || (other.ms === mine.ms && other.count < mine.count)) best = s;
    }
    loads[best]!.ms += items[i]!.ms;
    loads[best]!.count += 1;
    shardOf.set(i, best);
  }
  const result: T[][] = loads.map(() => []);
  items.forEach((item, i) => {
    result[shardOf.get(i)!]!.push(item);
  });
  return result;
}

/** The same number of items for each shard, in the order given: what is done without timings. */
export function evenCount<T>(items: readonly T[], shards: number): T[][] {
  const start = (s: number) => Math.floor((s * items.length) / shards);
  return Array.from({ length: shards }, (_, s) => items.slice(start(s), start(s + 1)));
}

/** The longest shard over the mean of all: 1 is perfect. */
export function imbalance(shards: readonly (readonly Weighted[])[]): number {
  const loads = shards.map((shard) => shard.reduce((sum, { ms }) => sum + ms, 0));
  const total = loads.reduce((sum, ms) => sum + ms, 0);
  const longest = loads.reduce((most, ms) => Math.max(most, ms), 0);
  return total === 0 ? 1 : (longest * shards.length) / total;
}
