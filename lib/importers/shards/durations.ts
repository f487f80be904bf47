import type { Weighted } from './balance';

/** The middle of the times there are; undefined where there is none. */
export function medianOf(times: readonly (number | undefined)[]): number | undefined {
  const sorted = times.flatMap((ms) => (ms === undefined ? [] : [ms])).sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** How long a shard takes with this many workers of its runner: no less than its longest piece. */
export function shardMs<T extends Weighted>(
  shard: readonly T[],
  workers: number,
  pieceOf: (item: T) => number,
): number {
  const work = shard.reduce((sum, { ms }) => sum + ms, 0);
  return shard.reduce((longest, item) => Math.max(longest, pieceOf(item)), work / workers);
}

/** As a duration of the format, a tenth of a second at the least. */
export function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 100)) / 10}s`;
}
