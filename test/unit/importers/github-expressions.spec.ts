import { evaluate, truthOf } from '../../../lib/importers/github/evaluate';
import { parseExpression } from '../../../lib/importers/github/expression';
import { scopeOf } from '../../../lib/importers/github/scope';
import { githubValue } from '../../support/github-actions/expressions';
import { seededRandom } from '../../support/graphs';

const MATRIX = {
  os: 'ubuntu-latest',
  Node: 20,
  flag: true,
  none: null,
  empty: '',
  list: ['a', 'B', 3, null],
  objects: [{ name: 'x', deep: { n: 1 } }, { name: 'y' }, 'text'],
  map: { one: { v: 'p' }, Two: { v: 'q' }, three: 3 },
};
const scope = scopeOf({ given: new Map(), matrix: MATRIX, isMatrixWhole: true });

function valueOfText(text: string): unknown {
  const tree = parseExpression(text);
  const known = tree && evaluate(tree, scope);
  if (!known) throw new Error(`not known: ${text}`);
  return known.value;
}

/** As the library's values are written down for comparison. */
function written(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value);
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, written(of)]));
}

/** By https://docs.github.com/en/actions/reference/workflows-and-actions/expressions. */
const TABLE: readonly (readonly [string, unknown])[] = [
  // Literals.
  ['null', null],
  ['-9.2', -9.2],
  ['0xff', 255],
  ['-2.99e-2', -0.0299],
  ['.5', 0.5],
  ["'It''s open source!'", "It's open source!"],
  // Loose equality: values of different types compare as numbers.
  ['null == 0', true],
  ['null == false', true],
  ["null == ''", true],
  ["'' == 0", true],
  ["true == '1'", true],
  ["true == 'true'", false],
  ["'abc' == 0", false],
  ["'0x1' == 1", true],
  ["' 7 ' == 7", true],
  ['NaN == NaN', false],
  ["'Hello' == 'hELLO'", true],
  ["'a' < 'B'", true],
  ["'b' >= 'A'", true],
  ['matrix.list == matrix.list', true],
  ['matrix.list == matrix.objects', false],
  ["matrix.list == 'Array'", false],
  ["'x' > matrix.list", false],
  // `&&` and `||` give one of their sides.
  ["matrix.flag && 'a' || 'b'", 'a'],
  ["matrix.empty && 'a' || 'b'", 'b'],
  ["matrix.flag && '' || 'b'", 'b'],
  ["matrix.none || 0 || ''", ''],
  ["!''", true],
  ["!'false'", false],
  // Names without regard to case, indexes, filters.
  ['MATRIX.OS', 'ubuntu-latest'],
  ["Matrix['node']", 20],
  ['matrix.missing', null],
  ['matrix.missing.deeper', null],
  ['matrix.list[1]', 'B'],
  ["matrix.list['2']", 3],
  ['matrix.list[9]', null],
  ['matrix.list[-1]', null],
  ["matrix[format('{0}', 'os')]", 'ubuntu-latest'],
  ['matrix.objects.*.name', ['x', 'y']],
  ['matrix.objects[*].deep.n', [1]],
  ['matrix.map.*.v', ['p', 'q']],
  ['matrix.os.*', []],
  ['fromJSON(\'{"A": [1, {"b": 2}]}\').a[1].B', 2],
  // Functions.
  ["contains('Hello world', 'LLO')", true],
  ["contains(matrix.list, 'b')", true],
  ['contains(matrix.list, 3)', true],
  ["contains(matrix.list, '3')", true],
  ["contains(matrix.list, 'ab')", false],
  ["contains(matrix.map, 'one')", false],
  ["contains(matrix.objects.*.name, 'Y')", true],
  ["contains('abc', '')", true],
  ['contains(120, 2)', true],
  ["startsWith('Hello', 'he')", true],
  ["endsWith('Hello', 'LO')", true],
  ["startsWith(matrix.list, 'a')", false],
  ["format('{{Hello {0} {1} {0}!}}', 'Mona', 1)", '{Hello Mona 1 Mona!}'],
  ["format('{0}|{1}|{2}', null, true, 1.50)", '|true|1.5'],
  ["format('{0}', matrix.list)", 'Array'],
  ["format('{0}', matrix.map)", 'Object'],
  ["join(matrix.list, '-')", 'a-B-3-'],
  ['join(matrix.list)', 'a,B,3,'],
  ["join('text', '-')", 'text'],
  ["join(matrix.map, '-')", ''],
  ["toJSON('a')", '"a"'],
  ['toJSON(null)', 'null'],
  ['toJSON(fromJSON(\'[1, {"a": true}]\'))', '[\n  1,\n  {\n    "a": true\n  }\n]'],
  ["fromJSON('true') == true", true],
  ['fromJSON(\'"a"\')', 'a'],
  ["case(matrix.flag, 'x', 'y')", 'x'],
  ["case(false, 'x', matrix.flag, 'y', 'z')", 'y'],
];

