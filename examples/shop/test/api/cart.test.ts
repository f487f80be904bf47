import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cartWith, openShop, type TestShop } from '../support/shop';

describe('the cart', () => {
  let shop: TestShop;
  before(async () => {
    shop = await openShop();
  });
  after(() => shop.close());

  it('counts and adds up', async () => {
    const cart = await cartWith(shop, { 'mug-sky': 3, sencha: 1 });
    const { body } = await shop.get(cart);
    assert.equal(body.lines.length, 2);
    assert.deepEqual(body.totals.discounts, [{ label: 'Three mugs for two', amount: 1400 }]);
    assert.equal(body.totals.total, 3 * 1400 + 990 - 1400 + 490);
  });

  it('takes a code', async () => {
    const cart = await cartWith(shop, { sencha: 1 });
    const { body } = await shop.send('PUT', `${cart}/code`, { code: 'welcome10' });
    assert.equal(body.totals.discounts[0].amount, 99);
  });

  it('belongs to one visitor', async () => {
    await cartWith(shop, { sencha: 1 });
    assert.deepEqual((await shop.get('/carts/someone-else')).body.lines, []);
  });

  for (const [what, body] of Object.entries({
    'a word': { quantity: 'two' },
    nothing: {},
    'too many': { quantity: 99 },
  })) {
    it(`answers 400 to ${what} as a quantity`, async () => {
      assert.equal((await shop.send('PUT', '/carts/x/lines/sencha', body)).status, 400);
    });
  }
});
