import { Aws } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { placeOf, type Route } from '../api/route';

/** A route and the function that answers it. */
export interface RoutedFunction {
  readonly route: Pick<Route, 'name' | 'open'>;
  readonly serving: IFunction;
}

/** How long the gateway goes by what the authorizer said of a token, in seconds. */
const AUTHORIZED_SECONDS = 60;

const BEHIND = 'authorizer';

/** Paths of a definition: every route handed to its function whole, and behind the authorizer but where it is open. */
export function pathsOf(routed: readonly RoutedFunction[]): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { route, serving } of routed) {
    const { method, path } = placeOf(route.name);
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        security: route.open ? [] : [{ [BEHIND]: [] }],
        responses: {},
        'x-amazon-apigateway-integration': {
          ...{ type: 'aws_proxy', httpMethod: 'POST', uri: invocationOf(serving) },
        },
      },
    };
  }
  return paths;
}

/** The authorizer of a definition: it reads the header `Authorization`, and who brings none is not let in. */
export function authorizerOf(authorizer: IFunction): Record<string, unknown> {
  return {
    [BEHIND]: {
      ...{ type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'custom' },
      'x-amazon-apigateway-authorizer': {
        type: 'request',
        identitySource: 'method.request.header.Authorization',
        authorizerUri: invocationOf(authorizer),
        authorizerResultTtlInSeconds: AUTHORIZED_SECONDS,
      },
    },
  };
}

function invocationOf({ functionArn }: IFunction): string {
  const path = `path/2015-03-31/functions/${functionArn}/invocations`;
  return `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:${path}`;
}
