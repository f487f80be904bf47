import { RepriseError } from '../core/errors';
import { placeOf, type Route } from './route';

/** The methods of routes by their paths, with those that every path has: HEAD where there is GET, and OPTIONS. */
export function methodsByPath(
  routes: readonly Pick<Route, 'name'>[],
): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, string[]>();
  for (const { method, path } of routes.map(({ name }) => placeOf(name))) {
    const known = paths.get(path) ?? ['OPTIONS'];
    paths.set(path, [...(method === 'GET' ? ['GET', 'HEAD'] : [method]), ...known]);
  }
  return paths;
}

/** The method of the route that answers: HEAD is GET without the body. */
export const methodOfRoute = (method: string): string => (method === 'HEAD' ? 'GET' : method);

export function routeNotFound(method: string, path: string): RepriseError {
  return new RepriseError('ROUTE_NOT_FOUND', `no ${method} ${path} in the API`);
}

/** @param allowed the methods that the path has. */
export function methodNotAllowed(method: string, path: string, allowed: readonly string[]): RepriseError {
  const message = `${path} has no ${method}, but ${allowed.join(', ')}`;
  return new RepriseError('METHOD_NOT_ALLOWED', message, { context: { allowed } });
}

/** Of the routes of a gateway, one for each path: its function answers HEAD, OPTIONS and what the path does not have, too. */
export function takersOfAll(routes: readonly Pick<Route, 'name'>[]): ReadonlySet<string> {
  const takers = new Map<string, string>();
  for (const { name } of routes) {
    const { method, path } = placeOf(name);
    if (method === 'GET' || !takers.has(path)) takers.set(path, name);
  }
  return new Set(takers.values());
}
