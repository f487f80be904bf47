import { randomUUID } from 'node:crypto';
import { type Cart, EMPTY_CART, linesOf } from './cart';
import type { Payments } from './payments';
import { type Totals, totalsOf } from './pricing';
import { invalid } from './problems';
import { putBack, take } from './stock';
import { cartOf, type Store, withCart } from './store';

export interface Order {
  readonly id: string;
  readonly email: string;
  readonly cart: Cart;
  readonly totals: Totals;
  readonly paymentId: string;
}

export interface Buyer {
  readonly email: string;
  readonly card: string;
}

/**
 * Stock is taken before the charge and put back when the charge fails: two buyers of the last piece never
 * both pay, and a customer whose card is declined keeps the cart.
 */
export async function checkout(
  store: Store,
  payments: Payments,
  cartId: string,
  buyer: Buyer,
): Promise<Order> {
  if (!/^\S+@\S+\.\S+$/.test(buyer.email)) throw invalid('that does not look like an email address');
  const cart = cartOf(await store.read(), cartId);
  const lines = linesOf(cart);
  if (lines.length === 0) throw invalid('the cart is empty');
  const id = randomUUID();
  const totals = totalsOf(cart);

  await store.update((shop) => ({ ...shop, stock: take(shop.stock, lines) }));
  try {
    const paymentId = await payments.charge({ reference: id, amount: totals.total, card: buyer.card });
    const order: Order = { id, email: buyer.email, cart, totals, paymentId };
    await store.update((shop) => ({
      ...withCart(shop, cartId, EMPTY_CART),
      orders: { ...shop.orders, [id]: order },
    }));
    return order;
  } catch (error) {
    await store.update((shop) => ({ ...shop, stock: putBack(shop.stock, lines) }));
    throw error;
  }
}
