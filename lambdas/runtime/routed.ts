import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { methodNotAllowed, methodOfRoute, methodsByPath, routeNotFound } from '../../lib/api/methods';
import type { Served } from '../../lib/api/route';
import { routesByFunction } from '../../lib/api/routes';
import { apiHandler, type Keeping } from './http';
import { conversation } from './http-middleware';

/** What the paths of the gateway have, whichever functions serve them. */
const ALLOWED = methodsByPath([...routesByFunction().values()].flat());

/** One function for several routes, by method and path as the gateway knows them. */
export function routedHandler(routes: readonly Served[], keep: Keeping = {}) {
  const handlers = new Map(routes.map((served) => [served.route.name, apiHandler(served, keep)]));
  const handler = async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const { httpMethod: method, resource: path } = event;
    const known = isPath(event) ? handlers.get(`${methodOfRoute(method)} ${path}`) : undefined;
    const answer = await (known ?? withoutRoute(method, path))(event, context);
    return method === 'HEAD' ? { ...answer, body: '' } : answer;
  };
  return Object.assign(handler, { routes: [...handlers.keys()] });
}

/** The gateway takes a path with a slash behind it for the path, which has none. */
const isPath = ({ path }: APIGatewayProxyEvent): boolean => !path.endsWith('/');

/** What a path has no route for: OPTIONS, and methods that it does not take. */
function withoutRoute(method: string, resource: string) {
  const allowed = ALLOWED.get(resource);
  if (!allowed) throw new Error(`no route ${method} ${resource} in this function`);
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(conversation(`${method} ${resource}`))
    .handler(async (event) => {
      if (!isPath(event)) throw routeNotFound(method, event.path);
      if (method !== 'OPTIONS') throw methodNotAllowed(method, event.path, allowed);
      return { statusCode: 204, headers: { Allow: allowed.join(', ') }, body: '' };
    });
}
