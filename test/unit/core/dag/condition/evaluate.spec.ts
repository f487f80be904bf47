import { judge } from '../../../../../lib/core/dag/condition/evaluate';
import type { Condition } from '../../../../../lib/core/model/judgement';

const input = {
  results: {
    build: {
      status: 'succeeded',
      attempts: 1,
      outputs: { changed: 'true', isFresh: true, count: '3', size: 3, files: ['a', 'b'], empty: '' },
    },
    'build-web': { status: 'failed', attempts: 2, outputs: { 'exit-code': 1 } },
    scan: {
      status: 'succeeded',
      attempts: 1,
      outputs: {},
      items: [{ item: 'a', status: 'succeeded', attempts: 1, outputs: {} }],
    },
  },
  parameters: { branch: 'main' },
};

const when = (text: string): Promise<unknown> => judge({ when: text, input });
const items = (text: string, over: Condition['input'] = input): Promise<unknown> =>
  judge({ forEach: text, input: over });

describe('a condition', () => {
  it.each([
    ["results.build.outputs.changed = 'true'", true],
    ["results.build.outputs.changed != 'true'", false],
    ['results.build.outputs.isFresh', true],
    ['results.build.outputs.isFresh = true', true],
    ['results.build.outputs.size = 3', true],
    ['$number(results.build.outputs.count) = 3', true],
    ['results.build.attempts > 1', false],
    ['"a" in results.build.outputs.files and $count(results.build.outputs.files) = 2', true],
    ['results.build.outputs.files = ["a", "b"]', true],
    ['results.build.outputs.files = ["b", "a"]', false],
    ['results.build.outputs = {"size": 3}', false],
    ['results.build.outputs.changed in ["true", 1]', true],
    ['results.build.outputs.count in [1, "2"]', false],
    ['results.nothing.outputs.changed = true', false],
    ['results.nothing.outputs.changed != true', false],
    ['$exists(results.nothing)', false],
    ['results.`build`.status = "succeeded"', true],
    ['results.`build-web`.outputs.`exit-code` = 1', true],
    ["$count(results.*[status = 'failed']) = 1", true],
    ["results.scan.items[0].status = 'succeeded'", true],
    ["(results.build.outputs.empty ?: 'none') = 'none'", true],
    ["(results.build.outputs.nothing ?? 'none') = 'none'", true],
    ["(results.build.outputs.isFresh ? 'yes' : 'no') = 'yes'", true],
    ["parameters.branch = 'main'", true],
    ["$join(results.build.outputs.files, ', ') = 'a, b'", true],
    ["$join(results.build.outputs.files) = 'ab' and $join([]) = '' and $join('x') = 'x'", true],
    ["$filter(['a', 'b'], function($x) { $x = 'a' }) = 'a'", true],
    ['$map([1, 2], function($x) { $x > 1 })[1]', true],
  ])('%s holds: %p', async (text, holds) => {
    expect(await when(text)).toEqual({ holds });
  });

  it.each([
    ['results.build.attempts', 'must give true or false, but gives the number 1'],
    ['results.nothing', 'but gives nothing'],
    ['results.build.outputs.files', 'but gives a list'],
    ['results', 'but gives an object'],
    ['null', 'but gives null'],
    ['results.build.outputs.changed', `gives the text "true", so compare it, as in = 'true'`],
    ['$sum("x")', 'when: failed'],
    ['a =', 'is not JSONata'],
    ['$f()', 'when: failed'],
    ['($f := function($x) { $f($x + 1) + 1 }; $f(1) > 0)', 'when: failed'],
    ['$count([1..9000000]) > 1', 'when: failed'],
  ])('%s is an error', async (text, message) => {
    expect(await when(text)).toEqual({ error: expect.stringContaining(message) });
  });

  it.each([
    [
      'results.build.outputs.changed = true',
      `results.build.outputs.changed is the text "true", and = compares it with the boolean true: compare with 'true', or hand the output on as JSON (changed:=true)`,
    ],
    [
      'results.build.outputs.changed != false',
      `and != compares it with the boolean false: compare with 'false'`,
    ],
    [
      '3 = results.build.outputs.count',
      'use $number(results.build.outputs.count), or hand the output on as JSON (count:=3)',
    ],
    ['results.build.outputs.count > 2', 'is the text "3", and > compares it with the number 2'],
    ['results.build.outputs.count in [1, 2, 3]', 'and in compares it with the number 1'],
    [
      "results.build.outputs.size = '3'",
      'one side is the text "3", and = compares it with results.build.outputs.size, the number 3',
    ],
    [
      'results.build.outputs.size = results.build.outputs.count',
      'results.build.outputs.count is the text "3", and = compares it with results.build.outputs.size, the number 3',
    ],
    ["$filter(['1'], function($x) { $x = 1 }) = '1'", '$x is the text "1"'],
    ["results.*[outputs.size = '3'].attempts = 1", 'outputs.size, the number 3'],
    [
      'results.build.outputs.files < 3',
      'results.build.outputs.files is a list: < compares numbers, or texts',
    ],
    [
      'results.build.outputs.changed and true',
      `is the text "true", which is neither true nor false: compare it (= 'true'), or hand the output on as JSON (changed:=true)`,
    ],
    ['$not(results.build.outputs.changed)', 'which is neither true nor false'],
    ['false or results.build.outputs.changed', 'which is neither true nor false'],
    ['results.build.outputs.changed ? true : false', 'which is neither true nor false'],
  ])('%s takes text for nothing else, and says so', async (text, message) => {
    expect(await when(text)).toEqual({ error: expect.stringContaining(message) });
  });

  it('ends when it loops, and says that it was late', async () => {
    expect(await when('($f := function($x) { $f($x + 1) }; $f(1) > 0)')).toEqual({
      error: expect.stringContaining('timeout'),
      isLate: true,
    });
  });

  it.each([
    "$length($reduce([1..28], function($a, $b) { $a & $a }, 'xy')) > 1",
    "$reduce([1..40], function($a, $b) { $replace($a, 'x', 'xx') }, 'x') = 'x'",
    "($t := $join([1..900].('012345')); $length($join([1..60].($t))) > 1)",
    "$join($reduce([1..13], function($a, $b) { $append($a, $a) }, ['0123456789'])) = 'x'",
  ])('%s may not let a text grow without end', async (text) => {
    expect(await when(text)).toEqual({
      error: expect.stringContaining('a text grows past 65536 characters'),
    });
  });

  it('says no more than what fits of a message', async () => {
    const { error } = (await when(`$error($join(results.build.outputs.files.$string([1..2000])))`)) as {
      error: string;
    };
    expect(error.length).toBeLessThan(700);
  });

  it('gives the same answer the second time', async () => {
    const text = 'results.build.attempts = 1';
    expect(await when(text)).toEqual(await when(text));
  });

  it('is evaluated independently of others at the same time', async () => {
    const texts = Array.from({ length: 50 }, (_, i) => `results.build.attempts > ${i}`);
    expect(await Promise.all(texts.map(when))).toEqual(texts.map((_, i) => ({ holds: i < 1 })));
  });

  it('does not change what it is evaluated over', async () => {
    const before = JSON.stringify(input);
    await when('(results ~> |$|{"build": 1}|).build = 1');
    expect(JSON.stringify(input)).toBe(before);
  });
});

