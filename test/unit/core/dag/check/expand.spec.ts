import { graphHash } from '../../../../../lib/core/dag/hash';
import { parseGraphDocument } from '../../../../../lib/core/dag/parse';

const graph = (...nodes: Record<string, unknown>[]) => parseGraphDocument({ name: 'g', nodes });

describe('shards', () => {
  it('become nodes numbered from 1, each with its variables put in', () => {
    const { nodes } = graph({
      id: 'browser',
      run: 'test --shard={{ index1 }}/{{total}} --seed={{ index }}',
      shards: 2,
    });
    expect(nodes.map(({ id, work }) => [id, work])).toEqual([
      ['browser-1', { kind: 'command', run: 'test --shard=1/2 --seed=0' }],
      ['browser-2', { kind: 'command', run: 'test --shard=2/2 --seed=1' }],
    ]);
  });

  it('are all needed by whoever needs the node, and one is by whoever names it', () => {
    const { nodes } = graph(
      { id: 'build', run: 'x' },
      { id: 'browser', run: 'x', shards: 3, needs: ['build'] },
      { id: 'report', run: 'x', needs: ['browser', 'build'] },
      { id: 'first', run: 'x', needs: ['browser-1'] },
    );
    const needs = Object.fromEntries(nodes.map((node) => [node.id, node.needs]));
    expect(needs).toEqual({
      build: [],
      'browser-1': ['build'],
      'browser-2': ['build'],
      'browser-3': ['build'],
      report: ['browser-1', 'browser-2', 'browser-3', 'build'],
      first: ['browser-1'],
    });
  });
});

describe('`allowFailure`', () => {
  it.each([
    [true, { allowFailure: true }],
    [false, {}],
  ])('is in the graph where it is allowed alone: %s', (allowFailure, expected) => {
    const { nodes } = parseGraphDocument({ name: 'x', nodes: [{ id: 'a', run: 'true', allowFailure }] });
    expect({ ...('allowFailure' in nodes[0]! && { allowFailure: nodes[0].allowFailure }) }).toEqual(expected);
  });
});

describe('`compensate`', () => {
  it('is written out for each node as its command is, and is part of what the graph is known by', () => {
    const of = (compensate?: string) =>
      parseGraphDocument({
        ...{ name: 'g', onFailure: 'rollback' },
        nodes: [
          {
            id: 'env',
            suite: 'up',
            matrix: { region: ['eu'] },
            shards: 2,
            ...(compensate && { compensate }),
          },
        ],
      });
    const { nodes, onFailure } = of('down {{ region }} {{ index1 }}');
    expect([onFailure, ...nodes.map(({ compensate }) => compensate)]).toEqual([
      'rollback',
      'down "${REPRISE_MATRIX_REGION?}" 1',
      'down "${REPRISE_MATRIX_REGION?}" 2',
    ]);
    expect(of().nodes[0]).not.toHaveProperty('compensate');
    expect(graphHash(of('down'))).not.toBe(graphHash(of()));
  });

  it('is refused where a value would be code, and where it grows too long', () => {
    const node = { id: 'a', run: 'x', matrix: { region: ['eu'] } };
    expect(() => graph({ ...node, compensate: "sh -c 'down {{ region }}'" })).toThrow(
      /nodes\[0\].compensate/,
    );
    const long = `${'x'.repeat(32_750)} {{ region }}`;
    expect(() => graph({ ...node, compensate: long })).toThrow(/nodes\[0\].compensate: has 32778 characters/);
  });
});

describe('a matrix', () => {
  it('becomes a node for each combination, in the order of the file', () => {
    const { nodes } = graph({
      id: 'unit',
      suite: '{{ os }}/{{ node }}',
      matrix: { os: ['linux', 'mac os'], node: [20, 22.5] },
    });
    const suite = (os: string, node: string) => ({
      kind: 'suite',
      suite: `${os}/${node}`,
      variables: { REPRISE_MATRIX_OS: os, REPRISE_MATRIX_NODE: node },
    });
    expect(nodes.map(({ id, work }) => [id, work])).toEqual([
      ['unit-linux-20', suite('linux', '20')],
      ['unit-linux-22-5', suite('linux', '22.5')],
      ['unit-mac-os-20', suite('mac os', '20')],
      ['unit-mac-os-22-5', suite('mac os', '22.5')],
    ]);
  });

  it('multiplies with shards', () => {
    const { nodes } = graph({
      id: 'e2e',
      run: '{{ os }} {{ index1 }}/{{ total }}',
      shards: 2,
      matrix: { os: ['a', 'b'] },
    });
    expect(nodes.map(({ id }) => id)).toEqual(['e2e-a-1', 'e2e-a-2', 'e2e-b-1', 'e2e-b-2']);
    expect(nodes[3]?.work).toEqual({
      kind: 'command',
      run: '"${REPRISE_MATRIX_OS?}" 2/2',
      variables: { REPRISE_MATRIX_OS: 'b' },
    });
  });
});

