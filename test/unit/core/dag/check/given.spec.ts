import { explanationText } from '../../../../../lib/cli/graph-explanation';
import { compile } from '../../../../../lib/core/dag/compile';
import { explainNode } from '../../../../../lib/core/dag/draw/explain';
import { graphHash } from '../../../../../lib/core/dag/hash';
import { parseGraph, parseGraphDocument } from '../../../../../lib/core/dag/parse';
import { isRepriseError } from '../../../../../lib/core/errors';

const BUILD = { id: 'build', run: 'x' };

function problemsOf(document: unknown): string[] {
  try {
    parseGraphDocument(document);
    return [];
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    return error.problems.map(({ message }) => message);
  }
}

const check = (it: object, more: object = {}) =>
  problemsOf({ name: 'g', ...more, nodes: [BUILD, { id: 'it', run: 'x', needs: ['build'], ...it }] });

describe('what a node is given', () => {
  it('is part of the graph, in the order of its names, and of its hash', () => {
    const graphWith = (given: object) =>
      parseGraphDocument({
        name: 'g',
        nodes: [BUILD, { id: 'it', run: 'x', needs: ['build'], with: given }],
      });
    const [A, B] = ['results.build.outputs.a', 'parameters.b'];
    expect(graphWith({ B, A }).nodes[1]?.with).toEqual({ A, B });
    expect(Object.keys(graphWith({ B, A }).nodes[1]?.with ?? {})).toEqual(['A', 'B']);
    expect(graphHash(graphWith({ B, A }))).toBe(graphHash(graphWith({ A, B })));
    expect(graphHash(graphWith({ A }))).not.toBe(graphHash(graphWith({ A: B })));
    expect(graphWith({}).nodes[1]).not.toHaveProperty('with');
  });

  it.each([
    { VERSION: 'results.build.outputs.version' },
    { lower_case: "results.build.outputs.a ?? ''", _X1: 'parameters.branch' },
    { ALL: "$join(results.*[status = 'failed'].outputs.name, ' ')" },
  ])('may be %j', (given) => {
    expect(check({ with: given })).toEqual([]);
  });

  it('may be of the item in a fan-out, and nowhere else', () => {
    const fanOut = { forEach: 'results.build.outputs.list', with: { NAME: 'item.name' } };
    expect(check(fanOut)).toEqual([]);
    expect(check({ with: fanOut.with })).toEqual([
      'nodes[1].with.NAME: with.NAME: item is nothing that a condition sees: it sees results.<node>, parameters.<name> and job.cancelled',
    ]);
    expect(check({ ...fanOut, when: 'item = 1' }).join()).toContain('when: item is nothing');
  });

  it.each([
    [{ 'has-hyphen': '1' }, 'must be the name of a variable'],
    [{ '1ST': '1' }, 'must be the name of a variable'],
    [{ REPRISE_ITEM: '1' }, 'is the name of a variable that commands have anyway'],
    [{ PATH: '1' }, 'is the name of a variable that commands have anyway'],
    [{ V: 5 }, 'nodes[1].with.V: expected text, got the number 5: put it in quotes'],
    [{ V: '' }, 'nodes[1].with.V: '],
    ['results.build.outputs.v', 'nodes[1].with: expected a mapping'],
    [
      { V: 'results.biuld.outputs.v' },
      'with.V: results.biuld names no node of this graph, did you mean "build"?',
    ],
    [{ V: 'results.build.output.v' }, 'with.V: a node has no output, did you mean "outputs"?'],
    [{ V: 'results.it.outputs.v' }, 'with.V: results.it is this node itself'],
    [{ V: 'build.outputs.v' }, 'with.V: build is nothing that a condition sees'],
    [{ V: 'matrix.os' }, 'a command has each value of its matrix in REPRISE_MATRIX_<NAME>'],
    [{ V: 'results.build.outputs.' }, 'with.V: is not JSONata'],
    [{ V: '$now()' }, 'with.V: $now is not available'],
    [
      Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`V${i}`, '1'])),
      'must name 64 variables at most',
    ],
  ])('may not be %j', (given, message) => {
    expect(check({ with: given }).join('\n')).toContain(message);
  });

  it('may not come of a node that it does not wait for', () => {
    expect(check({ needs: [], with: { V: 'results.build.outputs.v' } })).toEqual([
      'nodes[1].with.V: with.V: results.build is not upstream of this node, which does not wait for it: add "build" to its needs',
    ]);
  });

  it.each([
    [{ secrets: ['V'] }, {}],
    [{}, { secrets: ['V'] }],
    [{}, { defaults: { secrets: ['V'] } }],
  ])('may not have the name of a secret: %j %j', (own, more) => {
    expect(check({ with: { V: '1' }, ...own }, more)).toEqual([
      'nodes[1].with.V: V is a secret of this node, which comes to the command in the same variable: choose another name',
    ]);
  });

  it('stands at its place in a file', () => {
    const text = 'name: g\nnodes:\n  - id: a\n    run: x\n    with:\n      V: results.b.outputs.v\n';
    expect(() => parseGraph(text, 'g.yaml')).toThrow(
      'g.yaml:6:10 nodes[0].with.V: with.V: results.b names no node',
    );
  });

  it('is shown by compile and by explain', () => {
    const graph = parseGraphDocument({
      name: 'g',
      nodes: [BUILD, { id: 'it', run: 'x', needs: ['build'], with: { V: 'results.build.outputs.v' } }],
    });
    expect(compile(graph).with).toEqual({ it: { V: 'results.build.outputs.v' } });
    const explanation = explainNode(graph, 'it');
    expect(explanation.with).toEqual({ V: 'results.build.outputs.v' });
    expect(explanationText(explanation)).toContain('given $V = results.build.outputs.v\n');
    expect(explainNode(graph, 'build')).not.toHaveProperty('with');
  });
});

