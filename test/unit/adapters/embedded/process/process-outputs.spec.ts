import { parseOutputs } from '../../../../../lib/adapters/embedded/process/outputs';

describe('outputs', () => {
  it.each([
    ['nothing', '', {}],
    ['blank lines', '\n  \n', {}],
    ['one JSON object', '{"a": 1, "b": {"c": [true]}}', { a: 1, b: { c: [true] } }],
    ['one JSON object of several lines', '\n{\n  "a": 1\n}\n', { a: 1 }],
    [
      'lines that are JSON objects, among others',
      '{"a": 1, "b": 2}\nc=3\n  {"b": "x"}\r\n',
      { a: 1, b: 'x', c: '3' },
    ],
    [
      'lines of JSON',
      'n:=5\nok:=true\nlist:=[1,2]\nnone:=null\ntext:="5"',
      { n: 5, ok: true, list: [1, 2], none: null, text: '5' },
    ],
    [
      'lines of text, whatever it looks like',
      'v=1.2.3\nn=5\nok=true\nlist=[1,2]\nurl=http://x/?a=b\nsha=1e999\nempty=\nspaced= x ',
      {
        v: '1.2.3',
        n: '5',
        ok: 'true',
        list: '[1,2]',
        url: 'http://x/?a=b',
        sha: '1e999',
        empty: '',
        spaced: ' x ',
      },
    ],
    [
      'texts of several lines',
      'before=1\nnotes<<END\nfirst = line\n\n  third:=3\nEND\nempty<<X\nX\nafter=2',
      { before: '1', notes: 'first = line\n\n  third:=3', empty: '', after: '2' },
    ],
    ['a text whose end is like a line of it', 'a<<EOF\n EOF\nEOF2\nEOF', { a: ' EOF\nEOF2' }],
    ['a text with carriage returns of its own', 'a<<E\nb\r\nc\r\nE\n', { a: 'b\r\nc\r' }],
    ['a text of lines that all end so', 'a<<E\r\nb\r\nc\r\nE\r\n', { a: 'b\r\nc' }],
    [
      'text with blanks that are no ends of lines',
      'a= \t\u2028\u0085x\u000b ',
      { a: ' \t\u2028\u0085x\u000b ' },
    ],
    ['lines with carriage returns', 'a=x\r\nb:=2\r\nc<<E\r\nd\r\nE\r\n', { a: 'x', b: 2, c: 'd' }],
    ['the last of two values of a name', 'a=1\na:=2', { a: 2 }],
    ['names with a hyphen or a colon', 'exit-code:=1\na:b=c<<d', { 'exit-code': 1, 'a:b': 'c<<d' }],
  ])('may be %s', (_, text, outputs) => {
    expect(parseOutputs(text)).toEqual({ outputs });
  });

  it.each([
    [
      'a line without a name',
      'a=1\nhello',
      'line 2 is not name=value, name:=json, name<<END or a JSON object: hello',
    ],
    ['a line with an empty name', '=1', 'line 1 is not name=value'],
    ['JSON with an empty name', ':=1', 'line 1 is not name=value'],
    [
      'what is not JSON after :=',
      'a=1\nb:=yes',
      'line 2 is not JSON after := (text is written b=...): b:=yes',
    ],
    ['nothing after :=', 'b:=', 'line 1 is not JSON after :='],
    ['a text that never ends', 'a=1\nb<<END\nx\n END', 'line 2 begins a text that no line END ends: b<<END'],
    ['a text that nothing can end', 'b<<\nx\n\n', 'line 1 begins a text that no line'],
    ['an object in a line that is not JSON', 'a=1\n{b: 1}', 'line 2 begins with { and is not JSON'],
    ['an object that is not JSON', '{a: 1}', 'begins with { and is not JSON'],
    ['a number that JSON cannot carry', 'a:=1e999', 'number out of range'],
    ['such a number inside', '{"a":[1e999]}', 'number out of range'],
    ['a reserved name', '__proto__:={"x":1}', 'reserved'],
    ['a reserved name inside', '{"a":{"__proto__":1}}', 'reserved'],
    ['a long name', `${'n'.repeat(129)}=1`, 'longer than 128'],
    ['deep nesting', `a:=${'['.repeat(40)}${']'.repeat(40)}`, 'deeper than 32'],
    ['nesting past any stack', `a:=${'['.repeat(8_000)}${']'.repeat(8_000)}`, 'deeper than 32'],
    ['what is too large as JSON', `a=${'\u0001'.repeat(5_000)}`, 'holds 30008 bytes, at most 16384'],
  ])('may not hold %s', (_, text, problem) => {
    expect(parseOutputs(text)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
