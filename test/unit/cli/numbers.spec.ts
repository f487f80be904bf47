import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decimalNumber, wholeNumber } from '../../../lib/cli/numbers';

describe('an option of a whole number', () => {
  const parse = wholeNumber('--slots', { most: 1_024 });

  it('takes its bounds and what is between', () => {
    expect(['1', '007', '1024'].map(parse)).toEqual([1, 7, 1_024]);
    expect(wholeNumber('--port', { least: 0, most: 65_535 })('0')).toBe(0);
  });

  it.each(['', ' ', '0', '1025', '-1', '+1', '1.5', '1e3', '0x10', 'many', '1_000', '٣', '1 ', 'Infinity'])(
    'refuses %j and says what it takes',
    (text) => {
      const message = `--slots must be a whole number from 1 to 1024, not ${JSON.stringify(text)}`;
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', message }));
    },
  );

  it('without an upper bound takes what is exact', () => {
    expect(wholeNumber('--to')('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => wholeNumber('--to')('9007199254740992')).toThrow('a whole number of at least 1');
  });
});

describe('an option of a number', () => {
  it('takes decimals within its bounds', () => {
    const parse = decimalNumber('--explore', { most: 0.25 });
    expect(['0', '0.25', '0.125'].map(parse)).toEqual([0, 0.25, 0.125]);
    for (const text of ['', '.1', '0.26', '-0.1', '1e-3', 'NaN']) {
      expect(() => parse(text)).toThrow('--explore must be a number from 0 to 0.25');
    }
  });
});

describe('the command line', () => {
  it('reads numbers of options in one place', () => {
    const files = readdirSync('lib/cli').filter((name) => name.endsWith('.ts') && name !== 'numbers.ts');
    const own = files.filter((name) => /= Number\(text\)/.test(readFileSync(join('lib/cli', name), 'utf8')));
    expect(own).toEqual([]);
  });
});
