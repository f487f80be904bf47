import { weightOf } from '../../../../lib/core/dag/weight';
import { graphNode } from '../../../support/graphs';

const graph = (run: string, count: number) => ({
  name: 'g',
  onFailure: 'continue' as const,
  nodes: Array.from({ length: count }, (_, i) => graphNode(`n${i}`, { work: { kind: 'command', run } })),
});

describe('the weight of a graph', () => {
  it('is that of its nodes where they are of the usual size', () => {
    expect(weightOf(graph('npm test', 10))).toBe(10);
  });

  it('counts long texts as the nodes that they take the memory of', () => {
    expect(weightOf(graph('x'.repeat(32_768), 10))).toBe(10 + (10 * 32_768) / 256);
  });

  it('is never nothing', () => {
    expect(weightOf(graph('x', 0))).toBe(1);
  });
});
