import fc from 'fast-check';
import { normalise } from '../../../../../lib/core/retry/classify/normalise';
import { signatureOf } from '../../../../../lib/core/retry/classify/signature';

const hex = fc.stringMatching(/^[0-9a-f]{12}$/).filter((id) => /[a-f]/.test(id) && /\d/.test(id));
const number = fc.integer({ min: 0, max: 999_999 });

/** Parts of a message that differ from one time to the next, each as two that must count as one. */
const VARYING: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  hash: hex,
  address: fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `${ip}:${port}`),
  path: fc
    .array(fc.stringMatching(/^[a-z][a-z0-9_]{0,7}$/), { minLength: 2, maxLength: 5 })
    .map((parts) => `/${parts.join('/')}.ts:14:3`),
  time: fc
    .date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  duration: number.map((ms) => `${ms}ms`),
  seconds: fc
    .tuple(number, fc.integer({ min: 0, max: 99 }))
    .map(([whole, part]) => `${whole}.${part} seconds`),
  size: number.map((bytes) => `${bytes} MiB`),
  number: fc.integer({ min: 1_000, max: 999_999 }).map(String),
  quoted: number.map((n) => `'order-${n}'`),
};

describe('a signature', () => {
  it('has 16 hex digits, whatever the message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (message) => {
        expect(signatureOf(message)).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
  });

  it.each(Object.entries(VARYING))('is the same whatever the %s', (_, part) => {
    fc.assert(
      fc.property(part, part, (one, other) => {
        const message = (varying: string) => `request of ${varying} to the cart failed`;
        expect(normalise(message(one))).toBe(normalise(message(other)));
      }),
    );
  });

  it('is the same with colours and without', () => {
    expect(signatureOf('\u001b[31mError\u001b[39m: \u001b[1mno\u001b[22m cart')).toBe(
      signatureOf('Error: no cart'),
    );
  });

  it('is the same when only the frames of the stack moved', () => {
    const at = (line: number) =>
      `TypeError: x is not a function\n    at Cart.add (/repo/src/cart.ts:${line}:9)\n    at node:internal/main:${line}:1`;
    expect(signatureOf(at(10))).toBe(signatureOf(at(250)));
  });

  it('does not change when what it was made of is normalised again', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.lorem({ maxCount: 3 }), ...Object.values(VARYING))), (parts) => {
        const once = normalise(parts.join(' '));
        expect(normalise(once)).toBe(once);
      }),
    );
  });

  it.each([
    ['HTTP status 503', 'HTTP status 500'],
    ['Process completed with exit code 137', 'Process completed with exit code 1'],
    ["Cannot find module 'undici'", "Cannot find module 'yaml'"],
    ['connect ECONNREFUSED 10.0.0.1:80', 'connect ECONNRESET 10.0.0.1:80'],
    ['TypeError: cart.add is not a function', 'TypeError: cart.remove is not a function'],
    ['GET https://orders.acme.test/v1 failed', 'GET https://stock.acme.test/v1 failed'],
    ["fixture 'cart' not found", "fixture 'user' not found"],
    ['ORA-12541: no listener', 'ORA-12541: no service'],
  ])('tells %j from %j', (one, other) => {
    expect(signatureOf(one)).not.toBe(signatureOf(other));
  });
});
