import {
  type DependencySummary,
  type DependencyView,
  dependencyView,
  type ForceDependencyRequest,
  listDependenciesResponse,
} from '../../contract/dependencies';
import { type ClientOptions, createClientCaller } from './api-caller';

/** The part of the REST API that shows and holds the breakers of dependencies. */
export interface DependencyClient {
  readonly list: () => Promise<readonly DependencySummary[]>;
  readonly get: (name: string) => Promise<DependencyView>;
  readonly force: (name: string, how: ForceDependencyRequest) => Promise<DependencyView>;
  readonly reset: (name: string, why: { readonly reason?: string }) => Promise<DependencyView>;
}

export function createDependencyClient(options: ClientOptions): DependencyClient {
  const ask = createClientCaller(options);
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
