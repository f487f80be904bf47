import type { DependencySummary, DependencyView, ForceDependencyRequest } from '../../contract/dependencies';
import { type ClientOptions, createClientCaller } from './api-caller';
import { everyItem } from './every-item';

/** The part of the REST API that shows and holds the breakers of dependencies. */
export interface DependencyClient {
  readonly list: () => Promise<readonly DependencySummary[]>;
  readonly get: (name: string) => Promise<DependencyView>;
  readonly force: (name: string, how: ForceDependencyRequest) => Promise<DependencyView>;
  readonly reset: (name: string, why: { readonly reason?: string }) => Promise<DependencyView>;
}

export function createDependencyClient(options: ClientOptions): DependencyClient {
  const ask = createClientCaller(options);
  return {
    list: () => everyItem(ask, 'listDependencies', {}, ({ dependencies }) => dependencies),
    get: (name) => ask('getDependency', { path: { name } }),
    force: (name, how) => ask('forceDependency', { path: { name }, body: how }),
    reset: (name, why) => ask('resetDependency', { path: { name }, body: why }),
  };
}
