import { spawnSync } from 'node:child_process';
import os from 'node:os';

/** One thing to time. `setup` is not timed. */
export interface Contender {
  readonly name: string;
  readonly setup?: () => void;
  /** Runs once; may be asynchronous. Throws when it did not do its work. */
  readonly run: () => void | Promise<void>;
}

export interface Timing {
  readonly name: string;
  /** Milliseconds. */
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/**
 * Times contenders in turns, so that what else the machine does hits all of them alike, after one turn that is not
 * counted.
 */
export async function sideBySide(contenders: readonly Contender[], turns: number): Promise<Timing[]> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let turn = 0; turn <= turns; turn++) {
    for (const { name, setup, run } of contenders) {
      setup?.();
      const before = process.hrtime.bigint();
      await run();
      if (turn > 0) samples.get(name)?.push(Number(process.hrtime.bigint() - before) / 1e6);
    }
  }
  return contenders.map(({ name }) => {
    const sorted = (samples.get(name) ?? []).sort((a, b) => a - b);
    return { name, min: sorted[0] ?? 0, median: percentile(sorted, 0.5), max: sorted.at(-1) ?? 0 };
  });
}

/** @param sorted ascending; the nearest-rank percentile. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

/** A Markdown table with the ratio of each median to that of `reference`. */
export function ratioTable(timings: readonly Timing[], reference: string): string {
  const base = timings.find(({ name }) => name === reference)?.median ?? Number.NaN;
  const rows = timings.map(
    ({ name, min, median, max }) =>
      `| ${name} | ${ms(median)} | ${ms(min)} to ${ms(max)} | ${(median / base).toFixed(2)} |`,
  );
  return ['| | median | range | ratio |', '| --- | ---: | ---: | ---: |', ...rows].join('\n');
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
