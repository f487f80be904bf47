import fc from 'fast-check';
import { FAILURE_CLASSES } from '../../../../../lib/core/model/failure';
import { featuresOf, namedFeaturesOf } from '../../../../../lib/core/retry/classify/features';
import { probabilities, rulePrecision, strongest } from '../../../../../lib/core/retry/classify/model';

describe('the model', () => {
  it('shares one between the classes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const shares = probabilities(featuresOf(text, []));
        expect(shares).toHaveLength(FAILURE_CLASSES.length);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        for (const share of shares) expect(share).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('names what speaks most for a class, the strongest first', () => {
    const named = namedFeaturesOf('the password of the user was rejected', []);
    expect(strongest(named, 'auth', 2)).toContain('credential');
    expect(strongest(named, 'auth', 2)).toHaveLength(2);
    expect(strongest([], 'auth', 2)).toEqual([]);
  });

  it('knows how often rules of each class are right', () => {
    for (const of of FAILURE_CLASSES) {
      expect(rulePrecision(of)).toBeGreaterThan(0.9);
      expect(rulePrecision(of)).toBeLessThan(1);
    }
  });
});
