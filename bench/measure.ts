import { spawnSync } from 'node:child_process';
import os from 'node:os';

/** One thing to time. `setup` is not timed. */
export interface Contender {
  readonly name: string;
  readonly setup?: () => void;
  /** Takes part in so many turns only, for one that takes several times as long as the others. */
  readonly turns?: number;
  /**
   * Runs once; may be asynchronous. Throws when it did not do its work. Answers milliseconds if it took the time
   * itself, for one that has to start first.
   */
  readonly run: () => void | Promise<void> | Promise<number>;
}

export interface Timing {
  readonly name: string;
  /** Milliseconds. */
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** Turns that were counted. */
  readonly turns: number;
}

/**
 * Times contenders in turns, so that what else the machine does hits all of them alike, after one turn that is not
 * counted.
 */
export async function sideBySide(contenders: readonly Contender[], turns: number): Promise<Timing[]> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let turn = 0; turn <= turns; turn++) {
    for (const { name, setup, run, turns: most = turns } of contenders) {
      if (turn > most) continue;
      setup?.();
      const before = process.hrtime.bigint();
      const own = await run();
      if (turn > 0) samples.get(name)?.push(own ?? Number(process.hrtime.bigint() - before) / 1e6);
    }
  }
  return contenders.map(({ name }) => {
    const sorted = (samples.get(name) ?? []).sort((a, b) => a - b);
    return {
      name,
      min: sorted[0] ?? 0,
      median: percentile(sorted, 0.5),
      max: sorted.at(-1) ?? 0,
      turns: sorted.length,
    };
  });
}

/** @param sorted ascending; the nearest-rank percentile. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

/** A Markdown table with the ratio of each median to that of `reference`. Who had fewer turns has them named. */
export function ratioTable(timings: readonly Timing[], reference: string): string {
  const base = timings.find(({ name }) => name === reference)?.median ?? Number.NaN;
  const most = Math.max(...timings.map(({ turns }) => turns));
  const rows = timings.map(({ name, min, median, max, turns }) => {
    const who = turns < most ? `${name} (${turns} turns)` : name;
    return `| ${who} | ${ms(median)} | ${ms(min)} to ${ms(max)} | ${(median / base).toFixed(2)} |`;
  });
  return ['| | median | range | ratio |', '| --- | ---: | ---: | ---: |', ...rows].join('\n');
}

/** As `ratioTable`, in things a second: of `count` things a run. More is better. */
export function rateTable(timings: readonly Timing[], count: number, reference: string): string {
  const base = timings.find(({ name }) => name === reference)?.median ?? Number.NaN;
  const rate = (duration: number) => Math.round((count * 1_000) / duration).toLocaleString('en');
  const rows = timings.map(
    ({ name, min, median, max }) =>
      `| ${name} | ${(base / median).toFixed(2)} | ${rate(median)} | ${rate(max)} to ${rate(min)} |`,
  );
  return ['| | ratio | a second, median | range |', '| --- | ---: | ---: | ---: |', ...rows].join('\n');
}

export function ms(value: number): string {
  return value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`;
}

export function machine(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${os.cpus().length} cores (${cpu}), Node ${process.version}, ${os.platform()} ${os.release()}`;
}

/** Whether a command answers, for contenders that a machine may lack. */
export function available(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
