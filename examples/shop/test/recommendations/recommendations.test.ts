// A flaky test, as they come: it is in a hurry, and right after a cold start the shop is not. The shop keeps
// what it worked out, so the same test passes when it is tried again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openShop, type TestShop } from '../support/shop';

const A_VISITOR_WAITS_MS = 1000;

describe('often bought together', () => {
  let shop: TestShop;
  before(async () => {
    // Nobody else has warmed it.
    shop = await openShop({ cache: 'recommendations' });
  });
  after(() => shop.close());

  it('names three other products before the visitor scrolls on', async () => {
    const { body } = await shop.get('/products/sencha/also-bought', {
      signal: AbortSignal.timeout(A_VISITOR_WAITS_MS),
    });
    const ids = body.map((product: { id: string }) => product.id);
    assert.equal(ids.length, 3);
    assert.ok(!ids.includes('sencha'));
  });

  it('answers 404 for a product that is not sold', async () => {
    assert.equal((await shop.get('/products/coffee/also-bought')).status, 404);
  });
});
