import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { countPieces } from '../cart';
import { CATALOGUE, findProduct } from '../catalogue';
import { notFound } from '../problems';
import type { ShopDeps } from '../shop';
import { cartOf, type Shop } from '../store';
import { cartPage } from '../views/cart';
import { cataloguePage } from '../views/catalogue';
import { orderPage } from '../views/order';
import { productPage } from '../views/product';

export function pages({ store, assets: { manifest } }: ShopDeps): Hono {
  const routes = new Hono();

  routes.get('/', async (c) => {
    const shop = await store.read();
    return c.html(cataloguePage(frameOf(c, shop), CATALOGUE, shop.stock));
  });

  routes.get('/products/:id', async (c) => {
    const product = findProduct(c.req.param('id'));
    if (!product) throw notFound('We do not sell that. Yet.');
    const shop = await store.read();
    return c.html(productPage(frameOf(c, shop), product, shop.stock[product.id] ?? 0));
  });

  routes.get('/cart', async (c) => {
    const shop = await store.read();
    const frame = frameOf(c, shop);
    return c.html(cartPage(frame, cartOf(shop, frame.cartId)));
  });

  routes.get('/orders/:id', async (c) => {
    const shop = await store.read();
    const order = shop.orders[c.req.param('id')];
    if (!order) throw notFound('There is no such order.');
    return c.html(orderPage(frameOf(c, shop), order));
  });

  function frameOf(c: Context, shop: Shop) {
    const cartId = visitorsCart(c);
    return { manifest, cartId, pieces: countPieces(cartOf(shop, cartId)) };
  }

  return routes;
}

/** The id of the visitor's cart. The cart itself exists once something is put into it. */
function visitorsCart(c: Context): string {
  const known = getCookie(c, 'cart');
  if (known) return known;
  const id = randomUUID();
  setCookie(c, 'cart', id, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 30 * 24 * 3600 });
  return id;
}
