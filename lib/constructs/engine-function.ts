import { Duration } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { present } from '../core/model/present';
import { acknowledge } from './acknowledge';
import type { Alarms } from './alarm-topic';
import { raiseFunctionAlarms } from './engine-alarms';
import { deployedGradually } from './gradual-deployment';
import { InlineRole } from './inline-role';
import type { LambdaCode } from './lambda-code';
import { removal } from './removal';

/** What every function of a deployment shares. */
export interface FunctionSetting {
  readonly environment: EnvironmentConfig;
  readonly code: LambdaCode;
  /** Names and addresses of what the deployment consists of; see function-variables.ts. */
  readonly variables: Readonly<Record<string, string>>;
  readonly alarms: Alarms;
}

export interface EngineFunctionProps extends FunctionSetting {
  readonly name: string;
  /** Where it takes longer than what all functions get. */
  readonly timeoutSeconds?: number;
  /** Its messages may lead back to it: Lambda is not to cut the chain after 16 invocations. */
  readonly isInLoop?: boolean;
  /** What takes a new version of it back, beside its own alarms. */
  readonly rollbackAlarms?: readonly IAlarm[];
  /** X-Ray takes samples of its calls, of the first of each second in any case. Default: it does. */
  readonly isTraced?: boolean;
  /** It calls workers, or resolves their names: where the environment names a network, it is there. */
  readonly reachesWorkers?: boolean;
}

type Network = NonNullable<EnvironmentConfig['vpc']>;

/** One function of the engine. It may do nothing until something is granted to it. */
export class EngineFunction extends Construct {
  /** What is granted to it, and what is measured of it, is of all its versions. */
  readonly function: LambdaFunction;
  /** What calls, feeds or clocks it: the version that is deployed. */
  readonly live: IFunction;

  constructor(scope: Construct, id: string, props: EngineFunctionProps) {
    super(scope, id);
    const { environment, name } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: environment.logRetentionDays,
      removalPolicy: removal(environment.dataRetained),
    });
    const role = new InlineRole(this, 'FunctionServiceRole', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
    });
    this.function = new LambdaFunction(this, 'Function', {
      role,
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.ARM_64,
      code: props.code(name),
      handler: 'index.handler',
      memorySize: environment.functions.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds ?? environment.functions.timeoutSeconds),
      tracing: props.isTraced === false ? Tracing.DISABLED : Tracing.ACTIVE,
      logGroup,
      // Start, end and report of every invocation are more than all that the functions say; metrics and traces have them.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel[environment.logLevel],
      ...(props.isInLoop ? { recursiveLoop: RecursiveLoop.ALLOW } : {}),
      ...present({ reservedConcurrentExecutions: reservedFor(environment, name) }),
      environment: {
        ...props.variables,
        POWERTOOLS_SERVICE_NAME: name,
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
    const raised = raiseFunctionAlarms(this.function, props.alarms, name);
    const alarms = [...raised, ...(props.rollbackAlarms ?? [])];
    this.live = deployedGradually(this, { environment, function: this.function, alarms });
    if (props.reachesWorkers && environment.vpc) joinNetwork(this.function, environment.vpc);
    acknowledge(
      this.function,
      ['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]'],
      'The managed policy lets the function write its own logs and nothing else.',
    );
    acknowledge(
      this.function,
      ['IAM5[Resource::*]'],
      'X-Ray has no resources to name: xray:PutTraceSegments and PutTelemetryRecords take only *.',
    );
    acknowledge(
      this.function,
      ['L1'],
      'Node.js 22 is a supported long-term release and the one the bundles are tested on.',
    );
  }
}

/** What is kept for a function of the account's concurrency, and the most that it gets. */
function reservedFor({ concurrency }: EnvironmentConfig, name: string): number | undefined {
  return (concurrency.reserved as Readonly<Record<string, number | undefined>>)[name];
}

/**
 * Into subnets that exist. They have to lead to the services of AWS that the function uses, by a NAT gateway or by
 * endpoints; to workers, the security groups.
 */
function joinNetwork(fn: LambdaFunction, { subnetIds, securityGroupIds }: Network): void {
  (fn.node.defaultChild as CfnFunction).vpcConfig = {
    subnetIds: [...subnetIds],
    securityGroupIds: [...securityGroupIds],
  };
  fn.role?.addManagedPolicy(
    ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole'),
  );
  acknowledge(
    fn,
    ['IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole]'],
    'The managed policy lets Lambda make the network interfaces of the function, for which there are no resources to name.',
  );
}
