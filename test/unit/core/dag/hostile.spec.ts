import { compile } from '../../../../lib/core/dag/compile';
import { parseGraph, parseGraphDocument } from '../../../../lib/core/dag/parse';
import { isRepriseError } from '../../../../lib/core/errors';

/** What any text may lead to: a graph, or a RepriseError with problems. */
function outcome(text: string): string {
  try {
    parseGraph(text, 'hostile.yaml');
    return 'accepted';
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const problem of error.problems) expect(problem.message).not.toMatch(/call stack|\n {4}at /);
    return error.code;
  }
}

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  .concat(
    [...'bcdefghij'].map((key, i) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`),
  )
  .join('\n');

describe('a hostile file', () => {
  it.each([
    ['an alias bomb', bomb, 'GRAPH_SYNTAX'],
    ['an alias of itself', 'name: g\nnodes: &a [*a]', 'GRAPH_SYNTAX'],
    [
      'an alias of itself where anything may be',
      'name: g\nnodes: [{id: a, run: x, forEach: &a [*a, *a]}]',
      'GRAPH_SYNTAX',
    ],
    ['JSON nested 1,000 deep', '['.repeat(1_000) + ']'.repeat(1_000), 'GRAPH_SYNTAX'],
    ['JSON nested 100,000 deep', '['.repeat(100_000) + ']'.repeat(100_000), 'GRAPH_SYNTAX'],
    ['YAML nested 1,000 deep', `name: ${'['.repeat(1_000)}${']'.repeat(1_000)}`, 'GRAPH_SYNTAX'],
    ['YAML that never closes', `name: ${'['.repeat(100_000)}`, 'GRAPH_SYNTAX'],
    ['block YAML nested 5,000 deep', '- '.repeat(5_000), 'GRAPH_SYNTAX'],
    [
      'a condition nested 2,000 deep',
      `name: g\nnodes: [{id: a, run: x, when: "${'('.repeat(2_000)}"}]`,
      'CONDITION_INVALID',
    ],
    ['more text than the limit', ' '.repeat(20 * 1_024 * 1_024 + 1), 'GRAPH_TOO_LARGE'],
    [
      '100,000 different keys',
      Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join('\n'),
      'GRAPH_INVALID',
    ],
    ['4,000,000 numbers for nodes', `{"name":"g","nodes":[${'1,'.repeat(4_000_000)}1]}`, 'GRAPH_TOO_LARGE'],
    ['25,000 nodes', `{"name":"g","nodes":[${'1,'.repeat(25_000)}1]}`, 'GRAPH_TOO_LARGE'],
    [
      'a node that needs 1,000,000 numbers',
      `{"name":"g","nodes":[{"id":"a","run":"x","needs":[${'1,'.repeat(1_000_000)}1]}]}`,
      'GRAPH_TOO_LARGE',
    ],
    ['20,000 nodes that are wrong', `{"name":"g","nodes":[${'1,'.repeat(19_999)}1]}`, 'GRAPH_INVALID'],
    [
      '10,000 misspelt dependencies, each like every id',
      `name: g\nnodes:\n${Array.from({ length: 10_000 }, (_, i) => `- {id: ${'x'.repeat(50)}${i}, run: x, needs: [${'x'.repeat(50)}${i}-ab]}\n`).join('')}`,
      'GRAPH_UNKNOWN_DEPENDENCY',
    ],
    [
      '5 MB of YAML that only the full parser reads',
      `name: g\nnodes: [{id: a, run: "\\u0041${'x'.repeat(5_000_000)}"}]`,
      'GRAPH_TOO_LARGE',
    ],
    [
      'a list that 1,000 aliases repeat',
      `name: &a [${'x, '.repeat(20_000)}x]\nnodes: [${'*a, '.repeat(900)}*a]`,
      'GRAPH_TOO_LARGE',
    ],
    [
      'long text for 20,000 shards',
      `name: g\nnodes: [{id: a, shards: 20000, run: "${'x'.repeat(12_000)}"}]`,
      'GRAPH_TOO_LARGE',
    ],
    ['100,000 equal keys', 'name: x\n'.repeat(100_000), 'GRAPH_SYNTAX'],
    ['a key __proto__', 'name: g\n__proto__: {nodes: []}\nnodes: [{id: a, run: x}]', 'GRAPH_INVALID'],
    [
      'a JSON key __proto__',
      '{"name":"g","nodes":[{"id":"a","run":"x","__proto__":{"run":"y"}}]}',
      'GRAPH_INVALID',
    ],
    ['a key constructor', 'name: g\nconstructor: 1\nnodes: [{id: a, run: x}]', 'GRAPH_INVALID'],
    ['a tag', 'name: !!js/function "x"\nnodes: [{id: a, run: x}]', 'accepted'],
    ['a byte order mark', '\uFEFFname: g\nnodes: [{id: a, run: x}]', 'accepted'],
    ['a null character', 'name: "\\0"\nnodes: [{id: a, run: x}]', 'GRAPH_INVALID'],
  ])('%s is handled', (_, text, expected) => {
    expect(outcome(text)).toBe(expected);
  });

  it.each([[null], [undefined], [42], ['text'], [[]], [{ nodes: {} }], [{ nodes: [null, 1, [], 'x'] }]])(
    'the document %j is refused with problems',
    (document) => {
      expect(() => parseGraphDocument(document)).toThrow(expect.objectContaining({ code: 'GRAPH_INVALID' }));
    },
  );
});

describe('names that JavaScript objects know', () => {
  const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const graph = parseGraphDocument({
    name: 'g',
    // Every second node needs every one of the first two but one, so that something is residual.
    nodes: [
      ...ids.map((id) => ({ id, run: 'x' })),
      { id: 'c', run: 'x', needs: ['__proto__', 'constructor'] },
      { id: 'valueOf', run: 'x', needs: ['constructor', 'toString'] },
      { id: 'isPrototypeOf', run: 'x', needs: ['toString', '__proto__'] },
    ],
  });

  it('are node ids like others, in the machines and in the residual dependencies', () => {
    const compilation = JSON.parse(JSON.stringify(compile(graph)));
    const text = JSON.stringify(compilation.machines);
    for (const { id } of graph.nodes) expect(text).toContain(`"nodeId":"${id}"`);
    expect(compilation.graph.nodes).toBe(7);
    expect(Object.values(compilation.residual).flat().length).toBe(compilation.certificate.residualEdges);
    expect(compilation.certificate.residualEdges).toBeGreaterThan(0);
  });
});
