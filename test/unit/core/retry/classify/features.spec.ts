import fc from 'fast-check';
import { FAMILIES } from '../../../../../lib/core/retry/classify/families';
import { FEATURE_COUNT, featuresOf, namedFeaturesOf } from '../../../../../lib/core/retry/classify/features';
import { normalise } from '../../../../../lib/core/retry/classify/normalise';
import { readCorpus } from '../../../../../scripts/classifier-corpus';

const text = fc.oneof(fc.lorem({ maxCount: 30 }), fc.string({ unit: 'binary', maxLength: 300 }));
const plain = (message: string) => {
  const { index, value } = featuresOf(message, []);
  return [...index].map((at, i) => [at, value[i]]);
};

describe('features', () => {
  it('have each index once, below their count, and count for something', () => {
    fc.assert(
      fc.property(text, (message) => {
        const found = plain(message);
        expect(new Set(found.map(([index]) => index)).size).toBe(found.length);
        for (const [index, value] of found) {
          expect(index).toBeLessThan(FEATURE_COUNT);
          expect(value).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('are the same whatever was looked at before', () => {
    fc.assert(
      fc.property(text, text, (message, before) => {
        const alone = plain(message);
        plain(before);
        expect(plain(message)).toEqual(alone);
      }),
    );
  });

  it('tell identifiers by their parts', () => {
    const names = namedFeaturesOf('java.net.SocketTimeoutException', []).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['socket', 'timeout', 'exception', 'socket timeout']));
  });

  it('that have a name are among all of them', () => {
    fc.assert(
      fc.property(text, (message) => {
        const all = new Set(featuresOf(message, []).index);
        for (const { index } of namedFeaturesOf(message, [])) expect(all).toContain(index);
      }),
    );
  });
});

describe('the families', () => {
  it('each have messages of the corpus', () => {
    const texts = readCorpus().map(({ message }) => normalise(message));
    const idle = Object.entries(FAMILIES).filter(([, pattern]) => !texts.some((each) => pattern.test(each)));
    expect(idle.map(([name]) => name)).toEqual([]);
  });
});