describe('the items of a forEach', () => {
  it('are what a list holds, as plain JSON', async () => {
    expect(await items('results.build.outputs.files')).toEqual({ items: ['a', 'b'] });
    expect(await items('[{"a": 1}, null, true]')).toEqual({ items: [{ a: 1 }, null, true] });
  });

  it('are none where there is nothing', async () => {
    expect(await items('results.nothing.outputs.files')).toEqual({ items: [] });
  });

  it('are asked for only where the `when` holds', async () => {
    expect(await judge({ when: 'false', forEach: '$error("asked")', input })).toEqual({ holds: false });
    expect(await judge({ when: 'true', forEach: '[1]', input })).toEqual({ items: [1] });
  });

  const of = (list: unknown) => ({ results: { a: { outputs: { list } } } });
  const suites = (...names: string[]) => of(names.map((name) => ({ name, tier: 'fast', tests: ['t'] })));

  it.each([
    ["results.a.outputs.list[tier = 'fast']", { name: 'api', tier: 'fast', tests: ['t'] }],
    ["results.a.outputs.list[tier = 'fast'].name", 'api'],
    ['results.a.outputs.list.name', 'api'],
    ['results.a.outputs.list[0].name', 'api'],
    ['$$.results.a.outputs.list.name', 'api'],
    ['results.*.outputs.list.name', 'api'],
    ['results.a.outputs.list^(name).name', 'api'],
    ["$filter(results.a.outputs.list, function($s) { $s.tier = 'fast' }).name", 'api'],
    ["$map(results.a.outputs.list, function($s) { $s.name & '!' })", 'api!'],
    ['results.a.outputs.list.name ~> $sort', 'api'],
    ['($all := results.a.outputs.list; $all.name)', 'api'],
    ["parameters.all = 'yes' ? [] : results.a.outputs.list.name", 'api'],
    ['results.a.outputs.list.name ?? []', 'api'],
    ['$keys(results)', 'a'],
  ])('are one where %s picks one', async (text, item) => {
    expect(await items(text, suites('api'))).toEqual({ items: [item] });
  });

  it.each(["results.a.outputs.list[tier = 'fast'].name", 'results.a.outputs.list.name'])(
    'are as many as %s picks: none, one, two',
    async (text) => {
      expect(await items(text, suites())).toEqual({ items: [] });
      expect(await items(text, suites('a'))).toEqual({ items: ['a'] });
      expect(await items(text, suites('a', 'b'))).toEqual({ items: ['a', 'b'] });
    },
  );

  it.each([
    ['results.a.outputs.list', 'x', 'gives the text "x"'],
    ['results.a.outputs.list', '["x"]', `gives the text "[\\"x\\"]", so hand it on as JSON (name:=[...])`],
    ['results.a.outputs.list', { a: 1 }, 'gives an object'],
    ['(results.a.outputs.list)', 'x', 'gives the text "x"'],
    ['results.a.outputs.list ?? []', 'x', 'gives the text "x"'],
    ['results.a.outputs.nothing ? [] : results.a.outputs.list', 5, 'gives the number 5'],
    ["'x'", [], 'gives the text "x"'],
    ['$count(results.a.outputs.list)', ['a'], 'gives the number 1'],
    ["results.a.outputs.list & ''", 'x', 'gives the text "x"'],
  ])('may not be what was never in a list: %s of %p', async (text, list, message) => {
    expect(await items(text, of(list))).toEqual({ error: expect.stringContaining(message) });
  });

  const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;

  it.each([
    ['a text', 'x', 'must give a list, but gives the text "x"'],
    ['too many', Array.from({ length: 1_001 }, () => 1), 'gives 1001 items, more than 1000'],
    ['one that is too large', ['x', 'y'.repeat(8_193)], 'item 2 is larger than 8192 bytes'],
    [
      'too much together',
      Array.from({ length: 20 }, () => 'x'.repeat(8_000)),
      'more than 131072 bytes together',
    ],
    ['one that is too deep', [1, nested(40)], 'item 2 is nested deeper than 32 levels'],
    ['one with a NUL', ['a\0b'], 'item 1 holds a NUL'],
    ['one with a NUL in a key of its own', [{ name: 'a\0b' }], 'item 1 holds a NUL'],
    ['one with half a character', ['\ud800'], 'item 1 holds a NUL or broken text'],
  ])('may not be %s', async (_, list, message) => {
    expect(await items('results.a.outputs.list', of(list))).toEqual({
      error: expect.stringContaining(message),
    });
  });

  it.each([
    ['[$reduce([1..200], function($a, $b) { {"a": $a} }, 1)]', 'item 1 is nested deeper than 32 levels'],
    [
      '[$reduce([1..60], function($a, $b) { {"a": $a, "b": $a} }, 1)]',
      'item 1 is nested deeper than 32 levels',
    ],
    ['[$reduce([1..20], function($a, $b) { {"a": $a, "b": $a} }, 1)]', 'item 1 is larger than 8192 bytes'],
    ['[function($x) { 1 }]', 'item 1 is a function'],
    ['[1e300 * 1e300]', 'item 1 is a number out of range'],
  ])('may not be what %s builds', async (text, message) => {
    expect(await items(text)).toEqual({ error: expect.stringContaining(message) });
  });
});
