import { Stack } from 'aws-cdk-lib';
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketRoute,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { cloudFeatures } from '../config/local-limits';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge, acknowledgeWildcards } from './acknowledge';
import { removal } from './removal';

const STAGE = 'v1';

/** The WebSocket API that workers which pull connect to; what serves it is `WorkerSocketRoutes`. */
export class WorkerSocket extends Construct {
  readonly api: WebSocketApi;

  constructor(scope: Construct, id: string, environment: EnvironmentConfig) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', {
      apiName: `reprise-${environment.name}-workers`,
      routeSelectionExpression: '$request.body.type',
    });
  }

  /** `wss://...`, with the stage. */
  get url(): string {
    return `${this.api.apiEndpoint}/${STAGE}`;
  }

  /** Lets a function send over connections; it can neither close them nor look at them. */
  grantSend(fn: LambdaFunction): void {
    const arn = Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.api.apiId,
      resourceName: `${STAGE}/POST/@connections/*`,
    });
    fn.addToRolePolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources: [arn] }));
    acknowledgeWildcards(
      fn,
      [arn],
      'The gateway names connections as they open: the stage is the narrowest name.',
    );
  }
}

export interface WorkerSocketRoutesProps {
  readonly environment: EnvironmentConfig;
  readonly socket: WorkerSocket;
  readonly authorizer: IFunction;
  readonly handler: IFunction;
  /** What has to be there before the gateway may log: a setting of the account. */
  readonly after: IDependable;
}

/** One line for what opens, closes or fails: a heartbeat is logged as well, and most lines are heartbeats. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    route: AccessLogField.contextRouteKey(),
    status: AccessLogField.contextStatus(),
    connection: AccessLogField.contextConnectionId(),
  }),
);

/** Opening a connection is behind the authorizer, which answers for all that comes over it. Unknown messages go nowhere. */
export class WorkerSocketRoutes extends Construct {
  constructor(scope: Construct, id: string, props: WorkerSocketRoutesProps) {
    super(scope, id);
    const { environment, handler } = props;
    // By its id: what is made for the API itself would be made in its stack, which knows nothing of these functions.
    const webSocketApi = WebSocketApi.fromWebSocketApiAttributes(this, 'Api', {
      webSocketId: props.socket.api.apiId,
    });
    const authorizer = new WebSocketLambdaAuthorizer('SocketAuthorizer', props.authorizer, {
      identitySource: ['route.request.header.Authorization'],
    });
    const routes = ['$connect', '$disconnect', 'heartbeat', 'answer'].map((routeKey) => {
      const isAnswered = routeKey === 'heartbeat' && cloudFeatures(environment.name).socketResponses;
      return new WebSocketRoute(this, routeKey.replace('$', ''), {
        ...{ webSocketApi, routeKey, returnResponse: isAnswered },
        integration: new WebSocketLambdaIntegration('Integration', handler),
        ...(routeKey === '$connect' ? { authorizer } : {}),
      });
    });
    for (const route of routes.slice(1)) {
      acknowledge(
        route,
        ['APIG4'],
        'WebSocket APIs authorise when a connection opens, and cannot do so for what comes over it.',
      );
    }
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: environment.logRetentionDays,
      removalPolicy: removal(environment.dataRetained),
    });
    const stage = new WebSocketStage(this, 'Stage', {
      webSocketApi,
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit: environment.api.ratePerSecond, burstLimit: environment.api.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: ACCESS_LOG },
    });
    // A stage that is there before its routes has nothing to deploy.
    stage.node.addDependency(...routes, props.after);
  }
}
