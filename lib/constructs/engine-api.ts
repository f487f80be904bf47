import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiDefinition,
  type CfnRestApi,
  EndpointType,
  LogGroupLogDestination,
  MethodLoggingLevel,
  SecurityPolicy,
  SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { cloudFeatures } from '../config/local-limits';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';
import { ALARM_PERIOD, type Alarms } from './alarm-topic';
import { authorizerOf, pathsOf, type RoutedFunction } from './api-definition';
import { addGatewayResponses, gatewayResponsesInDefinition } from './api-errors';
import { percentOf } from './engine-metrics';
import { removal } from './removal';

export interface EngineApiProps {
  readonly environment: EnvironmentConfig;
  /** Makes the function that says who calls; new versions of it are taken back by these alarms. */
  readonly authorizer: (rollbackAlarms: readonly IAlarm[]) => IFunction;
  readonly alarms: Alarms;
}

const GATEWAY = new ServicePrincipal('apigateway.amazonaws.com');

/**
 * The REST API: every route behind the authorizer but those that are open, throttled, traced and logged. No CORS: no page calls it.
 * It is one definition: a resource for each path, method and error would be two fifths of what a template may hold.
 */
export class EngineApi extends Construct {
  readonly api: SpecRestApi;
  /** They take new versions of the functions that serve it back. */
  readonly rollbackAlarms: readonly IAlarm[];
  readonly authorizer: IFunction;
  readonly #routed: RoutedFunction[] = [];

  constructor(scope: Construct, id: string, { environment, authorizer, alarms }: EngineApiProps) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: environment.logRetentionDays,
      removalPolicy: removal(environment.dataRetained),
    });
    const features = cloudFeatures(environment.name);
    const name = `reprise-${environment.name}`;
    this.api = new SpecRestApi(this, 'Api', {
      restApiName: name,
      apiDefinition: ApiDefinition.fromInline({
        openapi: '3.0.1',
        // The gateway takes the title for the name, of which its metrics are.
        info: { title: name, version: 'v1' },
        paths: Lazy.any({ produce: () => pathsOf(this.#routed, features.anyMethodInDefinition) }),
        components: { securitySchemes: Lazy.any({ produce: () => authorizerOf(this.authorizer) }) },
        ...(features.gatewayResponsesInDefinition ? gatewayResponsesInDefinition() : {}),
      }),
      endpointTypes: [EndpointType.REGIONAL],
      // The role that lets the gateway log is a setting of the account: with the first of its environments.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: removal(true),
      deployOptions: {
        stageName: 'v1',
        tracingEnabled: true,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: AccessLogFormat.jsonWithStandardFields(),
        throttlingRateLimit: environment.api.ratePerSecond,
        throttlingBurstLimit: environment.api.burst,
      },
    });
    if (features.tlsPolicies) requireTls(this.api);
    if (!features.gatewayResponsesInDefinition) addGatewayResponses(this.api);
    const failing = alarms.raise(this, 'ServerErrors', {
      metric: this.api.metricServerError({ period: ALARM_PERIOD }),
      above: 0,
      periods: 3,
      description: 'Calls of the API fail on our side in each of three minutes.',
      runbook: 'apiErrors',
    });
    this.rollbackAlarms = failing ? [failing] : [];
    this.authorizer = authorizer(this.rollbackAlarms);
    const { restApiId: resource } = this.api;
    this.authorizer.addPermission('Authorizer', {
      principal: GATEWAY,
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource,
        resourceName: 'authorizers/*',
      }),
    });
    acceptFindings(this.api);
    raisePromises(this, this.api, alarms);
  }

  /** The function answers the routes: the gateway may call it, for whatever route. */
  serve(routes: readonly RoutedFunction['route'][], serving: IFunction): void {
    this.#routed.push(...routes.map((route) => ({ route, serving })));
    serving.addPermission('Api', { principal: GATEWAY, sourceArn: this.api.arnForExecuteApi() });
  }
}

/** TLS 1.2 at least, and no key of which opens what was said before. */
function requireTls(api: SpecRestApi): void {
  const resource = api.node.defaultChild as CfnRestApi;
  resource.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
  resource.endpointAccessMode = 'BASIC';
}

/** What the API promises: 99.5 % of calls are served, and 95 % within 200 ms. */
function raisePromises(scope: Construct, api: SpecRestApi, alarms: Alarms): void {
  const period = Duration.minutes(15);
  const whole = api.metricCount({ period, statistic: 'Sum' });
  const failed = api.metricServerError({ period, statistic: 'Sum' });
  alarms.raise(scope, 'Availability', {
    metric: percentOf(failed, [whole], { atLeast: 20, period, label: 'calls that fail, %' }),
    above: 0.5,
    description: 'More than 0.5 % of the calls of a quarter of an hour failed on our side.',
    runbook: 'availability',
    isOutage: true,
  });
  alarms.raise(scope, 'Latency', {
    metric: api.metricLatency({ period: Duration.minutes(5), statistic: 'p95' }),
    above: 200,
    periods: 3,
    // A function that starts is slower: of a handful of calls that is one in twenty.
    ignoresFewSamples: true,
    description: 'One call of the API in twenty takes longer than 200 ms.',
    runbook: 'apiSlow',
  });
}

function acceptFindings(api: SpecRestApi): void {
  acknowledge(
    api,
    ['APIG2'],
    'The functions validate with the schema of the contract and name every problem with its path; a second schema at the gateway would answer first, in less detail, and drift from it.',
  );
  acknowledge(
    api,
    ['APIG3'],
    'Every route is behind the authorizer and throttled. Which web ACL stands before it is decided by the account it lives in; StageArn is an output for that.',
  );
  acknowledge(
    api,
    ['COG4'],
    'Callers are authorised by the issuer of the organisation, or by a pool of the deployment’s own, whose tokens the REQUEST authorizer verifies: both alike, with tenants, roles and the longest life of a token.',
  );
  acknowledge(
    api,
    ['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]'],
    'The policy AWS keeps for the one setting that lets the gateway write its logs.',
  );
}
