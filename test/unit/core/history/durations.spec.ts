import type { GraphNode } from '../../../../lib/core/dag/graph';
import { indexGraph, PRIOR_DURATION_MS } from '../../../../lib/core/dag/graph-index';
import { graphHash } from '../../../../lib/core/dag/hash';
import {
  durationSources,
  expectedDuration,
  nodeHash,
  withLearnedDurations,
} from '../../../../lib/core/history/durations';
import { graphNode } from '../../../support/graphs';

const node = graphNode('a', { labels: ['linux', 'gpu'] });

describe('what a node is known by to the history', () => {
  it('does not change with its name, needs, trigger, condition, retries or declared duration', () => {
    const other: GraphNode = {
      ...node,
      id: 'b',
      needs: ['c'],
      trigger: 'all_done',
      when: 'true',
      durationMs: 5,
      timeoutMs: 9,
      retry: { ...node.retry, maxAttempts: 9 },
    };
    expect(nodeHash(other)).toBe(nodeHash(node));
  });

  it('does not depend on the order of its labels', () => {
    expect(nodeHash({ ...node, labels: ['gpu', 'linux'] })).toBe(nodeHash(node));
  });

  it.each([
    ['its command', { work: { kind: 'command', run: 'other' } }],
    ['what kind of work it is', { work: { kind: 'suite', suite: 'echo a' } }],
    ['its labels', { labels: ['linux'] }],
    ['its slots', { slots: 2 }],
  ] as const)('changes with %s', (_, change) => {
    expect(nodeHash({ ...node, ...change })).not.toBe(nodeHash(node));
  });
});

describe('the duration to expect', () => {
  it('is the median: one slow attempt does not move it', () => {
    expect(expectedDuration([100, 110, 90, 60_000, 105])).toBe(105);
  });

  it('is between the two in the middle when their number is even', () => {
    expect(expectedDuration([10, 40, 20, 31])).toBe(26);
  });

  it('follows the latest twenty attempts and forgets those before', () => {
    expect(expectedDuration([...Array(500).fill(9_000), ...Array(20).fill(100)])).toBe(100);
  });
});

describe('a graph with learned durations', () => {
  const graph = {
    name: 'g',
    onFailure: 'continue',
    nodes: [node, graphNode('b', { durationMs: 7 }), graphNode('c')],
  } as const;
  const history = new Map([
    [nodeHash(node), 1_234],
    [nodeHash(graph.nodes[1]), 9_999],
  ]);

  it('has them where the author gave none', () => {
    const durations = withLearnedDurations(graph, history).nodes.map(({ durationMs }) => durationMs);
    expect(durations).toEqual([1_234, 7, undefined]);
  });

  it('ranks its nodes by them under the hash of the graph as it was written', () => {
    const index = indexGraph(withLearnedDurations(graph, history), graphHash(graph));
    expect(index.rank).toEqual([1_234, 7, PRIOR_DURATION_MS]);
    expect(index.hash).toBe(graphHash(graph));
  });

  it('says how many durations are declared, learned and assumed', () => {
    expect(durationSources(graph, history)).toEqual({ declared: 1, learned: 1, assumed: 1 });
  });
});
