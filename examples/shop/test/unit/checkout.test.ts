import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkout } from '../../app/checkout';
import { DECLINED_CARD, pretendPayments } from '../../app/payments';
import { memoryStore, type Shop } from '../../app/store';

const BUYER = { email: 'ada@example.org', card: '4242424242424242' };
const shop: Shop = { stock: { sencha: 1 }, carts: { one: { lines: { sencha: 1 } } }, orders: {} };

describe('checkout', () => {
  it('turns the cart into an order and takes the stock', async () => {
    const store = memoryStore(shop);
    const order = await checkout(store, pretendPayments(), 'one', BUYER);
    const after = await store.read();
    assert.deepEqual(after.orders[order.id], order);
    assert.deepEqual(after.carts['one'], { lines: {} });
    assert.equal(after.stock['sencha'], 0);
  });

  it('changes nothing when the card is declined', async () => {
    const store = memoryStore(shop);
    const buying = checkout(store, pretendPayments(), 'one', { ...BUYER, card: DECLINED_CARD });
    await assert.rejects(buying, { code: 'card-declined' });
    assert.deepEqual(await store.read(), shop);
  });

  it('never charges for what is sold out', async () => {
    let charges = 0;
    const payments = { charge: async () => `${++charges}` };
    const store = memoryStore({ ...shop, stock: { sencha: 0 } });
    await assert.rejects(checkout(store, payments, 'one', BUYER), { code: 'out-of-stock' });
    assert.equal(charges, 0);
  });

  for (const email of ['', 'ada', 'ada@', 'a b@example.org']) {
    it(`refuses ${JSON.stringify(email)} as an email address`, async () => {
      const buying = checkout(memoryStore(shop), pretendPayments(), 'one', { ...BUYER, email });
      await assert.rejects(buying, { code: 'invalid' });
    });
  }
});
