import { Duration } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  type CfnRestApi,
  EndpointType,
  type IAuthorizer,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { placeOf, type Route } from '../api/route';
import { cloudFeatures } from '../config/local-limits';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';
import { ALARM_PERIOD, type Alarms } from './alarm-topic';
import { shapeGatewayErrors } from './api-errors';
import { percentOf } from './engine-metrics';
import { removal } from './removal';

export interface EngineApiProps {
  readonly environment: EnvironmentConfig;
  /** Makes the function that says who calls; new versions of it are taken back by these alarms. */
  readonly authorizer: (rollbackAlarms: readonly IAlarm[]) => IFunction;
  readonly alarms: Alarms;
}

/** The gateway may call a function for all its routes: a permission for each would be a sixth of what a template may hold. */
const INTEGRATION = { scopePermissionToMethod: false };

/** The REST API: every route behind the authorizer but those that are open, throttled, traced and logged. No CORS: no page calls it. */
export class EngineApi extends Construct {
  readonly api: RestApi;
  /** They take new versions of the functions that serve it back. */
  readonly rollbackAlarms: readonly IAlarm[];
  readonly authorizer: IFunction;
  readonly #authorizer: IAuthorizer;

  constructor(scope: Construct, id: string, { environment, authorizer, alarms }: EngineApiProps) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: environment.logRetentionDays,
      removalPolicy: removal(environment.dataRetained),
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: `reprise-${environment.name}`,
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
    if (cloudFeatures(environment.name).tlsPolicies) requireTls(this.api);
    const failing = alarms.raise(this, 'ServerErrors', {
      metric: this.api.metricServerError({ period: ALARM_PERIOD }),
      above: 0,
      periods: 3,
      description: 'Calls of the API fail on our side in each of three minutes.',
      runbook: 'apiErrors',
    });
    this.rollbackAlarms = failing ? [failing] : [];
    this.authorizer = authorizer(this.rollbackAlarms);
    this.#authorizer = new RequestAuthorizer(this, 'Authorizer', {
      handler: this.authorizer,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: Duration.minutes(1),
    });
    shapeGatewayErrors(this.api);
    acceptFindings(this.api);
    raisePromises(this, this.api, alarms);
  }

  /** @param takesAll whether it is asked by whatever method its path has no other route for. */
  route({ name, open }: Pick<Route, 'name' | 'open'>, fn: IFunction, takesAll: boolean): void {
    const { method, path } = placeOf(name);
    const behind = { authorizer: this.#authorizer, authorizationType: AuthorizationType.CUSTOM };
    const added = this.api.root
      .resourceForPath(path)
      .addMethod(takesAll ? 'ANY' : method, new LambdaIntegration(fn, INTEGRATION), {
        ...(open ? { authorizationType: AuthorizationType.NONE } : behind),
      });
    if (!open) return;
    acknowledge(
      added,
      ['APIG4', 'COG4'],
      'It says how to come to a token: whoever asks has none yet. Nothing in its answer is secret.',
    );
  }
}

/** TLS 1.2 at least, and no key of which opens what was said before. */
function requireTls(api: RestApi): void {
  const resource = api.node.defaultChild as CfnRestApi;
  resource.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
  resource.endpointAccessMode = 'BASIC';
}

/** What the API promises: 99.5 % of calls are served, and 95 % within 200 ms. */
function raisePromises(scope: Construct, api: RestApi, alarms: Alarms): void {
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

function acceptFindings(api: RestApi): void {
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