describe('an expansion is refused', () => {
  it.each<[string, Record<string, unknown>[], RegExp]>([
    [
      'an unknown variable',
      [{ id: 'a', run: '{{ indx }}', shards: 2 }],
      /nodes\[0\]\.run: unknown template variable \{\{ indx \}\}, did you mean "index"\?/,
    ],
    [
      'a shard variable without shards',
      [{ id: 'a', run: '{{ index1 }}' }],
      /has a value only in a node with `shards`/,
    ],
    [
      'a matrix variable that belongs to shards',
      [{ id: 'a', run: 'x', matrix: { total: [1] } }],
      /belongs to `shards`/,
    ],
    [
      'an id that is taken',
      [
        { id: 'a', run: 'x', shards: 2 },
        { id: 'a-1', run: 'x' },
      ],
      /gives two nodes the id "a-1"/,
    ],
    [
      'values that look alike in an id',
      [{ id: 'a', run: 'x', matrix: { v: ['x y', 'x/y'] } }],
      /gives two nodes the id "a-x-y"/,
    ],
    ['an id that is too long', [{ id: 'a'.repeat(63), run: 'x', shards: 2 }], /longer than 64 characters/],
    [
      'more nodes than the limit',
      [{ id: 'a', run: 'x', shards: 20_000, matrix: { v: [1, 2] } }],
      /has 40000 nodes/,
    ],
    [
      'more edges than the limit',
      [
        { id: 'a', run: 'x', shards: 9_000 },
        { id: 'b', run: 'x', shards: 9_000, needs: ['a'] },
      ],
      /81000000 dependencies/,
    ],
    [
      'names of a matrix that are one variable',
      [{ id: 'a', run: 'x', matrix: { os: [1], OS: [2] } }],
      /nodes\[0\]\.matrix\.OS: the names "os" and "OS" are both the variable REPRISE_MATRIX_OS/,
    ],
    [
      'a value of a matrix that no variable can hold',
      [{ id: 'a', run: 'x', matrix: { v: ['a\0b'] } }],
      /nodes\[0\]\.matrix\.v\[0\]: must hold no NUL/,
    ],
    [
      'a value of a matrix where no shell puts one in',
      [{ id: 'a', run: "sh -c 'echo {{ os }}'", matrix: { os: ['x'] } }],
      /nodes\[0\]\.run: \{\{ os \}\} stands in single quotes.*write "\$REPRISE_MATRIX_OS"/,
    ],
    [
      'an item that would be code',
      [
        { id: 'l', run: 'x' },
        { id: 'a', run: 'sh -c "echo {{ item.name }}"', needs: ['l'], forEach: 'results.l.outputs.x' },
      ],
      /nodes\[1\]\.run: \{\{ item\.name \}\} would be code to sh -c: write "\$REPRISE_ITEM_NAME"/,
    ],
    [
      'an unknown variable of an item',
      [
        { id: 'l', run: 'x' },
        { id: 'a', run: 'echo {{ itme }}', needs: ['l'], forEach: 'results.l.outputs.x' },
      ],
      /unknown template variable \{\{ itme \}\}, did you mean "item"/,
    ],
    ['an empty matrix', [{ id: 'a', run: 'x', matrix: {} }], /must name at least one variable/],
    [
      'a shard that does not exist',
      [
        { id: 'a', run: 'x', shards: 2 },
        { id: 'b', run: 'x', needs: ['a-3'] },
      ],
      /"a-3" does not exist/,
    ],
    [
      'a cycle through a single shard',
      [
        { id: 'a', run: 'x', shards: 2, needs: ['b'] },
        { id: 'b', run: 'x', needs: ['a-1'] },
      ],
      /a -> b -> a/,
    ],
  ])('for %s', (_, nodes, message) => {
    expect(() => graph(...nodes)).toThrow(message);
  });

  it("not for braces that are the command's own", () => {
    const { nodes } = graph({ id: 'a', run: "docker ps --format '{{.Names}}' && echo {{ name }}" });
    expect(nodes[0]?.work).toEqual({
      kind: 'command',
      run: "docker ps --format '{{.Names}}' && echo {{ name }}",
    });
  });
});
