import { compile } from '../../../../../lib/core/dag/compile';
import { indexGraph } from '../../../../../lib/core/dag/graph-index';
import { canonicalGraph } from '../../../../../lib/core/dag/hash';
import { limitNesting } from '../../../../../lib/core/dag/plan/nesting';
import { residualNeeds } from '../../../../../lib/core/dag/plan/residual';
import { reduce } from '../../../../../lib/core/dag/plan/resolve';
import type { Structure } from '../../../../../lib/core/dag/plan/structure';
import { structureOf } from '../../../../../lib/core/dag/plan/structuring';
import { bipartite, chain, graphOf, ladder, layered, seededRandom } from '../../../../support/graphs';

/** A structure as text: `a (b | c d)` is a, then b beside c before d. */
function text(structure: Structure, ids: readonly string[]): string {
  if (structure.kind === 'node') return ids[structure.node] ?? '?';
  if (structure.kind === 'machine') return `<${text(structure.body, ids)}>`;
  const parts = structure.parts.map((part) => text(part, ids));
  return structure.kind === 'series' ? parts.join(' ') : `(${parts.sort().join(' | ')})`;
}

function plan(needs: Record<string, string[]>, nesting = 97) {
  const index = indexGraph(canonicalGraph(graphOf(needs)), '');
  const ids = index.graph.nodes.map((node) => node.id);
  const { needs: reduced } = reduce(index);
  const structure = limitNesting(structureOf(reduced), nesting, reduced);
  const residual = residualNeeds(structure, reduced).flatMap((list, node) =>
    list.map((n) => `${ids[n]} > ${ids[node]}`),
  );
  return { structure: text(structure, ids), residual };
}

describe('the structure of a graph', () => {
  it.each<[string, Record<string, string[]>, string]>([
    ['a single node', { a: [] }, 'a'],
    ['a chain', { a: [], b: ['a'], c: ['b'] }, 'a b c'],
    ['nodes without order', { a: [], b: [], c: [] }, '(a | b | c)'],
    ['a diamond', { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }, 'a (b | c) d'],
    ['edges that others imply', { a: [], b: ['a'], c: ['a', 'b'], d: ['a', 'b', 'c'] }, 'a b c d'],
    ['a fork of chains', { a: [], b: ['a'], c: ['b'], d: ['a'], e: ['c', 'd'] }, 'a (b c | d) e'],
    ['a complete crossing without a join', { a: [], b: [], c: ['a', 'b'], d: ['a', 'b'] }, '(a | b) (c | d)'],
    ['a tree', { a: [], b: ['a'], c: ['a'], d: ['b'], e: ['b'] }, 'a (b (d | e) | c)'],
    ['an upside-down tree', { d: [], e: [], b: ['d', 'e'], c: [], a: ['b', 'c'] }, '((d | e) b | c) a'],
    [
      'shards between build and report',
      { b: [], s1: ['b'], s2: ['b'], s3: ['b'], r: ['s1', 's2', 's3'] },
      'b (s1 | s2 | s3) r',
    ],
  ])('expresses %s in full', (_, needs, expected) => {
    expect(plan(needs)).toEqual({ structure: expected, residual: [] });
  });

  it('leaves one edge of an N residual', () => {
    expect(plan({ a: [], b: [], c: ['a'], d: ['a', 'b'] }).residual).toHaveLength(1);
  });

  it('leaves one edge of each N residual, wherever the N stands', () => {
    const n = (i: number, before: string[]) => ({
      [`a${i}`]: before,
      [`b${i}`]: before,
      [`c${i}`]: [`a${i}`],
      [`d${i}`]: [`a${i}`, `b${i}`],
    });
    const inSeries = { ...n(1, []), join: ['c1', 'd1'], ...n(2, ['join']), ...n(3, ['c2', 'd2']) };
    expect(plan(inSeries).residual).toHaveLength(3);
    const side = {
      start: [],
      ...n(1, ['start']),
      ...n(2, ['start']),
      x: ['start'],
      end: ['c1', 'd1', 'c2', 'd2', 'x'],
    };
    expect(plan(side).residual).toHaveLength(2);
  });

  it('keeps whole what stands for a node of an N', () => {
    const { residual } = plan({
      a1: [],
      a2: ['a1'],
      a3: ['a1'],
      a4: ['a2', 'a3'],
      b: [],
      c: ['a4'],
      d1: ['a4', 'b'],
      d2: ['d1'],
      d3: ['d1'],
      d4: ['d2', 'd3'],
    });
    expect(residual).toHaveLength(1);
  });

  it('takes out the edges that cost least', () => {
    // All of a1..a3 before all of b1..b3, except a3 before b3: one vertex of an N stands for a1 and a2.
    const all = ['a1', 'a2', 'a3'];
    expect(plan({ a1: [], a2: [], a3: [], b1: all, b2: all, b3: ['a1', 'a2'] }).residual).toHaveLength(2);
  });

  it('keeps at least a forest of what is not series-parallel', () => {
    const graph = layered(8, 12, 0.3, seededRandom(5));
    const { needs } = reduce(indexGraph(canonicalGraph(graph), ''));
    const residual = residualNeeds(structureOf(needs), needs).flat().length;
    expect(residual).toBeLessThanOrEqual(
      needs.flat().length - needs.filter((list) => list.length > 0).length,
    );
  });

  it('becomes chains side by side where parallels would nest too deeply', () => {
    const comb = { a: [], x: ['a'], b: ['a'], y: ['b'], c: ['b'], z: ['c'], d: ['c'] };
    expect(plan(comb)).toEqual({ structure: 'a (b (c (d | z) | y) | x)', residual: [] });
    const flat = plan(comb, 2);
    expect(flat.structure).toBe('a (b (c d | y | z) | x)');
    expect(flat.residual).toEqual(['c > z']);
  });
});

describe('large graphs', () => {
  it.each([
    ['a row of 2,000 diamonds of six nodes', ladder(2_000, 4)],
    ['a chain of 10,000 nodes', chain(10_000)],
    ['100 nodes before 100 others', bipartite(100, 100)],
    ['a fan of 10,000', bipartite(1, 10_000)],
  ])('%s leaves nothing residual', (_, graph) => {
    expect(compile(graph).certificate).toMatchObject({
      residualEdges: 0,
      structuralShare: 1,
      widthMethod: 'exact',
    });
  });

  it('a ladder of 2,000 diamonds is found whole, before its states are bounded', () => {
    const { needs } = reduce(indexGraph(canonicalGraph(ladder(2_000)), ''));
    expect(residualNeeds(structureOf(needs), needs).flat()).toEqual([]);
  });

  it('a comb of 5,000 branches, which nests 5,000 deep, compiles to definitions of bounded depth', () => {
    const needs: Record<string, string[]> = { n0: [] };
    for (let i = 1; i < 5_000; i++)
      Object.assign(needs, { [`n${i}`]: [`n${i - 1}`], [`leaf${i}`]: [`n${i - 1}`] });
    for (const { definition } of compile(graphOf(needs)).machines)
      expect(depth(definition)).toBeLessThanOrEqual(400);
  });
});

function depth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depth));
}
