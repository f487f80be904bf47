import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DurationHistory,
  expectedDuration,
  isTimed,
  SAMPLES_PER_NODE,
} from '../../../core/history/durations';
import { WINDOWS } from '../../../core/history/samples';
import type { HistoryStore } from '../../../core/ports/history';
import { createSampleHistory, type SampleHistory } from '../../memory/history';
import { createFileDecisions } from './decisions';
import { replaceFile } from './durable';
import { attemptLine, type HistoryLine, lineOf, parseHistory, retryLine } from './history-lines';
import type { Layout } from './layout';
import { keepPrivate } from './privacy';
import { createSharedLines } from './shared-lines';

/** Bounds of the file: past `bytes` it is written anew with the latest samples, `samples` of them at most. */
export interface FileHistoryLimits {
  readonly bytes: number;
  readonly samples: number;
}
const BOUNDS: FileHistoryLimits = { bytes: 8 * 1024 * 1024, samples: 20_000 };

/** The history of a journal directory, and the durations that it expects. */
export interface FileHistory extends HistoryStore {
  /** Of nodes that have succeeded, whoever's they were. Empty where there is no history. */
  readonly durations: () => Promise<DurationHistory>;
}

/**
 * What earlier jobs of a journal directory measured, in `history.jsonl`, one sample a line, the latest last. A cache:
 * it may be deleted, and what cannot be read of it (a line that a crash cut short) is left out.
 */
export function historyPath({ root }: Layout): string {
  return join(root, 'history.jsonl');
}

/** Several processes may share it. Where one shortens the file, samples of another may be lost, which costs an estimate. */
export function createFileHistory(layout: Layout, limits: FileHistoryLimits = BOUNDS): FileHistory {
  let known = createSampleHistory();
  let durations = new Map<string, number[]>();
  const lines = createSharedLines(historyPath(layout), {
    onText: (text) => {
      for (const line of parseHistory(text)) {
        addSample(known, line);
        addDuration(durations, line);
      }
    },
    onAnew: () => {
      known = createSampleHistory();
      durations = new Map();
    },
  });
  const decisions = createFileDecisions(layout);

  async function reading(): Promise<SampleHistory> {
    await lines.refresh();
    return known;
  }

  const expectedOf = (nodes: readonly string[]): DurationHistory =>
    new Map(nodes.map((node) => [node, expectedDuration(durations.get(node) as number[])]));

  return {
    ...decisions,
    async learn({ owner, attempts, retries }) {
      const { has } = await reading();
      const fresh = attempts.filter((sample) => !has(sample, owner));
      const text = [
        ...fresh.map((sample) => attemptLine(owner, sample)),
        ...retries.map((sample) => retryLine(owner, sample)),
      ].join('');
      if (text === '') return;
      keepPrivate(layout);
      const { size } = await lines.append(text, { durable: false });
      if (size > limits.bytes) await shorten(historyPath(layout), limits.samples);
    },
    ofSignature: async (signature) => (await reading()).ofSignature(signature),
    ofNode: async (owner, node) => (await reading()).ofNode(owner, node),
    failures: async (owner) => (await reading()).failures(owner),
    retries: async (owner) => (await reading()).retries(owner),
    async durationsOf(nodes) {
      await reading();
      return expectedOf(nodes.flatMap((node) => (durations.has(node) ? [node] : [])));
    },
    async durations() {
      await reading();
      return expectedOf([...durations.keys()]);
    },
  };
}

function addSample(known: SampleHistory, line: HistoryLine): void {
  if ('ms' in line) return;
  const { owner, ...sample } = line;
  if ('signature' in sample) known.addRetry(owner, sample);
  else known.addAttempt(owner, sample);
}

function addDuration(durations: Map<string, number[]>, line: HistoryLine): void {
  if ('signature' in line) return;
  const ms = 'ms' in line ? line.ms : line.durationMs;
  if (!('ms' in line) && !isTimed(line)) return;
  const samples = durations.get(line.node);
  if (!samples) durations.set(line.node, [ms]);
  else if (samples.push(ms) > 2 * SAMPLES_PER_NODE) samples.splice(0, SAMPLES_PER_NODE);
}

async function shorten(path: string, most: number): Promise<void> {
  const kept: HistoryLine[] = [];
  const counts = new Map<string, number>();
  for (const line of parseHistory(await readFile(path, 'utf8')).reverse()) {
    const [key, window] =
      'signature' in line ? [line.signature, WINDOWS.signature] : [line.node, WINDOWS.node];
    const count = (counts.get(key) ?? 0) + 1;
    if (count > window) continue;
    counts.set(key, count);
    kept.push(line);
    if (kept.length === most) break;
  }
  await replaceFile(path, kept.reverse().map(lineOf).join(''), { durable: false });
}
