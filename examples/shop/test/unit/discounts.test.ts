import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { knownCode, totalsOf } from '../../app/pricing';

describe('discounts', () => {
  it('give the cheapest of three mugs away', () => {
    const { discounts } = totalsOf({ lines: { 'mug-night': 2, 'mug-sky': 1 } });
    assert.deepEqual(discounts, [{ label: 'Three mugs for two', amount: 1400 }]);
  });

  it('give nothing away for two mugs', () => {
    assert.deepEqual(totalsOf({ lines: { 'mug-night': 2 } }).discounts, []);
  });

  it('give two mugs of seven away, and not the dearest', () => {
    const { discounts } = totalsOf({ lines: { 'mug-sky': 4, 'mug-night': 3 } });
    assert.equal(discounts[0]?.amount, 1600 + 1400);
  });

  it('apply a code to what the offers left', () => {
    const { discounts, total } = totalsOf({ lines: { 'mug-stone': 3 }, code: 'WELCOME10' });
    assert.deepEqual(
      discounts.map(({ amount }) => amount),
      [1400, 280],
    );
    assert.equal(total, 4200 - 1400 - 280 + 490);
  });

  it('can cost an order its free shipping', () => {
    assert.equal(totalsOf({ lines: { 'book-of-tea': 4 }, code: 'WELCOME10' }).shipping, 490);
  });

  it('ask for a large order where the code does', () => {
    assert.deepEqual(totalsOf({ lines: { sencha: 1 }, code: 'BIGPOT15' }).discounts, []);
    assert.equal(totalsOf({ lines: { 'kettle-cast-iron': 1 }, code: 'BIGPOT15' }).discounts[0]?.amount, 1785);
  });
});

describe('codes', () => {
  it('may be written in small letters', () => {
    assert.equal(knownCode(' welcome10 '), 'WELCOME10');
  });

  it('must be known, and the names of objects are not', () => {
    assert.throws(() => knownCode('FREE'), { code: 'invalid' });
    assert.throws(() => knownCode('constructor'), { code: 'invalid' });
  });
});
