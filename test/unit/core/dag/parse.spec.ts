import { parseGraph, parseGraphDocument } from '../../../../lib/core/dag/parse';
import { isRepriseError, type RepriseError } from '../../../../lib/core/errors';

const yaml = (...lines: string[]) => `${lines.join('\n')}\n`;

function refusal(text: string): RepriseError {
  try {
    parseGraph(text, 'shop.graph.yaml');
  } catch (error) {
    if (isRepriseError(error)) return error;
    throw error;
  }
  throw new Error('the graph was accepted');
}

function refusedDocument(document: unknown): RepriseError {
  try {
    parseGraphDocument(document);
  } catch (error) {
    if (isRepriseError(error)) return error;
    throw error;
  }
  throw new Error('the graph was accepted');
}

const messages = (text: string) => refusal(text).problems.map((problem) => problem.message);

describe('reading a graph file', () => {
  it('reads the example of the contract', () => {
    const graph = parseGraph(
      yaml(
        'name: shop-regression',
        'defaults:',
        '  timeout: 10m',
        '  retry: { strategy: exponential, initialDelay: 1s, maxDelay: 60s, maxAttempts: 4, jitter: full }',
        'nodes:',
        '  - id: build',
        '    run: npm run build',
        '    duration: 40s',
        '  - id: api',
        '    suite: api-smoke',
        '    needs: [build]',
        '    labels: [linux]',
        '    resources: { slots: 2 }',
        '    when: "results.build.outputs.changed = true"',
        '    trigger: all_done',
        '    retry: { maxAttempts: 2 }',
        'onFailure: fail-fast',
      ),
    );
    expect(graph).toEqual({
      name: 'shop-regression',
      onFailure: 'fail-fast',
      nodes: [
        {
          id: 'build',
          work: { kind: 'command', run: 'npm run build' },
          needs: [],
          labels: [],
          slots: 1,
          trigger: 'all_success',
          timeoutMs: 600_000,
          durationMs: 40_000,
          retry: {
            strategy: 'exponential',
            initialDelayMs: 1_000,
            maxDelayMs: 60_000,
            maxAttempts: 4,
            jitter: 'full',
          },
        },
        {
          id: 'api',
          work: { kind: 'suite', suite: 'api-smoke' },
          needs: ['build'],
          labels: ['linux'],
          slots: 2,
          trigger: 'all_done',
          when: 'results.build.outputs.changed = true',
          timeoutMs: 600_000,
          retry: {
            strategy: 'exponential',
            initialDelayMs: 1_000,
            maxDelayMs: 60_000,
            maxAttempts: 2,
            jitter: 'full',
          },
        },
      ],
    });
  });

  it('reads the same graph from YAML, from JSON text and from a JSON document', () => {
    const document = {
      name: 'g',
      nodes: [
        { id: 'a', run: 'x', timeout: 30 },
        { id: 'b', run: 'y', needs: ['a'] },
      ],
    };
    const fromYaml = parseGraph(
      yaml('name: g', 'nodes:', '- {id: a, run: x, timeout: 30s}', '- {id: b, run: y, needs: [a]}'),
    );
    expect(parseGraph(JSON.stringify(document))).toEqual(fromYaml);
    expect(parseGraphDocument(document)).toEqual(fromYaml);
  });

  it('gives a node without retry one attempt, and a retry without fields three and patience', () => {
    const { nodes } = parseGraphDocument({
      name: 'g',
      nodes: [
        { id: 'a', run: 'x' },
        { id: 'b', run: 'x', retry: {} },
      ],
    });
    expect(nodes[0]).toMatchObject({ timeoutMs: 3_600_000, retry: { maxAttempts: 1 } });
    expect(nodes[1]?.retry).toEqual({
      strategy: 'exponential',
      initialDelayMs: 1_000,
      maxDelayMs: 60_000,
      maxAttempts: 3,
      jitter: 'full',
      patienceMs: 300_000,
    });
  });

  it('takes a number of attempts that somebody wrote as meant, and patience besides only where that is written, too', () => {
    const patience = (retry: object, defaults?: object) =>
      parseGraphDocument({
        name: 'g',
        ...(defaults ? { defaults: { retry: defaults } } : {}),
        nodes: [{ id: 'a', run: 'x', retry }],
      }).nodes[0]?.retry.patienceMs;
    expect(patience({ maxAttempts: 3 })).toBeUndefined();
    expect(patience({}, { maxAttempts: 3 })).toBeUndefined();
    expect(patience({ maxAttempts: 3, patience: '90s' })).toBe(90_000);
    expect(patience({ strategy: 'fixed' })).toBe(300_000);
    expect(patience({ patience: '0s' })).toBeUndefined();
    expect(patience({ patience: '1m' }, { patience: '10m' })).toBe(60_000);
  });

  it.each([
    ['500ms', 500],
    ['1.5s', 1_500],
    ['10m', 600_000],
    ['2h', 7_200_000],
    [90, 90_000],
    ['90', 90_000],
  ])('reads the duration %p as %d ms', (duration, ms) => {
    const { nodes } = parseGraphDocument({ name: 'g', nodes: [{ id: 'a', run: 'x', timeout: duration }] });
    expect(nodes[0]?.timeoutMs).toBe(ms);
  });

  it.each(['soon', '-1s', '1d', '', '0s', '337h', -5])('refuses the timeout %p', (timeout) => {
    expect(() => parseGraphDocument({ name: 'g', nodes: [{ id: 'a', run: 'x', timeout }] })).toThrow(
      /nodes\[0\]\.timeout/,
    );
  });
});

