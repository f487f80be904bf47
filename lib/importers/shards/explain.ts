import type { Notes } from '../notes';
import type { Weighted } from './balance';
import { evenness, longerThanMean, untimed } from './evenness';
import type { Timing } from './runner';

/** Names that go to one shard together, with the time that they are expected to take. */
export interface Unit extends Weighted {
  readonly timings: readonly Timing[];
}

export interface Explained {
  readonly unit: 'files' | 'tests';
  /** How many shards were asked for. */
  readonly asked: number;
  /** What a name without a time counts, milliseconds. */
  readonly median: number | undefined;
}

/** Says how even the shards are, beside what a split by number would give, and what becomes of what the report does not name. */
export function noteShards(
  notes: Notes,
  units: readonly Unit[],
  shards: readonly (readonly Unit[])[],
  { unit, asked, median }: Explained,
): void {
  const timings = units.flatMap((each) => each.timings);
  const say = (kind: 'info' | 'changed', message: string) => notes.add(kind, [], message);
  say('info', evenness(units, shards, { count: timings.length, unit }));
  if (shards.length < asked)
    say('changed', `${asked} shards were asked for, there are only ${units.length} ${unit} to tell apart`);
  if (shards.length > 1)
    say(
      'info',
      `shard-${shards.length}, the shortest, runs all that no other shard does, so new ${unit} too. Import again when the shards drift apart, or nothing is left of one`,
    );
  const unknown = timings.filter(({ ms }) => ms === undefined).map(({ name }) => name);
  if (unknown.length > 0) say('info', untimed(unknown, unit, median));
  for (const { timings: together } of units.filter((each) => each.timings.length > 1)) {
    const names = together.map(({ name }) => name).join(', ');
    say('info', `${names}: they go to one shard, as what selects one of them selects another too`);
  }
  const longest = longerThanMean(units, shards.length);
  if (longest) {
    const names = longest.item.timings.map(({ name }) => name).join(', ');
    say('info', `${names} ${longest.says}: no split does better`);
  }
}
