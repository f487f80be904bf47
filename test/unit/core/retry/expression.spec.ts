import fc from 'fast-check';
import { parseExpression } from '../../../../lib/core/retry/expression';

const worth = (text: string, n = 3) => parseExpression(text)({ n, previous: 4, initial: 1 });
const fault = (text: string) => {
  try {
    parseExpression(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was read');
};

describe('an expression', () => {
  it.each([
    ['2', 2],
    ['1.5 * n', 4.5],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 / 2 / 2', 2],
    ['10 - 3 - 2', 5],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['min(n, 2, 9) + max(previous, initial)', 6],
    ['floor(n / 2) + sqrt(previous)', 3],
  ])('%s is %d', (text, value) => expect(worth(text)).toBe(value));

  it('says what is wrong with it', () => {
    expect(fault('')).toBe('it ends where a value should stand');
    expect(fault('2 *')).toBe('it ends where a value should stand');
    expect(fault('* 2')).toBe('* stands where a value should');
    expect(fault('2 3')).toBe('3 stands behind the end of it');
    expect(fault('(1 + 2')).toBe('expected ), got the end');
    expect(fault('m + 1')).toBe('m is not known: use n, previous, initial, min, max, floor, sqrt');
    expect(fault('constructor(1)')).toContain('constructor is not known');
    expect(fault('n; process')).toBe('cannot read it from "; process" on');
  });

  it('reads any text to a number or an error, and does nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200, unit: fc.constantFrom(...'0123456789n+-*/^(), .xmi'.split('')) }),
        (text) => {
          let evaluate: ReturnType<typeof parseExpression>;
          try {
            evaluate = parseExpression(text);
          } catch (error) {
            expect((error as Error).message).not.toBe('');
            return;
          }
          expect(typeof evaluate({ n: 1, previous: 1, initial: 1 })).toBe('number');
        },
      ),
    );
  });
});
