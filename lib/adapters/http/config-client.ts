import type { ConfigHistory, ConfigView } from '../../contract/config';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyItem } from './every-item';

/** The part of the REST API that shows and changes the configuration. */
export interface ConfigClient {
  readonly get: () => Promise<ConfigView>;
  /** @param version that the change is made for. @throws RepriseError CONFIG_CONFLICT */
  readonly put: (
    body: { readonly set: Readonly<Record<string, unknown>>; readonly reason?: string },
    version: number,
  ) => Promise<ConfigView>;
  /** All of it. */
  readonly history: () => Promise<ConfigHistory>;
}

export function createConfigClient(options: ClientOptions): ConfigClient {
  const ask = createClientCaller(options);
  return {
    get: () => ask('getConfig', {}),
    put: (body, version) => ask('putConfig', { body }, { headers: { 'If-Match': `"${version}"` } }),
    history: async () => ({
      changes: await everyItem(ask, 'getConfigHistory', {}, ({ changes }) => changes),
    }),
  };
}
