import { Aws } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { takersOfAll } from '../api/methods';
import { placeOf, type Route } from '../api/route';

/** A route and the function that answers it. */
export interface RoutedFunction {
  readonly route: Pick<Route, 'name' | 'open'>;
  readonly serving: IFunction;
}

/** How long the gateway goes by what the authorizer said of a token, in seconds. */
const AUTHORIZED_SECONDS = 60;

const BEHIND = 'authorizer';

/** In a definition, every method that its path does not name. */
const ANY_METHOD = 'x-amazon-apigateway-any-method';
/** Those that some path has, for a cloud that does not know that word. */
const EACH_METHOD = ['get', 'head', 'post', 'put', 'delete', 'options'];

type Paths = Record<string, Record<string, unknown>>;

/**
 * Paths of a definition: every route handed to its function whole, and behind the authorizer but where it is open. What a path
 * has no route for goes to one of its functions, which answers HEAD and OPTIONS and says what the path has.
 */
export function pathsOf(routed: readonly RoutedFunction[], hasAnyMethod: boolean): Paths {
  const paths: Paths = {};
  for (const each of routed) {
    const { method, path } = placeOf(each.route.name);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(each) };
  }
  const takers = takersOfAll(routed.map(({ route }) => route));
  for (const each of routed.filter(({ route }) => takers.has(route.name))) {
    const { path } = placeOf(each.route.name);
    const others = hasAnyMethod ? [ANY_METHOD] : EACH_METHOD;
    const taken = Object.fromEntries(others.map((method) => [method, operationOf(each)]));
    paths[path] = { ...taken, ...paths[path] };
  }
  return paths;
}

function operationOf({ route, serving }: RoutedFunction): unknown {
  return {
    security: route.open ? [] : [{ [BEHIND]: [] }],
    responses: {},
    'x-amazon-apigateway-integration': {
      ...{ type: 'aws_proxy', httpMethod: 'POST', uri: invocationOf(serving) },
    },
  };
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
