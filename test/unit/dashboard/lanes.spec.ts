import { lanesByNode, lanesByWorker, merged, ticks } from '../../../dashboard/src/gantt/lanes';
import { nodeOf, timelineOf, tried } from './timelines';

describe('a timeline by worker', () => {
  it('has as many rows as the worker ran attempts at once', () => {
    const nodes = [[0, 0, 10] as const, [0, 5, 15] as const, [0, 10, 20] as const];
    const [lane] = lanesByWorker(timelineOf(nodes.map((times, i) => nodeOf(`n${i}`, [tried(1, times)]))));
    expect(lane!.rows.map((row) => row.map(({ nodeId }) => nodeId))).toEqual([['n0', 'n2'], ['n1']]);
  });
});

describe('a timeline by node', () => {
  it('tells waits, attempts and the delays between them apart', () => {
    const attempts = [tried(1, [0, 5, 10], { end: 'failed' }), tried(2, [30, 32, 40])];
    const [lane] = lanesByNode(timelineOf([nodeOf('pay', attempts)]));
    expect(lane!.rows[0]!.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['waited', 0, 5],
      ['ran', 5, 10],
      ['backoff', 10, 30],
      ['waited', 30, 32],
      ['ran', 32, 40],
    ]);
  });
});

describe('bars that are too narrow', () => {
  const row = lanesByWorker(
    timelineOf(Array.from({ length: 100 }, (_, i) => nodeOf(`n${i}`, [tried(1, [i, i, i + 1])]))),
  )[0]!.rows[0]!;

  it('become one where they touch', () => {
    expect(merged(row, 10, 100).map(({ from, to, bars }) => [from, to, bars.length])).toEqual([
      [0, 100, 100],
    ]);
  });

  it('stay apart where they can be told apart', () => {
    expect(merged(row, 0.5, 100)).toHaveLength(100);
  });
});

it('marks an axis at round times, no more than there is room for', () => {
  expect(ticks(7_400, 8)).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000]);
  expect(ticks(3 * 3_600_000, 6)).toHaveLength(7);
});