describe('refusing a graph file', () => {
  it('names every problem at once, each with its place, in the order of the file', () => {
    const error = refusal(
      yaml(
        'name: g',
        'nodes:',
        '  - id: build',
        '    run: x',
        '    needs: [biuld-all]',
        '    tiemout: 3m',
        '  - id: build-all',
        '    run: x',
        '    suite: y',
        '  - id: api',
        '    retry: { strategy: expo }',
        '    run: x',
        '    when: "a ="',
        'onfailure: continue',
      ),
    );
    expect(error.message).toBe('shop.graph.yaml has 6 problems');
    expect(error.problems.map(({ message }) => message)).toEqual([
      'shop.graph.yaml:5:13 nodes[0].needs[0]: node "biuld-all" does not exist, did you mean "build-all"?',
      'shop.graph.yaml:6:14 nodes[0].tiemout: unknown key "tiemout", did you mean "timeout"?',
      'shop.graph.yaml:9:12 nodes[1].suite: `run` and `suite` exclude each other: keep one of them',
      'shop.graph.yaml:11:24 nodes[2].retry.strategy: "expo" is not one of none, fixed, linear, exponential, fibonacci, decorrelated, custom',
      expect.stringMatching(/^shop\.graph\.yaml:13:11 nodes\[2\]\.when: when: is not JSONata/),
      'shop.graph.yaml:14:12 onfailure: unknown key "onfailure", did you mean "onFailure"?',
    ]);
    expect(error.problems[0]).toMatchObject({
      code: 'GRAPH_UNKNOWN_DEPENDENCY',
      path: 'nodes[0].needs[0]',
      line: 5,
      column: 13,
    });
  });

  it('names JSON paths for a document without text', () => {
    expect(() => parseGraphDocument({ name: 'g', nodes: [{ id: 'a', run: 'x', needs: ['b'] }] })).toThrow(
      'nodes[0].needs[0]: node "b" does not exist',
    );
  });

  it('finds the place in JSON text too', () => {
    expect(messages('{\n "name": "g",\n "nodes": [{"id": "a"}]\n}')).toEqual([
      'shop.graph.yaml:3:12 nodes[0]: says nothing to do: give it `run` (a command) or `suite` (a test suite)',
    ]);
  });

  it('refuses a key that is twice in JSON text, and shows the second', () => {
    expect(messages('{"name": "g",\n "nodes": [{"id": "a", "run": "x", "run": "y"}]}')).toEqual([
      'shop.graph.yaml:2:36 $: the key "run" is there twice',
    ]);
  });

  it.each([
    ['GRAPH_SYNTAX', 'name: [', 'shop.graph.yaml:'],
    ['GRAPH_SYNTAX', 'name: a\nname: b\nnodes: [{id: a, run: x}]', 'the key "name" is there twice'],
    ['GRAPH_INVALID', '', 'expected a mapping, got nothing'],
    ['GRAPH_INVALID', 'name: g\nnodes: []', 'must list at least one node'],
    ['GRAPH_INVALID', 'nodes: [{id: a, run: x}]', '`name` is missing'],
    ['GRAPH_INVALID', 'name: g\nnodes: [{id: a b, run: x}]', 'letters, digits, hyphens or underscores'],
    ['GRAPH_INVALID', 'name: g\nnodes: [{id: 1, run: x}]', 'put it in quotes'],
    ['GRAPH_INVALID', 'name: g\nnodes: [{id: a, run: x}, {id: b, run: x, needs: a}]', 'such as [build]'],
    [
      'GRAPH_INVALID',
      'name: g\nnodes: [{id: a, run: x}, {id: b, run: x, needs: [a, a]}]',
      '"a" is listed twice',
    ],
    ['GRAPH_INVALID', 'name: g\nnodes: [{id: a, run: x, resources: {slots: 0}}]', 'nodes[0].resources.slots'],
    [
      'GRAPH_INVALID',
      'name: g\nnodes: [{id: a, run: x, retry: {maxAttempts: 1.5}}]',
      'nodes[0].retry.maxAttempts',
    ],
    [
      'GRAPH_INVALID',
      'name: g\nnodes: [{id: a, run: x, retry: {initialDelay: 10s, maxDelay: 1s}}]',
      'is shorter than initialDelay',
    ],
    [
      'GRAPH_INVALID',
      'name: g\ndefaults: {retry: {maxDelay: 1s}}\nnodes: [{id: a, run: x, retry: {initialDelay: 2s}}]',
      'nodes[0].retry.initialDelay',
    ],
    [
      'GRAPH_DUPLICATE_NODE',
      'name: g\nnodes: [{id: a, run: x}, {id: a, run: x}]',
      'nodes[1].id: the id "a" is taken by nodes[0]',
    ],
    ['GRAPH_CYCLE', 'name: g\nnodes: [{id: a, run: x, needs: [a]}]', 'a -> a'],
    ['CONDITION_INVALID', 'name: g\nnodes: [{id: a, run: x, when: "$now() > 3"}]', '$now is not available'],
    [
      'GRAPH_INVALID',
      'name: g\nnodes: [{id: a, run: x, forEach: "[1]", shards: 2}]',
      'nodes[0].forEach: `forEach` and `shards` exclude each other',
    ],
    [
      'GRAPH_DUPLICATE_NODE',
      'name: g\nnodes: [{id: a, run: x, forEach: "[1]"}, {id: a-7, run: x}]',
      'an item of this node would have the id of the node "a-7"',
    ],
    [
      'GRAPH_INVALID',
      `name: g\nnodes: [{id: ${'a'.repeat(60)}, run: x, forEach: "[1]"}]`,
      'shorten it to 59 characters',
    ],
    [
      'CONDITION_INVALID',
      'name: g\nnodes: [{id: a, run: x, forEach: "results.["}]',
      'forEach: is not JSONata',
    ],
    [
      'GRAPH_INVALID',
      'name: g\ndefaults: {compensate: y}\nnodes: [{id: a, run: x}]',
      'defaults.compensate: `compensate` undoes what one node did: write it at each node',
    ],
    ['GRAPH_INVALID', 'name: g\nnodes: [{id: a, run: x, resources: {gpu: 0}}]', 'nodes[0].resources.gpu'],
    [
      'GRAPH_INVALID',
      'name: g\nnodes: [{id: a, run: x, concurrency: {key: staging}}]',
      'nodes[0].concurrency.limit',
    ],
    ['GRAPH_INVALID', 'name: g\nnodes: [{id: a, run: x, compensate: ""}]', 'nodes[0].compensate'],
    [
      'GRAPH_INVALID',
      'name: g\nnodes: [{id: a, run: x, shards: 2, compensate: "undo {{ indx1 }}"}]',
      'nodes[0].compensate: unknown template variable {{ indx1 }}',
    ],
  ])('says %s for %j', (code, text, message) => {
    const error = refusal(text);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.problems).toHaveLength(1);
  });

  it('shows the whole path of a cycle, once, and the place of one of its edges', () => {
    const text = yaml(
      'name: g',
      'nodes:',
      '  - {id: a, run: x, needs: [b]}',
      '  - {id: b, run: x, needs: [c]}',
      '  - {id: c, run: x, needs: [a]}',
    );
    expect(messages(text)).toEqual([
      'shop.graph.yaml:3:29 nodes[0].needs[0]: the dependencies form a cycle, each node needs the next: a -> b -> c -> a',
    ]);
  });

  it('reports separate cycles separately', () => {
    const node = (id: string, need: string) => `  - {id: ${id}, run: x, needs: [${need}]}`;
    const text = yaml('name: g', 'nodes:', node('a', 'b'), node('b', 'a'), node('c', 'd'), node('d', 'c'));
    expect(messages(text)).toHaveLength(2);
  });

  it('shows the whole path of a cycle of 10,000 nodes', () => {
    const nodes = Array.from({ length: 10_000 }, (_, i) => ({
      id: `n${i}`,
      run: 'x',
      needs: [`n${(i + 1) % 10_000}`],
    }));
    const error = refusedDocument({ name: 'g', nodes });
    expect(error.message).toMatch(/n0 -> n1 -> .* -> n9999 -> n0$/);
    expect(error.problems[0]?.brief).toBe(
      'nodes[0].needs[0]: the dependencies form a cycle, each node needs the next, 10000 nodes: ' +
        'n0 -> n1 -> n2 -> n3 -> n4 -> n5 -> n6 -> n7 -> n8 -> n9 -> (9981 more) -> ' +
        'n9991 -> n9992 -> n9993 -> n9994 -> n9995 -> n9996 -> n9997 -> n9998 -> n9999 -> n0',
    );
  });

  it('keeps the first thousand problems, and counts all', () => {
    const nodes = Array.from({ length: 1_500 }, (_, i) => ({
      id: `n${i}`,
      run: 'x',
      needs: ['nowhere-near'],
    }));
    const error = refusedDocument({ name: 'g', nodes });
    expect(error.message).toBe('the graph has 1500 problems, the first 1000 are listed');
    expect([error.problems.length, error.count]).toEqual([1_000, 1_500]);
  });

  it('finds one cycle in each of 5,000 tangles', () => {
    const nodes = Array.from({ length: 10_000 }, (_, i) => ({ id: `n${i}`, run: 'x', needs: [`n${i ^ 1}`] }));
    expect(refusedDocument({ name: 'g', nodes }).count).toBe(5_000);
  });

  it('says no hint any more where too many would have to be found', () => {
    // Ids that differ only at their end are compared letter by letter.
    const name = (i: number) => `${'x'.repeat(50)}${String(i).padStart(8, '0')}`;
    const nodes = Array.from({ length: 10_000 }, (_, i) => ({
      id: name(i),
      run: 'x',
      needs: [`${name(i)}-ab`],
    }));
    const { problems } = refusedDocument({ name: 'g', nodes });
    expect(problems[0]?.message).toMatch(/, did you mean "x{50}00000000"\?$/);
    expect(problems.at(-1)?.message).toMatch(/does not exist$/);
  });
});