describe('a placeholder that means nothing', () => {
  const MEND = 'a program that is to read it gets it as {""{ ... }}';

  it.each([
    [
      'echo {{ results.build.outputs.v }}',
      '{{ results.build.outputs.v }} is nothing that a command sees: give it a variable, as in `with: { VALUE: results.build.outputs.v }`, and write "$VALUE"',
    ],
    ['echo {{results.`build-web`.outputs.v}}', '`with: { VALUE: results.`build-web`.outputs.v }`'],
    [
      "echo '{{ results.build.outputs[0] }}'",
      '{{ results.build.outputs[0] }} is nothing that a command sees',
    ],
    ['echo {{ parameters.branch }}', '`with: { VALUE: parameters.branch }`'],
    ['echo {{ item }}', '{{ item }} has a value only in a node with `forEach`'],
    ['echo {{ item.name }}', '{{ item.name }} has a value only in a node with `forEach`'],
    ['echo {{ matrix.os }}', '{{ matrix.os }} has a value only in a node with `matrix`'],
    ['echo {{ results }}', '{{ results }} is nothing that a command sees'],
  ])('is refused: %s', (run, message) => {
    const problems = check({ run });
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).toContain(MEND);
    expect(check({ compensate: run })).toEqual([expect.stringContaining('nodes[1].compensate: ')]);
  });

  it.each([
    [
      'echo {{ results.build.outputs.v }} {{ os }}',
      { matrix: { os: ['a'] } },
      'is nothing that a command sees',
    ],
    ['echo {{ matrix.os }}', { matrix: { os: ['a'] } }, 'is no value of the matrix: it has {{ os }}'],
    ['echo {{ results.a.outputs.v }}', { shards: 2 }, 'is nothing that a command sees'],
    ['echo {{ item[0] }}', { forEach: 'results.build.outputs.l' }, '`with: { VALUE: item[0] }` and "$VALUE"'],
    ['echo {{ item.a-b }}', { forEach: 'results.build.outputs.l' }, '`with: { VALUE: item.a-b }`'],
  ])('is refused in a node of several: %s', (run, more, message) => {
    expect(check({ run, ...more })).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    'helm template --set x={{ .Values.x }}',
    'docker inspect -f "{{.State.Status}}" app',
    'gotpl "{{ range .Items }}{{ .Name }}{{ end }}"',
    'echo "{{ foo }} {{ env.HOME }}"',
    "ansible all -m debug -a 'msg={{ inventory_hostname }}'",
    'jinja "{{ results | length }} {{ item.name | upper }}"',
    'jinja "{{ resultset.x }} {{ items.y }} {{ item_name }}"',
    'argo submit -p x={{workflow.parameters.x}}',
    'echo "${{ matrix.os }} ${{ parameters.x }}"',
    'echo {""{ results.build.outputs.v }}',
  ])('is none where it belongs to a program of the command: %s', (run) => {
    expect(check({ run })).toEqual([]);
  });

  it('is none where a matrix gives the value', () => {
    expect(check({ run: 'echo {{ item }} {{ results }}', matrix: { item: ['a'], results: ['b'] } })).toEqual(
      [],
    );
  });
});
