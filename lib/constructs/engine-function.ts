import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';
import type { LambdaCode } from './lambda-code';

/** What every function of a deployment shares. */
export interface FunctionSetting {
  readonly environment: EnvironmentConfig;
  readonly code: LambdaCode;
  /** Names and addresses of what the deployment consists of; see function-variables.ts. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface EngineFunctionProps extends FunctionSetting {
  readonly name: string;
  /** Where it takes longer than what all functions get. */
  readonly timeoutSeconds?: number;
  /** Where invocations that nobody waits for end when they keep failing. */
  readonly dlq?: IQueue;
}

/** One function of the engine. It may do nothing until something is granted to it. */
export class EngineFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: EngineFunctionProps) {
    super(scope, id);
    const { environment, name } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: environment.logRetentionDays,
      removalPolicy: environment.dataRetained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.ARM_64,
      code: props.code(name),
      handler: 'index.handler',
      memorySize: environment.functions.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds ?? environment.functions.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      logGroup,
      // Start, end and report of every invocation are more than all that the functions say; metrics and traces have them.
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
      applicationLogLevelV2: ApplicationLogLevel[environment.logLevel],
      ...(props.dlq === undefined ? {} : { deadLetterQueue: props.dlq }),
      environment: {
        ...props.variables,
        POWERTOOLS_SERVICE_NAME: name,
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
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
