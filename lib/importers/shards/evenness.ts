import { evenCount, imbalance, type Weighted } from './balance';

/** How even shards are, beside what a split by number would give. @param count of what the shards are made of */
export function evenness<T extends Weighted>(
  items: readonly T[],
  shards: readonly (readonly T[])[],
  { count, unit }: { readonly count: number; readonly unit: string },
): string {
  const [ours, even] = [times(imbalance(shards)), times(imbalance(evenCount(items, shards.length)))];
  return `${count} ${unit} over ${shards.length} shards by recorded time: the longest shard has ${ours} the mean; with the same number of ${unit} each it would have ${even} the mean`;
}

/** What those without a time count. @param median of those with one, milliseconds */
export function untimed(names: readonly string[], unit: string, median: number | undefined): string {
  const what = median === undefined ? 'as nothing' : `as the median, ${Math.round(median)} ms`;
  return `${unit} without a recorded time count ${what}: ${names.join(', ')}`;
}

/** What takes longer alone than the shards do on the mean, and how much; undefined where nothing does. */
export function longerThanMean<T extends Weighted>(
  items: readonly T[],
  shards: number,
): { readonly item: T; readonly says: string } | undefined {
  const mean = items.reduce((sum, { ms }) => sum + ms, 0) / shards;
  const item = items.reduce((most, each) => (each.ms > most.ms ? each : most));
  if (shards < 2 || item.ms <= mean) return undefined;
  return { item, says: `alone takes ${times(item.ms / mean)} the mean` };
}

function times(value: number): string {
  return `${(Math.round(value * 100) / 100).toFixed(2)} times`;
}
