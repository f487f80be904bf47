import fc from 'fast-check';
import { createFinder, createMasker } from '../../../../../lib/adapters/embedded/process/masker';

/** What a masker gives of a text that comes in these pieces. */
function masked(texts: readonly string[], pieces: readonly (string | Buffer)[]): string {
  const masker = createMasker(createFinder(texts));
  const given = pieces.map((piece) => masker.write(Buffer.from(piece)));
  return Buffer.concat([...given, masker.end()]).toString();
}

/** The same said as simply as can be: every place that is part of a text is covered, a run of them is one mask. */
function covered(texts: readonly string[], whole: string): string {
  const isCovered = [...whole].map((_, i) =>
    texts.some((text) =>
      [...text].some((_, k) => i - k >= 0 && whole.slice(i - k, i - k + text.length) === text),
    ),
  );
  return [...whole].map((c, i) => (isCovered[i] ? (isCovered[i - 1] ? '' : '***') : c)).join('');
}

describe('a masker', () => {
  it('covers what it was given, wherever and however often it stands', () => {
    expect(masked(['hunter2'], ['hunter2 a hunter2', ' hunter hunter2'])).toBe('*** a *** hunter ***');
  });

  it('covers what is cut into pieces', () => {
    expect(masked(['hunter2'], [...'my hunter2!'])).toBe('my ***!');
    expect(masked(['grüße'], [Buffer.from('grüße').subarray(0, 3), Buffer.from('grüße').subarray(3)])).toBe(
      '***',
    );
  });

  it('covers a longer text where a shorter one begins or ends inside of it', () => {
    expect(masked(['abcd', 'bc1', 'cdef'], ['abcdef bc1'])).toBe('*** ***');
    expect(masked(['user', 'superuserdo'], ['superuserdo superuserd'])).toBe('*** super***d');
  });

  it('gives at once what cannot become a part of one', () => {
    const masker = createMasker(createFinder(['hunter2']));
    expect(masker.write(Buffer.from('line\nhun')).toString()).toBe('line\n');
    expect(masker.write(Buffer.from('gry')).toString()).toBe('hungry');
    expect(masker.end().toString()).toBe('');
  });

  it('lets bytes that are no text pass as they are', () => {
    const bytes = Buffer.from([0, 255, 254, 128, 10, 13, 0]);
    expect(createMasker(createFinder(['abcd'])).write(bytes)).toEqual(bytes);
  });

  it('says the same in whatever pieces a text comes', () => {
    const word = (min: number, max: number) =>
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: min, maxLength: max }).map((all) => all.join(''));
    fc.assert(
      fc.property(
        fc.array(word(3, 6), { maxLength: 5 }),
        fc.array(word(0, 9), { maxLength: 12 }),
        (texts, pieces) => {
          expect(masked(texts, pieces)).toBe(covered(texts, pieces.join('')));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never gives more than came, so that a file can be masked in its place', () => {
    const given = masked(['aaa', 'bbb'], ['aaabbbaaa aaa bbb']);
    expect(given).toBe('*** *** ***');
  });
});
