import { compareRuns } from '../../../dashboard/src/data/compare';
import { nodeOf, testsOf, timelineOf, tried } from './timelines';

const took = (nodeId: string, ms: number) => nodeOf(nodeId, [tried(1, [0, 0, ms])]);
const broken = (nodeId: string, tests: string[] = []) =>
  nodeOf(nodeId, [tried(1, [0, 0, 9], { end: 'failed', tests: testsOf(tests) })], { outcome: 'failed' });
const retried = (nodeId: string) =>
  nodeOf(nodeId, [tried(1, [0, 0, 9], { end: 'failed' }), tried(2, [9, 9, 18])]);
const changes = (before: ReturnType<typeof took>[], after: ReturnType<typeof took>[]) =>
  compareRuns(timelineOf(before), timelineOf(after)).map(({ nodeId, change }) => [nodeId, change]);

describe('two runs of a graph', () => {
  it('says what broke before what is flaky before what is slower, and leaves the rest to the end', () => {
    const before = [took('a', 1_000), took('b', 1_000), took('c', 1_000), took('d', 1_000), broken('e')];
    const after = [took('a', 1_010), took('b', 3_000), retried('c'), broken('d'), took('e', 900)];
    expect(changes(before, after)).toEqual([
      ['d', 'broke'],
      ['e', 'mended'],
      ['c', 'flaky'],
      ['b', 'slower'],
      ['a', 'same'],
    ]);
  });

  it.each([
    [1_000, 1_240, 'same'],
    [1_000, 1_300, 'slower'],
    [10_000, 10_900, 'same'],
    [10_000, 11_100, 'slower'],
    [10_000, 8_000, 'faster'],
  ])('takes %i ms that became %i ms for %s', (ms, later, change) => {
    expect(changes([took('a', ms)], [took('a', later)])).toEqual([['a', change]]);
  });

  it('knows nodes that are new or gone, and tests that did not fail before', () => {
    const before = [took('gone', 1), broken('unit', ['old'])];
    const after = [took('new', 1), broken('unit', ['old', 'fresh'])];
    const rows = compareRuns(timelineOf(before), timelineOf(after));
    expect(rows.map(({ nodeId, change, newFailures }) => [nodeId, change, newFailures])).toEqual([
      ['new', 'new', []],
      ['gone', 'gone', []],
      ['unit', 'same', ['cart › fresh']],
    ]);
  });

  it('calls a node flaky whose tests failed and then passed in one attempt', () => {
    const flaky = nodeOf('a', [tried(1, [0, 0, 9], { tests: testsOf([], 1) })]);
    expect(changes([took('a', 9)], [flaky])).toEqual([['a', 'flaky']]);
    expect(changes([flaky], [flaky])).toEqual([['a', 'same']]);
  });
});
