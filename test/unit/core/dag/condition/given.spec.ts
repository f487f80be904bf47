import { judge } from '../../../../../lib/core/dag/condition/evaluate';

const input = {
  results: {
    build: {
      status: 'succeeded',
      attempts: 2,
      outputs: {
        version: '1.10',
        sha: '123e4567',
        count: 5,
        ok: true,
        files: ['a', 'b'],
        none: null,
        empty: '',
      },
    },
  },
  parameters: { branch: 'main' },
};

const given = (variables: Record<string, string>, over: object = input): Promise<unknown> =>
  judge({ with: variables, input: over as typeof input });
const value = async (text: string, over?: object): Promise<unknown> =>
  ((await given({ V: text }, over)) as { given?: { V?: string } }).given?.V;

describe('the variables that a command is given', () => {
  it.each([
    ['results.build.outputs.version', '1.10'],
    ['results.build.outputs.sha', '123e4567'],
    ['results.build.outputs.count', '5'],
    ['results.build.outputs.count / 2', '2.5'],
    ['results.build.outputs.ok', 'true'],
    ['results.build.outputs.files', '["a","b"]'],
    ["results.build.outputs.files[$ = 'a']", 'a'],
    ['results.build.outputs.none', 'null'],
    ['results.build.outputs.empty', ''],
    ["results.build.outputs.nothing ?? ''", ''],
    ['results.build.status', 'succeeded'],
    ["parameters.branch & '/' & results.build.outputs.version", 'main/1.10'],
    ["$join(results.build.outputs.files, ' ')", 'a b'],
    ["{'v': results.build.outputs.version}", '{"v":"1.10"}'],
  ])('have %s as %p', async (text, expected) => {
    expect(await value(text)).toBe(expected);
  });

  it.each([
    ['api', 'item', 'api'],
    [{ name: 'api', n: 3 }, 'item.name', 'api'],
    [{ name: 'api', n: 3 }, 'item', '{"name":"api","n":3}'],
    [['a', 'b'], 'item[0]', 'a'],
  ])('see the item %p in %s', async (item, text, expected) => {
    expect(await value(text, { ...input, item })).toBe(expected);
  });

  it('are asked for only where the `when` holds, and not of a fan-out', async () => {
    const asked = { V: '$error("asked")' };
    expect(await judge({ when: 'false', with: asked, input })).toEqual({ holds: false });
    expect(await judge({ forEach: '[1]', with: asked, input })).toEqual({ items: [1] });
    expect(await judge({ when: 'true', with: { V: '1' }, input })).toEqual({
      holds: true,
      given: { V: '1' },
    });
  });

  it.each([
    [
      'results.build.outputs.nothing',
      "with.V: gives nothing (no such result?): say what it is then, as in ... ?? ''",
    ],
    ['$sum("x")', 'with.V: failed'],
    ['function($x) { 1 }', 'with.V: gives what is a function'],
    ['1e300 * 1e300', 'with.V: '],
    ["results.build.outputs.count > '4'", 'compares it with results.build.outputs.count, the number 5'],
  ])('may not come of %s', async (text, message) => {
    expect(await given({ V: text })).toEqual({ error: expect.stringContaining(message) });
  });

  const of = (v: unknown) => ({ results: { a: { outputs: { v } } } });

  it.each([
    ['a\0b', 'with.V: gives a NUL or broken text'],
    ['\ud800', 'with.V: gives a NUL or broken text'],
    ['x'.repeat(4_095), 'with.V: gives 4097 bytes, and at most 4096 are given to a node: write it to a file'],
    ['x'.repeat(20_000), 'with.V: gives more than 16384 bytes: write it to a file'],
  ])('may not be %p', async (v, message) => {
    expect(await given({ V: 'results.a.outputs.v' }, of(v))).toEqual({
      error: expect.stringContaining(message),
    });
  });

  it('may be at most so large together, and the largest is named', async () => {
    const over = { results: { a: { outputs: { small: 'x'.repeat(1_000), large: 'y'.repeat(3_500) } } } };
    const both = { SMALL: 'results.a.outputs.small', LARGE: 'results.a.outputs.large' };
    expect(await given(both, over)).toEqual({
      error: expect.stringMatching(
        /^with\.LARGE: gives 3502 bytes, and all of `with` 45\d\d, and at most 4096/,
      ),
    });
    expect(await given({ LARGE: both.LARGE }, over)).toMatchObject({ holds: true });
  });

  it('say which of them went wrong', async () => {
    expect(await given({ A: '1', B: 'nothing.at.all' })).toEqual({
      error: expect.stringMatching(/^with\.B: /),
    });
  });
});
