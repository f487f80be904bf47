import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Served } from '../../lib/api/route';
import { apiHandler, type Keeping } from './http';

/** One function for several routes, by method and path as the gateway knows them. */
export function routedHandler(routes: readonly Served[], keep: Keeping = {}) {
  const handlers = new Map(routes.map((served) => [served.route.name, apiHandler(served, keep)]));
  const handler = async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const name = `${event.httpMethod} ${event.resource}`;
    const handle = handlers.get(name);
    if (!handle) throw new Error(`no route ${name} in this function`);
    return handle(event, context);
  };
  return Object.assign(handler, { routes: [...handlers.keys()] });
}