describe("the language of GitHub's expressions", () => {
  it.each(TABLE)('%s', (text, value) => {
    expect(written(valueOfText(text))).toEqual(value);
  });

  it.each(TABLE.filter(([text]) => !text.startsWith('case')))(
    "%s is the same to GitHub's own library (actions/languageservices)",
    async (text, value) => {
      expect(await githubValue(text, { matrix: MATRIX })).toEqual(value);
    },
  );

  it("gives what GitHub's own library gives, whatever is written", async () => {
    const random = seededRandom(7);
    const different: unknown[] = [];
    for (let i = 0; i < 1_500; i++) {
      const text = written_(random, 3);
      const [here, there] = [written(valueOfText(text)), await githubValue(text, { matrix: MATRIX })];
      if (JSON.stringify(here) !== JSON.stringify(there)) different.push({ text, here, there });
    }
    expect(different).toEqual([]);
  });

  it.each([
    "github.ref == 'x' && 'a' || 'b'",
    "github.ref_name || 'default'",
    "vars.A && 'x'",
    "format('{0}', inputs.x)",
    "contains(fromJSON('[1]'), github.run_number)",
    "hashFiles('**/lock') == ''",
    "format('{0}')",
    "format('{', 'a')",
    "fromJSON('no json')",
    "case('text', 1, 2)",
    "steps.a.outputs.b != 'x'",
    'needs.*.result',
    'success()',
  ])('what only a run knows is not decided: %s', (text) => {
    expect(evaluate(parseExpression(text)!, scope)).toBeUndefined();
  });

  it.each([
    ["github.ref == 'x' && false", false],
    ["github.ref == 'x' || 'a'", true],
    ["!(github.ref || 'a')", false],
    ["github.ref == 'x' && 'a'", undefined],
  ])('but whether it counts as true may follow all the same: %s', (text, holds) => {
    expect(truthOf(parseExpression(text)!, scope)).toBe(holds);
  });

  it.each(['True', 'a b', "'open", 'a.', 'a[', 'f(', '1 +', '', '!', '(a', "a.'b'"])(
    'refuses what is no expression, or leaves it unknown: %j',
    (text) => {
      const tree = parseExpression(text);
      expect(tree && evaluate(tree, scope)).toBeUndefined();
    },
  );

  it('takes effort that grows with the length alone', () => {
    const nested = Array.from({ length: 120 }).reduce<string>(
      (inner) => `((${inner} == 'a') && 'b')`,
      'matrix.os',
    );
    expect(valueOfText(nested)).toBe(false);
  });
});

const ATOMS = [
  ...[
    'true',
    'false',
    'null',
    '0',
    '1',
    '-1',
    '3',
    '0x10',
    "''",
    "'0'",
    "'1'",
    "'a'",
    "'A'",
    "'true'",
    "' 3'",
  ],
  ...[
    'matrix.os',
    'matrix.node',
    'MATRIX.flag',
    'matrix.none',
    'matrix.empty',
    'matrix.list[0]',
    'matrix.list[2]',
  ],
  ...["matrix['os']", 'matrix.objects[0].name', 'matrix.missing', 'matrix.map.one.v'],
];
const LISTS = [
  'matrix.list',
  'matrix.objects.*.name',
  'matrix.map.*.v',
  'fromJSON(\'["a", 1, null]\')',
  'matrix.os.*',
];

function written_(random: () => number, depth: number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  if (depth === 0) return pick(ATOMS);
  const again = () => written_(random, depth - 1);
  return pick([
    () => `(${again()} ${pick(['==', '!=', '<', '<=', '>', '>='])} ${again()})`,
    () => `(${again()} ${pick(['&&', '||'])} ${again()})`,
    () => `!${again()}`,
    () => `contains(${pick([...LISTS, again()])}, ${again()})`,
    () => `${pick(['startsWith', 'endsWith'])}(${again()}, ${again()})`,
    () => `format('{0}-{1}{{}}', ${again()}, ${pick([...LISTS, again()])})`,
    () => `join(${pick([...LISTS, again()])}, ${again()})`,
    () => `toJSON(${pick([...LISTS, again()])})`,
    () => pick(ATOMS),
  ])();
}
