import { appendFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createFileHistory, historyPath } from '../../../../../lib/adapters/embedded/disk/history';
import { type Layout, layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import type { AttemptSample, HistoryUpdate } from '../../../../../lib/core/history/samples';
import { temporaryDir } from '../../../../support/e2e-files';

const A = 'a'.repeat(16);
const B = 'b'.repeat(16);
const C = 'c'.repeat(16);

let layout: Layout;
let samples = 0;
beforeEach(() => {
  layout = layoutOf(temporaryDir());
  samples = 0;
});

/** One attempt each, of a job of its own. */
function job(...attempts: readonly (Partial<AttemptSample> & { node: string })[]): HistoryUpdate {
  samples += 1;
  const jobId = `j${samples}`;
  const all = attempts.map((rest, i): AttemptSample => {
    const of = { jobId, nodeId: `n${i}`, attempt: 1, input: A, passed: true, durationMs: 10 };
    return { ...of, at: samples, ...rest };
  });
  return { jobId, owner: 'ana', attempts: all, retries: [] };
}

const durationsIn = () => createFileHistory(layout).durations();

describe('the history of a journal directory', () => {
  it('expects of a node what its attempts took that succeeded, and of others nothing', async () => {
    const history = createFileHistory(layout);
    expect(await history.durations()).toEqual(new Map());
    await history.learn(job({ node: A, durationMs: 10 }, { node: B, durationMs: 7 }));
    await history.learn(job({ node: A, durationMs: 30 }, { node: C, durationMs: 9, passed: false }));
    await history.learn(job({ node: A, durationMs: 20 }));
    const expected = new Map([
      [A, 20],
      [B, 7],
    ]);
    expect(await history.durations()).toEqual(expected);
    expect(await durationsIn()).toEqual(expected);
  });

  it('goes on to know the durations that an earlier version wrote', async () => {
    await createFileHistory(layout).learn(job({ node: B, durationMs: 7 }));
    await appendFile(historyPath(layout), `{"node":"${A}","ms":40}\n`);
    expect((await durationsIn()).get(A)).toBe(40);
  });

  it('leaves out lines that are no samples', async () => {
    const history = createFileHistory(layout);
    await history.learn(job({ node: A }));
    await appendFile(historyPath(layout), `garbage\n{"node":"${A}","ms":-5}\n{"node":7}\n\n`);
    await history.learn(job({ node: B }));
    expect([...(await durationsIn()).keys()]).toEqual([A, B]);
  });

  it('loses a line that a crash cut short at any byte, and nothing else', async () => {
    await createFileHistory(layout).learn(job({ node: A }, { node: B }));
    const whole = await readFile(historyPath(layout), 'utf8');
    const second = whole.indexOf('\n') + 1;
    for (let length = second; length < whole.length - 1; length += 7) {
      await writeFile(historyPath(layout), whole);
      await truncate(historyPath(layout), length);
      await createFileHistory(layout).learn(job({ node: C }));
      expect([...(await durationsIn()).keys()]).toEqual([A, C]);
    }
  });

  it('stays bounded, and keeps the latest samples of each node', async () => {
    const limits = { bytes: 20_000, samples: 60 };
    const history = createFileHistory(layout, limits);
    for (let n = 1; n <= 40; n++) {
      await history.learn(job(...[A, B, C, 'd'.repeat(16)].map((node) => ({ node, durationMs: n * 100 }))));
    }
    expect((await stat(historyPath(layout))).size).toBeLessThanOrEqual(limits.bytes);
    expect((await durationsIn()).get(A)).toBeGreaterThanOrEqual(3_000);
    expect(await history.ofNode('ana', A)).toEqual(await createFileHistory(layout).ofNode('ana', A));
  });

  it('keeps the samples of jobs that end at the same time in several processes', async () => {
    const jobs = Array.from({ length: 20 }, (_, i) => job({ node: i.toString(16).padStart(16, '0') }));
    await Promise.all(jobs.map((update) => createFileHistory(layout).learn(update)));
    expect((await durationsIn()).size).toBe(20);
  });

  it('hears of what another process learns, once, and of a file that is gone', async () => {
    const [one, other] = [createFileHistory(layout), createFileHistory(layout)];
    await one.learn(job({ node: A }));
    expect(await other.ofNode('ana', A)).toHaveLength(1);
    await one.learn(job({ node: A }));
    expect(await other.ofNode('ana', A)).toHaveLength(2);
    await rm(historyPath(layout));
    await one.learn(job({ node: A }));
    expect(await other.ofNode('ana', A)).toHaveLength(1);
  });

  it('writes a job once, however often it is told', async () => {
    const update = job({ node: A });
    const history = createFileHistory(layout);
    for (let i = 0; i < 3; i++) await history.learn(update);
    expect((await readFile(historyPath(layout), 'utf8')).split('\n')).toHaveLength(2);
  });

  it('holds what people decided where nothing that is learned can push it out', async () => {
    const history = createFileHistory(layout);
    const quarantine = {
      ...{ id: A, of: 'node' as const, name: 'n', owner: 'team', reason: 'flaky', by: 'ana' },
      ...{ createdAt: 1, expiresAt: 2 },
    };
    await history.quarantine('ana', quarantine);
    await history.learn(job({ node: B }));
    await rm(historyPath(layout));
    expect(await createFileHistory(layout).quarantines('ana')).toEqual([quarantine]);
  });
});
