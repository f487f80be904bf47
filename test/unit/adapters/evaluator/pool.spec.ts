import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { createEvaluatorPool, type EvaluatorPool } from '../../../../lib/adapters/evaluator/pool';
import { temporaryDir } from '../../../support/e2e-files';

const script = join(temporaryDir(), 'evaluator.js');
let pool: EvaluatorPool;

beforeAll(() => {
  const entryPoints = ['lib/adapters/evaluator/main.ts'];
  buildSync({
    entryPoints,
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  pool = createEvaluatorPool({ script });
});
afterAll(() => pool.close());

const input = {
  results: { build: { status: 'succeeded', outputs: { list: ['a', 'b'] } } },
  parameters: { p: 'x' },
  job: { cancelled: true },
};
const when = (text: string): Promise<unknown> => pool.judge({ when: text, input });

describe('the evaluators of conditions', () => {
  it('answer as they would in this process', async () => {
    expect(await when("results.build.status = 'succeeded' and parameters.p = 'x'")).toEqual({ holds: true });
    expect(await when('job.cancelled')).toEqual({ holds: true });
    expect(await pool.judge({ forEach: 'results.build.outputs.list', input })).toEqual({ items: ['a', 'b'] });
    expect(await when('results.build')).toEqual({ error: expect.stringContaining('but gives an object') });
  });

  it('answer what a command is given, of an item too', async () => {
    const given = { LIST: 'results.build.outputs.list', NAME: 'item.name', P: 'parameters.p' };
    const item = { name: "it's" };
    expect(await pool.judge({ with: given, input: { ...input, item } })).toEqual({
      holds: true,
      given: { LIST: '["a","b"]', NAME: "it's", P: 'x' },
    });
    expect(await pool.judge({ when: 'true', with: { N: 'item' }, input: { ...input, item: null } })).toEqual({
      holds: true,
      given: { N: 'null' },
    });
  });

  it('answer what the commands of items are given together, and of each what is wrong with it', async () => {
    const given = { N: 'item.n', L: '$join(results.build.outputs.list)' };
    const items = [{ n: 1 }, { n: 'x' }, {}, { n: [2] }];
    expect(await pool.judgeEach({ with: given, input, items })).toEqual([
      { holds: true, given: { N: '1', L: 'ab' } },
      { holds: true, given: { N: 'x', L: 'ab' } },
      { error: expect.stringContaining('with.N: gives nothing') },
      { holds: true, given: { N: '[2]', L: 'ab' } },
    ]);
  });

  it('give up the items after two that run out of time', async () => {
    const given = { N: '($f := function($x) { item = "loop" ? $f($x + 1) : 1 }; $f(1))' };
    const items = ['fine', 'loop', 'loop', 'late'];
    const results = await pool.judgeEach({ with: given, input, items });
    expect(results).toEqual([
      { holds: true, given: { N: '1' } },
      { error: expect.stringContaining('with.N: failed: '), isLate: true },
      { error: expect.stringContaining('with.N: failed: '), isLate: true },
      { error: 'not evaluated: 2 items that were due before it ran out of time', isLate: true },
    ]);
  });

  it('answer each what it asked, however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => when(`${i} > 19`)));
    expect(answers).toEqual(Array.from({ length: 40 }, (_, i) => ({ holds: i > 19 })));
  });

  it('end with what needs too much memory, and cost its node alone', async () => {
    const small = createEvaluatorPool({ script, heapMb: 16 });
    const text = "($t := $join([1..9000].('012345')); $count([1..9000].($uppercase($t & 'a'))) > 1)";
    const hostile = small.judge({ when: text, input });
    expect(await small.judge({ when: 'true', input })).toEqual({ holds: true });
    expect(await hostile).toEqual({ error: `when: took more than 16 MiB of memory: ${text}` });
    expect(await small.judge({ when: 'true', input })).toEqual({ holds: true });
    small.close();
  });

  it.each([
    "$length($replace($join([1..9000].('0123456')), '0', $join([1..9000].('0123456')))) > 1",
    "$string($reduce([1..26], function($a, $b) { {'a': $a, 'b': $a} }, 1)) = 'x'",
    "$reduce([1..40], function($a, $b) { $a & $a }, 'xy') = 'x'",
  ])('outlive %s', async (text) => {
    expect(await when(text)).toMatchObject({ error: expect.any(String) });
    expect(await when('true')).toEqual({ holds: true });
  });

  it('let this process go on while a condition loops, and end it', async () => {
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 5);
    const answer = await when('($f := function($x) { $f($x + 1) }; $f(1) > 0)');
    clearInterval(ticking);
    expect(answer).toEqual({ error: expect.stringContaining('timeout'), isLate: true });
    expect(turns).toBeGreaterThan(10);
  });

  it('end one that never comes back from a function of its own', async () => {
    const hasty = createEvaluatorPool({ script, limitMs: 300 });
    const text = '($f := function($x) { $f($x + 1) }; $f(1) > 0)';
    const late = { error: `when: took longer than 300 ms and was stopped: ${text}`, isLate: true };
    expect(await hasty.judge({ when: text, input })).toEqual(late);
    expect(await hasty.judge({ when: 'true', input })).toEqual({ holds: true });
    hasty.close();
  });

  it('see no more results than what one process can hold', async () => {
    const results = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [`n${i}`, { outputs: { text: 'x'.repeat(16_000) } }]),
    );
    expect(await pool.judge({ when: '$count(results.*) = 500', input: { results } })).toEqual({
      error: 'when: sees more than 4194304 characters of results: $count(results.*) = 500',
    });
  });

  it('are no fault of a node where none starts', async () => {
    const broken = createEvaluatorPool({ script: '/nowhere/evaluator.js' });
    await expect(broken.judge({ when: 'true', input })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });
});
