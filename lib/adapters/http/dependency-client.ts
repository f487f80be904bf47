import {
  type DependencySummary,
  type DependencyView,
  dependencyView,
  type ForceDependencyRequest,
  listDependenciesResponse,
} from '../../contract/dependencies';
import { createApiCaller } from './api-caller';

export interface DependencyClientOptions {
  /** Address of the API, with the path of its stage when it has one. */
  readonly api: string;
  readonly token: string;
  /** How long to try again while nobody answers, milliseconds; not at all by default. */
  readonly retryForMs?: number;
  readonly fetch?: typeof fetch;
}

/** The part of the REST API that shows and holds the breakers of dependencies. */
export interface DependencyClient {
  readonly list: () => Promise<readonly DependencySummary[]>;
  readonly get: (name: string) => Promise<DependencyView>;
  readonly force: (name: string, how: ForceDependencyRequest) => Promise<DependencyView>;
  readonly reset: (name: string, why: { readonly reason?: string }) => Promise<DependencyView>;
}

const TIMEOUT_MS = 30_000;

export function createDependencyClient(options: DependencyClientOptions): DependencyClient {
  const { api, token, retryForMs = 0, fetch } = options;
  const ask = createApiCaller({ api, token, timeoutMs: TIMEOUT_MS, retry: { forMs: retryForMs }, fetch });
  const pathOf = (name: string) => `/dependencies/${encodeURIComponent(name)}`;
  const change = (name: string, how: string, body: object) =>
    ask({ method: 'POST', path: `${pathOf(name)}/${how}`, body }, dependencyView);
  return {
    list: async () =>
      (await ask({ method: 'GET', path: '/dependencies' }, listDependenciesResponse)).dependencies,
    get: (name) => ask({ method: 'GET', path: pathOf(name) }, dependencyView),
    force: (name, how) => change(name, 'force', how),
    reset: (name, why) => change(name, 'reset', why),
  };
}
