import fc from 'fast-check';
import {
  matchesWildcard,
  readWildcard,
  type Wildcard,
} from '../../../../../lib/core/trigger/pattern/wildcard';

const letters = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b'), maxLength });
const wildcard = fc.array(letters(4), { minLength: 1, maxLength: 8 });

/** Tries every way to share a text out between the wildcards. */
function matchesSomehow(text: string, [first = '', ...rest]: Wildcard): boolean {
  if (!text.startsWith(first)) return false;
  const left = text.slice(first.length);
  if (rest.length === 0) return left === '';
  return Array.from({ length: left.length + 1 }, (_, skipped) => left.slice(skipped)).some((tail) =>
    matchesSomehow(tail, rest),
  );
}

/** Characters that are looked through while the act searches. */
function searched(act: () => void): number {
  let characters = 0;
  const indexOf = String.prototype.indexOf;
  const spy = jest.spyOn(String.prototype, 'indexOf').mockImplementation(function (
    this: string,
    part: string,
    from = 0,
  ) {
    const found = indexOf.call(this, part, from);
    characters += (found < 0 ? this.length : found + part.length) - from;
    return found;
  });
  try {
    act();
  } finally {
    spy.mockRestore();
  }
  return characters;
}

describe('a wildcard', () => {
  it('matches whenever some way to share the text out does', () => {
    fc.assert(
      fc.property(wildcard, letters(10), (parts, text) => {
        expect(matchesWildcard(text, parts)).toBe(matchesSomehow(text, parts));
      }),
    );
  });

  it('never looks at a part of a text twice, however many wildcards there are', () => {
    fc.assert(
      fc.property(
        fc.array(letters(3), { minLength: 1, maxLength: 200 }),
        fc.nat(2_000),
        letters(3),
        (parts, length, end) => {
          const text = `${'a'.repeat(length)}${end}`;
          expect(searched(() => matchesWildcard(text, parts))).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it('is read as it was written, every character of it escaped or not', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '*', '\\', '😀', '\n') });
    fc.assert(
      fc.property(fc.array(text.filter(Boolean), { minLength: 1 }), (parts) => {
        const written = parts.map((part) => part.replace(/[*\\]/g, (one) => `\\${one}`)).join('*');
        expect(readWildcard(written)).toEqual({ parts });
      }),
    );
  });
});
