import { readFile, rename, writeFile } from 'node:fs/promises';
import { type Cart, EMPTY_CART } from './cart';
import { CATALOGUE } from './catalogue';
import type { Order } from './checkout';
import type { Stock } from './stock';

/** Everything the shop remembers: one JSON document. */
export interface Shop {
  readonly stock: Stock;
  readonly carts: Readonly<Record<string, Cart>>;
  readonly orders: Readonly<Record<string, Order>>;
}

export interface Store {
  readonly read: () => Promise<Shop>;
  /** One change at a time. When `change` throws, nothing changes. */
  readonly update: (change: (shop: Shop) => Shop) => Promise<Shop>;
}

/** A visitor's cart; one that nothing was put into yet is empty. */
export function cartOf(shop: Shop, cartId: string): Cart {
  return Object.hasOwn(shop.carts, cartId) ? shop.carts[cartId]! : EMPTY_CART;
}

export function withCart(shop: Shop, cartId: string, cart: Cart): Shop {
  return { ...shop, carts: { ...shop.carts, [cartId]: cart } };
}

const opening = (): Shop => ({
  stock: Object.fromEntries(CATALOGUE.map((product) => [product.id, product.stock])),
  carts: {},
  orders: {},
});

export function memoryStore(shop: Shop = opening()): Store {
  let current = shop;
  return {
    read: async () => current,
    update: async (change) => {
      current = change(current);
      return current;
    },
  };
}

/** Keeps the shop in a file that is replaced whole, so that a crash leaves the old or the new one. */
export function fileStore(path: string): Store {
  const read = async (): Promise<Shop> => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? opening() : JSON.parse(text);
  };
  const write = async (change: (shop: Shop) => Shop): Promise<Shop> => {
    const next = change(await read());
    await writeFile(`${path}.new`, JSON.stringify(next, null, 2));
    await rename(`${path}.new`, path);
    return next;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    read,
    update: (change) => {
      const result = last.then(() => write(change));
      last = result.catch(() => undefined);
      return result;
    },
  };
}
