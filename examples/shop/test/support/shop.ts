import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Payments } from '../../app/payments';
import { startShop } from '../../app/server';
import { fileStore, memoryStore } from '../../app/store';
import { assetsDirectory, jobDirectory } from '../../steps/job';

export interface TestShop {
  readonly url: string;
  readonly close: () => Promise<void>;
  readonly get: (path: string, init?: RequestInit) => Promise<Answer>;
  readonly send: (method: string, path: string, body: unknown) => Promise<Answer>;
}

interface Options {
  readonly payments?: Payments;
  readonly cache?: string;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

/**
 * A shop of its own on a free port, with the storage that SHOP_STORAGE names: memory, or file. Shops of a job share a cache
 * unless they name one.
 */
export async function openShop({ cache = '.', ...options }: Options = {}): Promise<TestShop> {
  const directory = mkdtempSync(join(tmpdir(), 'shop-'));
  const inFile = process.env['SHOP_STORAGE'] === 'file';
  const shop = await startShop({
    assetsDirectory: assetsDirectory(),
    cacheFile: join(jobDirectory(), 'cache', cache, 'also-bought.json'),
    store: inFile ? fileStore(join(directory, 'shop.json')) : memoryStore(),
    ...options,
  });
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(`${shop.url}/api${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return {
    url: shop.url,
    close: async () => {
      await shop.close();
      rmSync(directory, { recursive: true, force: true });
    },
    get: request,
    send: (method, path, body) =>
      request(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  };
}

/** The address of a new cart that holds these pieces. */
export async function cartWith(shop: TestShop, pieces: Readonly<Record<string, number>>): Promise<string> {
  const cart = `/carts/${randomUUID()}`;
  for (const [id, quantity] of Object.entries(pieces))
    await shop.send('PUT', `${cart}/lines/${id}`, { quantity });
  return cart;
}

export const BUYER = { email: 'ada@example.org', card: '4242424242424242' };
