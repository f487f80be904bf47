import { type ConfigHistory, type ConfigView, configHistory, configView } from '../../contract/config';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API that shows and changes the configuration. */
export interface ConfigClient {
  readonly get: () => Promise<ConfigView>;
  /** @param version that the change is made for. @throws RepriseError CONFIG_CONFLICT */
  readonly put: (
    body: { readonly set: Readonly<Record<string, unknown>>; readonly reason?: string },
    version: number,
  ) => Promise<ConfigView>;
  readonly history: () => Promise<ConfigHistory>;
}

export function createConfigClient(options: ClientOptions): ConfigClient {
  const ask = createClientCaller(options);
  return {
    get: () => ask({ method: 'GET', path: '/config' }, configView),
    put: (body, version) =>
      ask({ method: 'PUT', path: '/config', body, headers: { 'If-Match': `"${version}"` } }, configView),
    history: () => ask({ method: 'GET', path: '/config/history' }, configHistory),
  };
}
