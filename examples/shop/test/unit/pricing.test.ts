import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMPTY_CART } from '../../app/cart';
import { totalsOf } from '../../app/pricing';

describe('totals', () => {
  it('are nothing for an empty cart, shipping included', () => {
    assert.deepEqual(totalsOf(EMPTY_CART), { subtotal: 0, discounts: [], shipping: 0, total: 0, vat: 0 });
  });

  it('add shipping to a small order', () => {
    const { subtotal, shipping, total } = totalsOf({ lines: { sencha: 2 } });
    assert.deepEqual({ subtotal, shipping, total }, { subtotal: 1980, shipping: 490, total: 2470 });
  });

  it('ship for nothing from fifty euros', () => {
    assert.equal(totalsOf({ lines: { sencha: 5 } }).shipping, 490);
    assert.equal(totalsOf({ lines: { 'book-of-tea': 4 } }).shipping, 0);
  });

  it('contain the tax, which is a sixth of the total', () => {
    assert.equal(totalsOf({ lines: { 'kettle-cast-iron': 1 } }).vat, 1983);
  });
});
