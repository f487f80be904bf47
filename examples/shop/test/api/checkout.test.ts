import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DECLINED_CARD } from '../../app/payments';
import { BUYER, cartWith, openShop, type TestShop } from '../support/shop';

describe('checkout', () => {
  let shop: TestShop;
  before(async () => {
    shop = await openShop();
  });
  after(() => shop.close());

  it('makes an order, empties the cart and lowers the stock', async () => {
    const cart = await cartWith(shop, { 'book-of-tea': 2 });
    const { status, body } = await shop.send('POST', `${cart}/checkout`, BUYER);
    assert.equal(status, 201);
    assert.equal((await shop.get(`/orders/${body.id}`)).body.totals.total, 2500 + 490);
    assert.deepEqual((await shop.get(cart)).body.lines, []);
    assert.equal((await shop.get('/products/book-of-tea')).body.stock, 10);
  });

  it('answers 402 to a declined card, and the cart is still there', async () => {
    const cart = await cartWith(shop, { 'white-peony': 1 });
    const { status } = await shop.send('POST', `${cart}/checkout`, { ...BUYER, card: DECLINED_CARD });
    assert.equal(status, 402);
    assert.equal((await shop.get(cart)).body.lines.length, 1);
    assert.equal((await shop.get('/products/white-peony')).body.stock, 8);
  });

  it('answers 400 to an empty cart', async () => {
    assert.equal((await shop.send('POST', '/carts/empty/checkout', BUYER)).status, 400);
  });

  it('sells the last pieces once, however many want them', async () => {
    const carts = await Promise.all(
      Array.from({ length: 25 }, () => cartWith(shop, { 'kettle-gooseneck': 1 })),
    );
    const answers = await Promise.all(carts.map((cart) => shop.send('POST', `${cart}/checkout`, BUYER)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 5);
    assert.equal(answers.filter(({ status }) => status === 409).length, 20);
    assert.equal((await shop.get('/products/kettle-gooseneck')).body.stock, 0);
  });
});
