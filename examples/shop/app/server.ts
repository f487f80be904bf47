import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { alsoBought } from './also-bought';
import { readAssets } from './assets';
import { type Payments, pretendPayments } from './payments';
import { createShop } from './shop';
import { memoryStore, type Store } from './store';

export interface ShopOptions {
  /** Where the build put the client. */
  readonly assetsDirectory: string;
  readonly cacheFile: string;
  readonly store?: Store;
  readonly payments?: Payments;
  /** 0, the default, takes a free one. */
  readonly port?: number;
}

export interface RunningShop {
  readonly url: string;
  /** Finishes work in progress, then stops. */
  readonly close: () => Promise<void>;
}

export async function startShop(options: ShopOptions): Promise<RunningShop> {
  const recommendations = alsoBought(options.cacheFile);
  const app = createShop({
    store: options.store ?? memoryStore(),
    payments: options.payments ?? pretendPayments(),
    alsoBought: recommendations,
    assets: readAssets(options.assetsDirectory),
  });
  const server = serve({ fetch: app.fetch, port: options.port ?? 0, hostname: '127.0.0.1' }) as Server;
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await recommendations.settled();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
