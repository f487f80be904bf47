import { parseGraph, parseGraphDocument } from '../../../../../lib/core/dag/parse';
import { isRepriseError } from '../../../../../lib/core/errors';

/** Nodes around the one whose condition is looked at. */
const NODES = [
  { id: 'far', run: 'x' },
  { id: 'build', run: 'x', needs: ['far'] },
  { id: 'build-web', run: 'x' },
  { id: 'browser', run: 'x', shards: 3 },
  { id: 'os', run: 'x', matrix: { os: ['linux', 'mac'] } },
  { id: 'list', run: 'x', forEach: 'results.build.outputs.names', needs: ['build'] },
  { id: 'aside', run: 'x' },
];
const NEEDS = ['build', 'build-web', 'browser', 'os-linux', 'list'];

function problemsOf(document: unknown): string[] {
  try {
    parseGraphDocument(document);
    return [];
  } catch (error) {
    if (!isRepriseError(error)) throw error;
    return error.problems.map(({ message }) => message);
  }
}

const check = (text: string, key: 'when' | 'forEach' = 'when') =>
  problemsOf({ name: 'g', nodes: [...NODES, { id: 'it', run: 'x', needs: NEEDS, [key]: text }] });

describe('the check of a condition', () => {
  it.each([
    "results.build.outputs.changed = 'true'",
    "results.far.status = 'succeeded'",
    'results.`build-web`.outputs.`exit-code` = 0',
    "results.'build-web'.status = 'failed'",
    "results.`browser-2`.status = 'failed'",
    "results.`os-linux`.status = 'failed'",
    "$count(results.*[status = 'failed' and outputs.weight > 2]) > 0",
    "(results.*)[status = 'failed'].attempts = 1",
    'results.build.outputs.before - results.build.outputs.after > 3',
    'results.build.outputs.files[0] = "a"',
    'results.build.outputs.files[name = "a"].size > 1',
    'results.list.items[item = "a"].outputs.ok',
    'results.list.items.(outputs.ok)[0]',
    '$map(results.list.items, function($i) { $i.item })[0] = "a"',
    "($r := results.build; $r.outputs.x = 'y')",
    'results.build.outputs ~> $count > 1',
    'results.list.items^(attempts)[0].attempts > 1',
    '$$.results.build.outputs.a = 1',
    '$.results.build.outputs.a = 1',
    '$lookup(results, "build-web").status = "failed"',
    "parameters.branch = 'main'",
    '$exists(results.build.outputs.anything.at.all)',
    'results.list.items{item: attempts}.a > 1',
    "results.build.outputs.note ?: 'none' = 'none'",
    "(results ~> |$|{'x': 1}|).x = 1",
    'true',
    `${'('.repeat(8)}true${'?:true)'.repeat(8)}`,
  ])('lets %s pass', (text) => {
    expect(check(text)).toEqual([]);
  });

  it.each([
    [
      'results.build-web.outputs.changed = true',
      'when: results.build-web is a subtraction: write results.`build-web` for a name with a hyphen, or blanks around the hyphen',
    ],
    [
      'results.`build-web`.outputs.exit-code = 0',
      'when: results.`build-web`.outputs.exit-code is a subtraction: write results.`build-web`.outputs.`exit-code` for a name',
    ],
    [
      'results.build.outputs.n-1 > 0',
      'write results.build.outputs.`n-1` for a name with a hyphen, or blanks',
    ],
    ['results.a-b-c.status = "failed"', 'results.a-b-c is a subtraction: write results.`a-b-c`'],
    ['$x.with-hyphen = 1', '$x.with-hyphen is a subtraction: write $x.`with-hyphen`'],
    ['results.browser-1.status = "failed"', 'A name with a hyphen stands in backquotes: results.`browser-1`'],
    [
      "results['build-web'].status = 'failed'",
      "['build-web'] is a filter and no name: write results.`build-web`",
    ],
    ["results.build.outputs['a'] = 'b'", "['a'] is a filter and no name: write outputs.a"],
    ['result.build.outputs.a = 1', 'result is nothing that a condition sees: it sees results.<node>'],
    ['build.outputs.a = 1', 'build is nothing that a condition sees'],
    ["job.status = 'failed'", 'of its job a condition sees job.cancelled alone'],
    ['job = 1', 'of its job a condition sees job.cancelled alone'],
    ['results.biuld.outputs.a = 1', 'results.biuld names no node of this graph, did you mean "build"?'],
    [
      'results.aside.outputs.a = 1',
      'results.aside is not upstream of this node, which does not wait for it: add "aside" to its needs',
    ],
    ["results.`os-mac`.status = 'failed'", 'results.`os-mac` is not upstream of this node'],
    ["results.browser.status = 'failed'", 'results.browser is several nodes: name one of them'],
    ["results.it.status = 'failed'", 'results.it is this node itself'],
    ['results.build.output.a = 1', 'a node has no output, did you mean "outputs"?'],
    ['results.build.items[0].item = 1', 'a node has no items: there are status, attempts, outputs'],
    ["results.build.status = 'success'", "no node has the status 'success': it is one of succeeded, failed"],
    ['results.build.outputs.a[0] ~> /a/', 'has a regular expression'],
    ['a =', 'is not JSONata'],
    [`${'('.repeat(40)}true${'?:true)'.repeat(40)}`, 'has 40 ?: and ??, more than 8'],
    [`${'('.repeat(40)}true${'??true)'.repeat(40)}`, 'has 40 ?: and ??, more than 8'],
  ])('refuses %s', (text, message) => {
    expect(check(text).join('\n')).toContain(message);
  });

  it('refuses the same in a forEach', () => {
    expect(check('results.build-web.outputs.names', 'forEach').join('\n')).toContain(
      'forEach: results.build-web is a subtraction: write results.`build-web`',
    );
  });

  it.each(['now', 'millis', 'random', 'shuffle', 'eval', 'pad'])(
    'refuses $%s, called or handed on',
    (name) => {
      for (const text of [`$${name}("x") = 1`, `results ~> $${name}`, `($g := $${name}; $g() > 0)`]) {
        expect(check(text).join('\n')).toContain(`$${name} is not available`);
      }
    },
  );

  it('names the place of every mistake at once', () => {
    const text = `
name: g
nodes:
  - { id: a-b, run: x }
  - { id: c, run: x, needs: [a-b], when: "results.a-b.status = 'failed'" }
  - { id: d, run: x, when: "results.c.status = 'failed'" }`;
    expect(() => parseGraph(text, 'g.yaml')).toThrow('2 problems');
    try {
      parseGraph(text, 'g.yaml');
    } catch (error) {
      const { problems } = error as { problems: { message: string; code: string }[] };
      expect(problems.map(({ code, message }) => [code, message.split(' ')[0]])).toEqual([
        ['CONDITION_INVALID', 'g.yaml:5:42'],
        ['CONDITION_INVALID', 'g.yaml:6:28'],
      ]);
    }
  });

  it('takes no longer than it must for a long chain of nodes that each name the first', () => {
    const nodes = Array.from({ length: 8_000 }, (_, i) => ({
      id: `n${i}`,
      run: 'x',
      ...(i === 0 ? {} : { needs: [`n${i - 1}`], when: "results.n0.status = 'succeeded'" }),
    }));
    expect(problemsOf({ name: 'g', nodes })).toEqual([]);
  });
});
