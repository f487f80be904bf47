import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { canonicalGraph, graphHash } from '../../../../lib/core/dag/hash';
import { parseGraphDocument } from '../../../../lib/core/dag/parse';

const node = { id: 'b', run: 'x', needs: ['a', 'c'], labels: ['linux', 'gpu'] };
const others = [
  { id: 'a', run: 'x' },
  { id: 'c', run: 'x' },
];

describe('the hash of a graph', () => {
  const hash = graphHash(parseGraphDocument({ name: 'g', nodes: [node, ...others] }));

  it('is a SHA-256 in hex', () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is that of the graph as RFC 8785 canonical JSON', () => {
    const graph = parseGraphDocument({
      name: 'g',
      nodes: [
        {
          ...node,
          run: 'echo "\u00e9\u2028\t\\ \ud83d\ude00"',
          when: 'true',
          duration: 0.25,
          retry: { maxAttempts: 2 },
        },
        ...others,
      ],
    });
    const text = canonicalize(canonicalGraph(graph)) as string;
    expect(graphHash(graph)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('does not depend on the order of nodes, needs, labels and keys', () => {
    const reordered = { labels: ['gpu', 'linux'], needs: ['c', 'a'], run: 'x', id: 'b' };
    expect(graphHash(parseGraphDocument({ nodes: [...others].reverse().concat(reordered), name: 'g' }))).toBe(
      hash,
    );
  });

  it('does not depend on whether a default is written', () => {
    const written = { ...node, trigger: 'all_success', timeout: '60m', resources: { slots: 1 } };
    expect(
      graphHash(parseGraphDocument({ name: 'g', nodes: [written, ...others], onFailure: 'continue' })),
    ).toBe(hash);
  });

  it.each([
    { run: 'y' },
    { needs: ['a'] },
    { timeout: '1m' },
    { when: 'true' },
    { duration: 1 },
    { trigger: 'all_done' },
    { retry: {} },
  ])('changes with %j', (change) => {
    expect(graphHash(parseGraphDocument({ name: 'g', nodes: [{ ...node, ...change }, ...others] }))).not.toBe(
      hash,
    );
  });
});
