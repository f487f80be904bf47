import { conditionProblem, evaluateCondition } from '../../../../../lib/core/dag/check/condition';

const input = {
  results: { build: { status: 'succeeded', attempts: 1, outputs: { changed: true, files: ['a', 'b'] } } },
};

describe('a condition', () => {
  it.each([
    ['results.build.outputs.changed = true', true],
    ['results.build.outputs.changed', true],
    ['results.build.attempts > 1', false],
    ['"a" in results.build.outputs.files and $count(results.build.outputs.files) = 2', true],
    ['results.nothing.outputs.changed = true', false],
    ['$exists(results.nothing)', false],
    ['results.`build`.status = "succeeded"', true],
  ])('%s holds: %p', async (text, holds) => {
    expect(await evaluateCondition(text, input)).toEqual({ holds });
  });

  it.each([
    ['results.build.attempts', 'must give true or false, but gives the number 1'],
    ['results.nothing', 'but gives nothing'],
    ['results.build.outputs.files', 'but gives a list'],
    ['results', 'but gives an object'],
    ['null', 'but gives null'],
    ['$sum("x")', 'when: failed'],
    ['a =', 'is not JSONata'],
    ['$f()', 'when: failed'],
    ['($f := function($x) { $f($x + 1) + 1 }; $f(1) > 0)', 'when: failed'],
    ['($f := function($x) { $f($x + 1) }; $f(1) > 0)', 'when: failed'],
    ['$count([1..9000000]) > 1', 'when: failed'],
  ])('%s is an error', async (text, message) => {
    expect(await evaluateCondition(text, input)).toEqual({ error: expect.stringContaining(message) });
  });

  it.each(['now', 'millis', 'random', 'shuffle', 'eval', 'pad'])(
    'cannot use $%s, called or handed on',
    (name) => {
      expect(conditionProblem(`$${name}("x") = 1`)).toContain(`$${name} is not available`);
      expect(conditionProblem(`results ~> $${name}`)).toContain(`$${name} is not available`);
      expect(conditionProblem(`($g := $${name}; $g() > 0)`)).toContain(`$${name} is not available`);
    },
  );

  it('cannot use a regular expression, whose matching may never end', () => {
    expect(conditionProblem('$match(results.a, /(a+)+$/) = 1')).toContain('has a regular expression');
  });

  it('gives the same answer the second time', async () => {
    const text = 'results.build.attempts = 1';
    expect(await evaluateCondition(text, input)).toEqual(await evaluateCondition(text, input));
  });

  it('is evaluated independently of others at the same time', async () => {
    const texts = Array.from({ length: 50 }, (_, i) => `results.build.attempts > ${i}`);
    const answers = await Promise.all(texts.map((text) => evaluateCondition(text, input)));
    expect(answers).toEqual(texts.map((_, i) => ({ holds: i < 1 })));
  });

  it('does not change what it is evaluated over', async () => {
    const before = JSON.stringify(input);
    await evaluateCondition('(results ~> |$|{"build": 1}|).build = 1', input);
    expect(JSON.stringify(input)).toBe(before);
  });
});
