import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendHistory, historyPath, readHistory } from '../../../../../lib/adapters/embedded/disk/history';
import { createHistoryRecorder } from '../../../../../lib/adapters/embedded/disk/history-recorder';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { nodeHash } from '../../../../../lib/core/history/durations';
import type { JobEvent } from '../../../../../lib/core/job/events';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import { graphNode, graphOf } from '../../../../support/graphs';

const A = 'a'.repeat(16);
const B = 'b'.repeat(16);

let dir: string;
let layout: Layout;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reprise-history-'));
  layout = layoutOf(join(dir, 'journal'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the history of a journal directory', () => {
  it('is empty before the first job', async () => {
    expect(await readHistory(layout)).toEqual(new Map());
  });

  it('makes one expectation per node of all that jobs added', async () => {
    await appendHistory(layout, [
      { node: A, ms: 10 },
      { node: B, ms: 7 },
    ]);
    await appendHistory(layout, [
      { node: A, ms: 30 },
      { node: A, ms: 20 },
    ]);
    expect(await readHistory(layout)).toEqual(
      new Map([
        [A, 20],
        [B, 7],
      ]),
    );
  });

  it('leaves out lines that are no samples', async () => {
    await appendHistory(layout, [{ node: A, ms: 10 }]);
    await appendFile(historyPath(layout), `garbage\n{"node":"${A}","ms":-5}\n{"node":7}\n\n`);
    await appendHistory(layout, [{ node: B, ms: 7 }]);
    expect([...(await readHistory(layout)).keys()]).toEqual([A, B]);
  });

  it('loses a line that a crash cut short at any byte, and nothing else', async () => {
    await appendHistory(layout, [
      { node: A, ms: 10 },
      { node: B, ms: 7 },
    ]);
    const whole = await readFile(historyPath(layout), 'utf8');
    const second = whole.indexOf('\n') + 1;
    for (let length = second; length < whole.length - 1; length++) {
      await writeFile(historyPath(layout), whole);
      await truncate(historyPath(layout), length);
      await appendHistory(layout, [{ node: 'c'.repeat(16), ms: 1 }]);
      expect([...(await readHistory(layout)).keys()]).toEqual([A, 'c'.repeat(16)]);
    }
  });

  it('stays bounded, and keeps the latest samples of each node', async () => {
    const limits = { bytes: 4_000, samples: 60 };
    for (let job = 1; job <= 40; job++) {
      const samples = [A, B, 'c'.repeat(16), 'd'.repeat(16)].map((node) => ({ node, ms: job * 100 }));
      await appendHistory(layout, samples, limits);
    }
    expect((await stat(historyPath(layout))).size).toBeLessThanOrEqual(limits.bytes);
    const expected = (await readHistory(layout)).get(A)!;
    expect(expected).toBeGreaterThanOrEqual(3_000);
  });

  it('keeps the samples of jobs that end at the same time', async () => {
    const jobs = Array.from({ length: 20 }, (_, i) => ({ node: i.toString(16).padStart(16, '0'), ms: i }));
    await Promise.all(jobs.map((sample) => appendHistory(layout, [sample])));
    expect((await readHistory(layout)).size).toBe(20);
  });
});

describe('a recorder', () => {
  function event(type: JobEvent['type'], data: object): Recorded<JobEvent> {
    return { type, data } as Recorded<JobEvent>;
  }

  it('learns from attempts that succeeded, and from no others', async () => {
    const recorder = createHistoryRecorder(layout, graphOf({ a: [], b: ['a'] }));
    recorder.apply([
      event('attempt.failed', { nodeId: 'a', attempt: 1, durationMs: 9_999 }),
      event('attempt.succeeded', { nodeId: 'a', attempt: 2, durationMs: 120 }),
      event('attempt.lost', { nodeId: 'b', attempt: 1, reason: 'gone' }),
    ]);
    await recorder.save();
    expect(await readHistory(layout)).toEqual(new Map([[nodeHash(graphNode('a')), 120]]));
  });

  it('saves each attempt once, however often it is asked to', async () => {
    const recorder = createHistoryRecorder(layout, graphOf({ a: [] }));
    recorder.apply([event('attempt.succeeded', { nodeId: 'a', attempt: 1, durationMs: 120 })]);
    await recorder.save();
    await recorder.save();
    expect((await readFile(historyPath(layout), 'utf8')).split('\n')).toHaveLength(2);
  });
});
