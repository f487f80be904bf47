import type { Notes } from '../notes';
import { evenCount, imbalance, type Weighted } from './balance';
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
  const [ours, even] = [times(imbalance(shards)), times(imbalance(evenCount(units, shards.length)))];
  say(
    'info',
    `${timings.length} ${unit} over ${shards.length} shards by recorded time: the longest shard has ${ours} the mean; with the same number of ${unit} each it would have ${even} the mean`,
  );
  if (shards.length < asked)
    say('changed', `${asked} shards were asked for, there are only ${units.length} ${unit} to tell apart`);
  if (shards.length > 1)
    say(
      'info',
      `shard-${shards.length}, the shortest, runs all that no other shard does, so new ${unit} too. Import again when the shards drift apart, or nothing is left of one`,
    );
  const unknown = timings.filter(({ ms }) => ms === undefined).map(({ name }) => name);
  if (unknown.length > 0) {
    const what = median === undefined ? 'as nothing' : `as the median, ${Math.round(median)} ms`;
    say('info', `${unit} without a recorded time count ${what}: ${unknown.join(', ')}`);
  }
  for (const { timings: together } of units.filter((each) => each.timings.length > 1)) {
    const names = together.map(({ name }) => name).join(', ');
    say('info', `${names}: they go to one shard, as what selects one of them selects another too`);
  }
  noteLongest(say, units, shards.length);
}

function noteLongest(
  say: (kind: 'info', message: string) => void,
  units: readonly Unit[],
  shards: number,
): void {
  const mean = units.reduce((sum, { ms }) => sum + ms, 0) / shards;
  const longest = units.reduce((most, each) => (each.ms > most.ms ? each : most));
  if (shards < 2 || longest.ms <= mean) return;
  const names = longest.timings.map(({ name }) => name).join(', ');
  say('info', `${names} alone takes ${times(longest.ms / mean)} the mean: no split does better`);
}

function times(value: number): string {
  return `${(Math.round(value * 100) / 100).toFixed(2)} times`;
}
