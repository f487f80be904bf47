// Against the payment provider's sandbox, which this suite does not own: it may be asleep, and then it answers
// 503 for a moment. The tests do not wait for it. Trying again later is for whoever runs them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DECLINED_CARD, httpPayments } from '../../app/payments';
import { ensureSandbox } from '../../sandbox/control';
import { type Answer, BUYER, cartWith, openShop, type TestShop } from '../support/shop';

describe('paying through the provider', () => {
  let shop: TestShop;
  before(async () => {
    shop = await openShop({ payments: httpPayments(await ensureSandbox()) });
  });
  after(() => shop.close());

  it('gives the order the id of the payment', async () => {
    const cart = await cartWith(shop, { sencha: 1 });
    const answer = await shop.send('POST', `${cart}/checkout`, BUYER);
    expectStatus(answer, 201);
    assert.match(answer.body.paymentId, /^pay_/);
  });

  it('tells a declined card from a broken provider', async () => {
    const cart = await cartWith(shop, { sencha: 1 });
    expectStatus(await shop.send('POST', `${cart}/checkout`, { ...BUYER, card: DECLINED_CARD }), 402);
  });
});

/** The reason belongs into the failure: a provider that is down is not a wrong answer of the shop. */
function expectStatus(answer: Answer, expected: number): void {
  if (answer.status >= 500) throw new Error(`HTTP ${answer.status}: ${answer.body.message}`);
  assert.equal(answer.status, expected);
}
