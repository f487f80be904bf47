import { parseOutputs } from '../../../../../lib/adapters/embedded/process/outputs';

describe('outputs', () => {
  it.each([
    ['nothing', '', {}],
    ['blank lines', '\n  \n', {}],
    ['one JSON object', '{"a": 1, "b": {"c": [true]}}', { a: 1, b: { c: [true] } }],
    [
      'lines whose values are JSON',
      'n=5\nok=true\nlist=[1,2]\nnone=null',
      { n: 5, ok: true, list: [1, 2], none: null },
    ],
    [
      'lines whose values are text',
      'v=1.2.3\nurl=http://x/?a=b\nempty=',
      { v: '1.2.3', url: 'http://x/?a=b', empty: '' },
    ],
    ['lines with carriage returns', 'a=x\r\nb=2\r\n', { a: 'x', b: 2 }],
    ['the last of two values of a name', 'a=1\na=2', { a: 2 }],
  ])('may be %s', (_, text, outputs) => {
    expect(parseOutputs(text)).toEqual({ outputs });
  });

  it.each([
    ['a line without a name', 'a=1\nhello', 'line 2 is not name=value: hello'],
    ['a line with an empty name', '=1', 'line 1 is not name=value'],
    ['an object that is not JSON', '{a: 1}', 'begins with { and is not JSON'],
    ['a number that JSON cannot carry', 'a=1e999', 'number out of range'],
    ['such a number inside', '{"a":[1e999]}', 'number out of range'],
    ['a reserved name', '__proto__={"x":1}', 'reserved'],
    ['a reserved name inside', '{"a":{"__proto__":1}}', 'reserved'],
    ['a long name', `${'n'.repeat(129)}=1`, 'longer than 128'],
    ['deep nesting', `a=${'['.repeat(40)}${']'.repeat(40)}`, 'deeper than 32'],
  ])('may not hold %s', (_, text, problem) => {
    expect(parseOutputs(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
