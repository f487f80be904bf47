import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { countPieces, EMPTY_CART, linesOf, setQuantity } from '../../app/cart';

describe('cart', () => {
  it('keeps the order in which products were added', () => {
    const cart = setQuantity(setQuantity(EMPTY_CART, 'sencha', 1), 'mug-sky', 2);
    assert.deepEqual(
      linesOf(cart).map((line) => [line.product.name, line.quantity]),
      [
        ['Sencha', 1],
        ['Sky Mug', 2],
      ],
    );
    assert.equal(countPieces(cart), 3);
  });

  it('forgets a product whose quantity becomes zero', () => {
    assert.deepEqual(setQuantity(setQuantity(EMPTY_CART, 'sencha', 3), 'sencha', 0), EMPTY_CART);
  });

  for (const quantity of [-1, 1.5, 21, Number.NaN]) {
    it(`refuses a quantity of ${quantity}`, () => {
      assert.throws(() => setQuantity(EMPTY_CART, 'sencha', quantity), { code: 'invalid' });
    });
  }

  it('refuses a product the shop does not sell', () => {
    assert.throws(() => setQuantity(EMPTY_CART, 'coffee', 1), { code: 'not-found', message: /coffee/ });
  });
});
