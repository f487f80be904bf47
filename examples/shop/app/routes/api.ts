import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { linesOf, setQuantity } from '../cart';
import { findProduct, search } from '../catalogue';
import { checkout } from '../checkout';
import { knownCode, totalsOf } from '../pricing';
import { invalid, notFound } from '../problems';
import type { ShopDeps } from '../shop';
import { cartOf, type Shop, withCart } from '../store';

const quantityBody = z.object({ quantity: z.number() });
const codeBody = z.object({ code: z.string().max(40) });
const buyerBody = z.object({ email: z.string().max(200), card: z.string().max(40) });

export function api({ store, payments, alsoBought }: ShopDeps): Hono {
  const routes = new Hono();

  routes.get('/products', async (c) => {
    const { stock } = await store.read();
    return c.json(
      search(c.req.query('q') ?? '').map((product) => ({ ...product, stock: stock[product.id] })),
    );
  });

  routes.get('/products/:id', async (c) => {
    const product = requireProduct(c.req.param('id'));
    const { stock } = await store.read();
    return c.json({ ...product, stock: stock[product.id] });
  });

  routes.get('/products/:id/also-bought', async (c) => {
    const ids = await alsoBought.of(requireProduct(c.req.param('id')).id);
    return c.json(ids.map((id) => findProduct(id)));
  });

  routes.get('/carts/:cart', async (c) => c.json(cartView(await store.read(), c.req.param('cart'))));

  routes.put('/carts/:cart/lines/:product', async (c) => {
    const { quantity } = await bodyOf(c, quantityBody);
    const { cart: cartId, product } = c.req.param();
    const shop = await store.update((before) =>
      withCart(before, cartId, setQuantity(cartOf(before, cartId), product, quantity)),
    );
    return c.json(cartView(shop, cartId));
  });

  routes.put('/carts/:cart/code', async (c) => {
    const code = knownCode((await bodyOf(c, codeBody)).code);
    const cartId = c.req.param('cart');
    const shop = await store.update((before) =>
      withCart(before, cartId, { ...cartOf(before, cartId), code }),
    );
    return c.json(cartView(shop, cartId));
  });

  routes.post('/carts/:cart/checkout', async (c) => {
    const buyer = await bodyOf(c, buyerBody);
    return c.json(await checkout(store, payments, c.req.param('cart'), buyer), 201);
  });

  routes.get('/orders/:id', async (c) => {
    const order = (await store.read()).orders[c.req.param('id')];
    if (!order) throw notFound('there is no such order');
    return c.json(order);
  });

  return routes;
}

function requireProduct(id: string) {
  const product = findProduct(id);
  if (!product) throw notFound(`there is no product "${id}"`);
  return product;
}

function cartView(shop: Shop, cartId: string) {
  const cart = cartOf(shop, cartId);
  return { lines: linesOf(cart), code: cart.code, totals: totalsOf(cart) };
}

async function bodyOf<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await c.req.json().catch(() => undefined));
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
  return parsed.data;
}
