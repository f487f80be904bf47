import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from '../../../../lib/core/model/canonical';

/** Those that JavaScript keeps in another order than that of their text, or not at all, among others. */
const names = fc.oneof(fc.constantFrom('1', '9', '10', '-', '$', '__proto__', 'toString'), fc.string());

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, -0, 1e21, 1e-7),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('json')),
    fc.dictionary(names, fc.oneof(tie('json'), fc.constant(undefined))),
  ),
}));

describe('canonical JSON', () => {
  it('is that of RFC 8785', () => {
    fc.assert(fc.property(json, (value) => expect(canonicalJson(value)).toBe(canonicalize(value))));
  });

  it('has no word for what is no number', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => canonicalJson({ list: [{ value }] })).toThrow('not allowed');
  });
});
