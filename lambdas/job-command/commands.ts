import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { apiHandler } from '../shared/http';
import { cancelRoute, type JobCommandDeps, pauseRoute, priorityRoute, unpauseRoute } from './route';

/** The commands of a job, by the last part of the path: one function, as each is the same few lines. */
export function jobCommands(deps: JobCommandDeps) {
  const handlers = {
    cancel: apiHandler(cancelRoute(deps)),
    pause: apiHandler(pauseRoute(deps)),
    unpause: apiHandler(unpauseRoute(deps)),
    priority: apiHandler(priorityRoute(deps)),
  };
  return async (event: APIGatewayProxyEvent, context: Context): Promise<APIGatewayProxyResult> => {
    const command = event.path.split('/').at(-1) ?? '';
    if (!Object.hasOwn(handlers, command)) throw new Error(`no command of a job: ${event.path}`);
    return handlers[command as keyof typeof handlers](event, context);
  };
}
