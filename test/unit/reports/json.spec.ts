import fc from 'fast-check';
import { topNames } from '../../../lib/reports/json';

describe('the names at the top of a JSON object', () => {
  it('are those of the object, whatever is in it and however it is written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.constantFrom(0, 2),
        (value, indent) => {
          // Escaped names are none that a format has.
          const plain = Object.keys(value).filter((name) => JSON.stringify(name) === `"${name}"`);
          expect(topNames(JSON.stringify(value, null, indent))).toEqual(expect.arrayContaining(plain));
          expect(topNames(JSON.stringify(value, null, indent))).toHaveLength(Object.keys(value).length);
        },
      ),
    );
  });

  it.each(['', '[]', '"a"', 'null', '[{"a":1}]', 'a {"b": 1}'])('are none of %j', (text) => {
    expect(topNames(text)).toEqual([]);
  });

  it('are found in time that grows with the text, be it JSON or not', () => {
    const quotes = `{"${'\\"'.repeat(1_000_000)}`;
    for (const text of [
      quotes,
      `{"a": "${'\\'.repeat(500_000)}`,
      `{${'"a" '.repeat(300_000)}`,
      `{${'['.repeat(1_000_000)}`,
    ]) {
      expect(topNames(text).length).toBeLessThan(2);
    }
  });
});
