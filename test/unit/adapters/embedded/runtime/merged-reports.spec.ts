import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attemptFiles } from '../../../../../lib/adapters/embedded/disk/attempt-files';
import { layoutOf } from '../../../../../lib/adapters/embedded/disk/layout';
import { createReportMerger } from '../../../../../lib/adapters/embedded/runtime/merged-reports';
import type { JobEvent } from '../../../../../lib/core/job/events';
import type { Recorded } from '../../../../../lib/core/journal/envelope';
import type { TestStatus } from '../../../../../lib/core/model/test-results';
import { readCases } from '../../../../../lib/reports/junit/cases';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reprise-merged-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What an attempt of the node left behind. */
function left(attempt: number, tests: Readonly<Record<string, TestStatus>>): void {
  const files = attemptFiles(layoutOf(root).jobs, { jobId: 'j', nodeId: 'a', attempt });
  mkdirSync(files.dir, { recursive: true });
  const results = Object.entries(tests).map(([title, status]) => ({
    id: { runner: 'jest', suites: [], title },
    status,
  }));
  const kept = { isRerun: attempt > 1, startedAt: attempt * 100, report: { results, problems: [] } };
  writeFileSync(files.results, JSON.stringify(kept));
}

const event = (one: JobEvent) => ({ ...one, at: 1_000 }) as Recorded<JobEvent>;
const completed = (attempts: number) =>
  event({ type: 'node.completed', data: { nodeId: 'a', outcome: 'succeeded', attempts } });

function flaky(path: string | undefined): string[] {
  return readCases(readFileSync(path ?? '', 'utf8')).cases.flatMap(({ attributes, tries }) =>
    tries.length > 0 ? [attributes['name'] ?? ''] : [],
  );
}

describe('the reports of the attempts of a node', () => {
  it('are one when it ends, attempts that left none passed over', () => {
    left(1, { t: 'failed', u: 'passed' });
    left(3, { t: 'passed' });
    const merger = createReportMerger(layoutOf(root), () => {});
    merger.apply('j', [completed(3)]);
    const merged = merger.written('j').get('a');
    expect(flaky(merged?.junit)).toEqual(['t']);
    const { results } = JSON.parse(readFileSync(merged?.ctrf ?? '', 'utf8'));
    expect(results.summary).toMatchObject({ tests: 2, flaky: 1, start: 100, stop: 1_000 });
  });

  it('leave out what the node did before it was run again in an ended job', () => {
    left(1, { t: 'failed' });
    left(2, { t: 'passed' });
    const merger = createReportMerger(layoutOf(root), () => {});
    merger.apply('j', [
      event({ type: 'job.resumed', data: { nodes: ['a'], reason: 'mended' } }),
      event({ type: 'node.ready', data: { nodeId: 'a', attempt: 2 } }),
      completed(2),
    ]);
    expect(flaky(merger.written('j').get('a')?.junit)).toEqual([]);
  });

  it.each([
    ['leave out what it did before it ran again over another graph', [], []],
    ['keep what it did over an earlier graph, where that stood', ['a'], ['t']],
  ])('%s', (_, keeps, expected) => {
    left(1, { t: 'failed' });
    left(2, { t: 'passed' });
    const merger = createReportMerger(layoutOf(root), () => {});
    const graphHash = 'f'.repeat(64);
    merger.apply('j', [
      event({ type: 'job.replanned', data: { graphHash, nodes: 1, keeps, reason: 'mended' } }),
      event({ type: 'node.ready', data: { nodeId: 'a', attempt: 2 } }),
      completed(2),
    ]);
    expect(flaky(merger.written('j').get('a')?.junit)).toEqual(expected);
  });

  it('are none of a node without any', () => {
    const merger = createReportMerger(layoutOf(root), () => {});
    merger.apply('j', [completed(1)]);
    expect(merger.written('j').size).toBe(0);
    expect(existsSync(layoutOf(root).reports('j'))).toBe(false);
  });

  it('are told of when they cannot be merged, and nothing else goes wrong', () => {
    left(1, { t: 'passed' });
    writeFileSync(layoutOf(root).reports('j'), 'in the way');
    const told: string[] = [];
    const merger = createReportMerger(layoutOf(root), (nodeId) => void told.push(nodeId));
    merger.apply('j', [completed(1)]);
    expect(told).toEqual(['a']);
    merger.forget('j');
    expect(merger.written('j').size).toBe(0);
  });
});
