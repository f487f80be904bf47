import { explainNode } from '../../../../../lib/core/dag/draw/explain';
import type { Graph } from '../../../../../lib/core/dag/graph';
import { graphHash } from '../../../../../lib/core/dag/hash';
import { parseGraph } from '../../../../../lib/core/dag/parse';
import { LIMITS } from '../../../../../lib/core/limits';

const graph = (nodes: string, rest = ''): Graph => parseGraph(`name: g\n${rest}\nnodes:\n${nodes}`, 'g.yaml');

describe('the dependencies of a node', () => {
  it('are its own, in place of the defaults, each once and in order', () => {
    const nodes = `
  - { id: a, run: a }
  - { id: b, run: b, dependencies: [search, mail, search] }
  - { id: c, run: c, dependencies: [] }
  - { id: d, run: d, shards: 2 }`;
    const { nodes: all } = graph(nodes, 'defaults: { dependencies: [payments] }');
    expect(all.map(({ id, dependencies }) => [id, dependencies])).toEqual([
      ['a', ['payments']],
      ['b', ['mail', 'search']],
      ['c', undefined],
      ['d-1', ['payments']],
      ['d-2', ['payments']],
    ]);
  });

  it('are absent where none are named, so that such a graph keeps its hash', () => {
    const plain = graphHash(graph('  - { id: a, run: a }'));
    expect(graphHash(graph('  - { id: a, run: a, dependencies: [] }'))).toBe(plain);
    expect(graphHash(graph('  - { id: a, run: a, dependencies: [x] }'))).not.toBe(plain);
  });

  it('are not too many in a graph: each is kept for ever', () => {
    const nodes = (count: number) =>
      Array.from({ length: count }, (_, i) => `  - { id: n${i}, run: x, dependencies: [d${i}, d0] }`).join(
        '\n',
      );
    const most = LIMITS.graphDependencies;
    expect(graph(nodes(most)).nodes).toHaveLength(most);
    expect(() => graph(nodes(most + 5))).toThrow(
      expect.objectContaining({
        code: 'GRAPH_TOO_LARGE',
        problems: [expect.objectContaining({ path: `nodes[${most}].dependencies[0]` })],
      }),
    );
  });

  it('are in the explanation of the node', () => {
    const { nodes, ...rest } = graph('  - { id: a, run: a, dependencies: [mail] }\n  - { id: b, run: b }');
    const about = (id: string) => explainNode({ nodes, ...rest }, id).dependencies;
    expect([about('a'), about('b')]).toEqual([['mail'], undefined]);
  });

  it('are names that a stream may have, and not too many of them', () => {
    const many = Array.from({ length: LIMITS.dependencies + 1 }, (_, i) => `d${i}`);
    for (const dependencies of ['[pay/ments]', "['']", 'payments', `[${many}]`]) {
      expect(() => graph(`  - { id: a, run: a, dependencies: ${dependencies} }`)).toThrow(
        expect.objectContaining({
          code: 'GRAPH_INVALID',
          problems: [expect.objectContaining({ path: expect.stringContaining('nodes[0].dependencies') })],
        }),
      );
    }
  });
});
