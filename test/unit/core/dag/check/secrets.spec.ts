import { compile } from '../../../../../lib/core/dag/compile';
import { explainNode } from '../../../../../lib/core/dag/draw/explain';
import type { Graph } from '../../../../../lib/core/dag/graph';
import { graphHash } from '../../../../../lib/core/dag/hash';
import { parseGraph } from '../../../../../lib/core/dag/parse';
import { nodeHash } from '../../../../../lib/core/history/durations';

const graph = (nodes: string, rest = ''): Graph => parseGraph(`name: g\n${rest}\nnodes:\n${nodes}`, 'g.yaml');
const secretsOf = ({ nodes }: Graph) => Object.fromEntries(nodes.map(({ id, work }) => [id, work.secrets]));

describe('the secrets of a node', () => {
  it('are those of the graph with its own, which stand in place of the defaults', () => {
    const nodes = `
  - { id: a, run: a }
  - { id: b, run: b, secrets: [OWN, SHARED] }
  - { id: c, suite: c, secrets: [] }
  - { id: d, run: d, shards: 2 }`;
    expect(secretsOf(graph(nodes, 'secrets: [SHARED]\ndefaults: { secrets: [USUAL] }'))).toEqual({
      a: ['SHARED', 'USUAL'],
      b: ['OWN', 'SHARED'],
      c: ['SHARED'],
      'd-1': ['SHARED', 'USUAL'],
      'd-2': ['SHARED', 'USUAL'],
    });
  });

  it('are absent where none are named, so that such a graph keeps its hash', () => {
    const plain = graph('  - { id: a, run: a }');
    expect(plain.nodes[0]?.work).toEqual({ kind: 'command', run: 'a' });
    expect(graphHash(graph('  - { id: a, run: a, secrets: [] }'))).toBe(graphHash(plain));
  });

  it('are part of what the graph is, in whatever order they are named', () => {
    const one = graphHash(graph('  - { id: a, run: a, secrets: [X, Y] }'));
    expect(graphHash(graph('  - { id: a, run: a, secrets: [Y, X] }'))).toBe(one);
    expect(graphHash(graph('  - { id: a, run: a }', 'secrets: [X, Y, X]'))).toBe(one);
    expect(graphHash(graph('  - { id: a, run: a, secrets: [X] }'))).not.toBe(one);
  });

  it('say nothing of how long it takes', () => {
    const [a, b] = ['', ', secrets: [X]'].map((more) => graph(`  - { id: a, run: a${more} }`).nodes[0]!);
    expect(nodeHash(b!)).toBe(nodeHash(a!));
  });

  it('are shown by compile and by explain', () => {
    const shared = graph('  - { id: a, run: a }\n  - { id: b, run: b, secrets: [B] }', 'secrets: [A]');
    expect({ ...compile(shared).secrets }).toEqual({ A: 2, B: 1 });
    expect(explainNode(shared, 'b').secrets).toEqual(['A', 'B']);
    expect(explainNode(graph('  - { id: a, run: a }'), 'a')).not.toHaveProperty('secrets');
  });

  it.each([
    ['secrets: [has-hyphen]', /g\.yaml:4:\d+ nodes\[0\]\.secrets\[0\]: must be the name of a variable/],
    ['secrets: [PATH]', /secrets\[0\]: is the name of a variable that commands have anyway/],
    ['secrets: [REPRISE_OUTPUT]', /commands have anyway/],
    ['secrets: KEY', /secrets: expected a list/],
    ['secrets: [{ KEY: value }]', /secrets\[0\]: expected text, got a mapping/],
  ])('are refused with their place: %s', (secrets, message) => {
    expect(() => graph(`  - { id: a, run: a, ${secrets} }`)).toThrow(message);
  });
});
