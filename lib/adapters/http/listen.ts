import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { RepriseError } from '../../core/errors';
import { LIMITS } from '../../core/limits';

export interface Listening {
  /** Such as `http://127.0.0.1:40123`. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

/** Who sends a request slowly does not hold a connection for ever. */
const serverOptions = { requestTimeout: LIMITS.callMs };

/** @throws RepriseError INPUT_INVALID when the address cannot be taken. */
export function listen(
  app: Pick<Hono, 'fetch'>,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions }, (info: AddressInfo) => {
      const name = info.family === 'IPv6' ? `[${info.address}]` : info.address;
      resolve({
        address: `http://${name}:${info.port}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.on('error', (cause: Error) => {
      reject(
        new RepriseError('INPUT_INVALID', `cannot listen on ${host} port ${port}: ${cause.message}`, {
          cause,
        }),
      );
    });
  });
}
