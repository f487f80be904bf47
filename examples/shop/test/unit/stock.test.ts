import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linesOf } from '../../app/cart';
import { putBack, take } from '../../app/stock';

const lines = linesOf({ lines: { sencha: 2, 'mug-sky': 1 } });

describe('stock', () => {
  it('goes down by what is taken', () => {
    assert.deepEqual(take({ sencha: 5, 'mug-sky': 1 }, lines), { sencha: 3, 'mug-sky': 0 });
  });

  it('is left alone when one line of several is missing', () => {
    const stock = { sencha: 5, 'mug-sky': 0 };
    assert.throws(() => take(stock, lines), { code: 'out-of-stock', message: 'Sky Mug is sold out' });
    assert.equal(stock.sencha, 5);
  });

  it('says how many are left', () => {
    assert.throws(() => take({ sencha: 1, 'mug-sky': 1 }, lines), { message: 'only 1 × Sencha left' });
  });

  it('is what it was after taking and putting back', () => {
    const stock = { sencha: 5, 'mug-sky': 1 };
    assert.deepEqual(putBack(take(stock, lines), lines), stock);
  });
});
