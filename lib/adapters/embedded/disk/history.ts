import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type DurationHistory, expectedDuration, SAMPLES_PER_NODE } from '../../../core/history/durations';
import { replaceFile } from './durable';
import { hasCode } from './has-code';
import type { Layout } from './layout';
import { keepPrivate, PRIVATE_FILE } from './privacy';

/** How long a successful attempt took: `node` is a `nodeHash`, `ms` milliseconds. */
const sampleSchema = z.strictObject({
  node: z.string().regex(/^[0-9a-f]{16}$/),
  ms: z.number().nonnegative(),
});
export type DurationSample = z.infer<typeof sampleSchema>;

/** Bounds of the file: past `bytes` it is written anew with the latest samples, `samples` of them at most. */
export interface HistoryLimits {
  readonly bytes: number;
  readonly samples: number;
}
const LIMITS: HistoryLimits = { bytes: 8 * 1024 * 1024, samples: 100_000 };

/**
 * What earlier jobs of a journal directory measured, in `history.jsonl`, one sample a line, the latest last. A cache:
 * it may be deleted, and what cannot be read of it (a line that a crash cut short) is left out.
 */
export function historyPath({ root }: Layout): string {
  return join(root, 'history.jsonl');
}

/** Empty where there is no history. */
export async function readHistory(layout: Layout): Promise<DurationHistory> {
  const samplesOf = new Map<string, number[]>();
  for (const { node, ms } of await readSamples(historyPath(layout))) {
    const samples = samplesOf.get(node);
    if (samples) samples.push(ms);
    else samplesOf.set(node, [ms]);
  }
  return new Map([...samplesOf].map(([node, samples]) => [node, expectedDuration(samples)]));
}

/**
 * Adds samples with one write, so that jobs that end at the same time keep theirs apart. Where one of them also
 * shortens the file, samples of the other may be lost, which costs an estimate and no more.
 */
export async function appendHistory(
  layout: Layout,
  samples: readonly DurationSample[],
  limits: HistoryLimits = LIMITS,
): Promise<void> {
  if (samples.length === 0) return;
  const path = historyPath(layout);
  keepPrivate(layout);
  const file = await open(path, 'a+', PRIVATE_FILE);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    // A line that a crash cut short must not swallow the first one of ours.
    const torn = size > 0 && last.toString() !== '\n';
    await file.write(`${torn ? '\n' : ''}${linesOf(samples)}`);
  } finally {
    await file.close();
  }
  if ((await stat(path)).size > limits.bytes) await shorten(path, limits.samples);
}

async function shorten(path: string, most: number): Promise<void> {
  const kept: DurationSample[] = [];
  const counts = new Map<string, number>();
  for (const sample of (await readSamples(path)).reverse()) {
    const count = (counts.get(sample.node) ?? 0) + 1;
    if (count > SAMPLES_PER_NODE) continue;
    counts.set(sample.node, count);
    kept.push(sample);
    if (kept.length === most) break;
  }
  await replaceFile(path, linesOf(kept.reverse()), { durable: false });
}

async function readSamples(path: string): Promise<DurationSample[]> {
  try {
    return (await readFile(path, 'utf8')).split('\n').flatMap(sampleOf);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function sampleOf(line: string): DurationSample[] {
  if (line === '') return [];
  try {
    return [sampleSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}

function linesOf(samples: readonly DurationSample[]): string {
  return samples.map(({ node, ms }) => `${JSON.stringify({ node, ms: Math.round(ms) })}\n`).join('');
}
