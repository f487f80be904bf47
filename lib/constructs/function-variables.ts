import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { cloudFeatures } from '../config/local-limits';
import type { EnvironmentConfig } from '../config/schema';
import { present } from '../core/model/present';
import { metricNamespace } from './engine-metrics';
import type { EngineQueues } from './engine-queues';
import type { EngineTriggers } from './engine-triggers';
import type { PoolIssuer } from './sign-in-pool';
import type { WorkerSocket } from './worker-socket';

/** What the functions find by name. */
export interface EngineParts {
  readonly table: Table;
  readonly bucket: Bucket;
  readonly secret: Secret;
  readonly queues: EngineQueues;
  readonly bus: EventBus;
  readonly triggers: EngineTriggers;
  readonly socket: WorkerSocket;
  /** A user pool of the deployment's own, where it has one. */
  readonly issuer: PoolIssuer | undefined;
  readonly graphRunnerArn: string;
  /** A graph's state machine is this and the first 40 hex digits of the graph's hash. */
  readonly machineArnPrefix: string;
  /** What every state machine runs as and logs to. */
  readonly machineRole: IRole;
  readonly machineLog: ILogGroup;
}

/**
 * What every function is given; lambdas/runtime/env.ts reads it. All variables of a function are 4 KiB at most, so what
 * one function alone reads is given to that one.
 */
export function functionVariables(
  scope: Construct,
  environment: EnvironmentConfig,
  parts: EngineParts,
): Record<string, string> {
  const { queues } = parts;
  return {
    TABLE_NAME: parts.table.tableName,
    BUCKET_NAME: parts.bucket.bucketName,
    JOBS_QUEUE_URL: queues.jobs.queue.queueUrl,
    // The others by their names, beside that one.
    POOLS_QUEUE_URL: queues.pools.queue.queueName,
    DEPENDENCIES_QUEUE_URL: queues.dependencies.queue.queueName,
    LETTERS_QUEUE_URL: queues.letters.queue.queueName,
    TARGETS_QUEUE_URL: queues.targets.queue.queueName,
    DELIVERIES_QUEUE_URL: queues.deliveries.queue.queueName,
    REDRIVE_QUEUE_URL: queues.redrive.queue.queueName,
    DISPATCH_QUEUE_URL: queues.dispatch.queue.queueName,
    TIMERS_QUEUE_URL: queues.timers.queue.queueName,
    EFFECTS_QUEUE_URL: queues.effects.queue.queueName,
    GRAPHS_QUEUE_URL: queues.graphs.queue.queueName,
    TRIGGERS_QUEUE_URL: queues.triggers.queue.queueName,
    TIMERS_QUEUE_ARN: queues.timers.queue.queueArn,
    TIMERS_DLQ_ARN: queues.timers.dlq.queueArn,
    TRIGGERS_QUEUE_ARN: queues.triggers.queue.queueArn,
    TRIGGERS_DLQ_ARN: queues.triggers.dlq.queueArn,
    SCHEDULE_GROUP: parts.triggers.scheduleGroup,
    SCHEDULER_ROLE_ARN: parts.triggers.schedulerRole.roleArn,
    EVENT_BUS_NAME: parts.bus.eventBusName,
    GRAPH_RUNNER_ARN: parts.graphRunnerArn,
    MACHINE_ARN_PREFIX: parts.machineArnPrefix,
    MACHINE_ROLE_ARN: parts.machineRole.roleArn,
    MACHINE_LOG_ARN: parts.machineLog.logGroupArn,
    MACHINE_VERSIONS: cloudFeatures(environment.name).machineVersions ? 'on' : 'off',
    MACHINE_FORM: environment.machines.form,
    MACHINE_BUDGET: String(environment.machines.form === 'compact' ? 0 : environment.machines.budget),
    SOCKET_URL: parts.socket.url,
    SECRET_ARN: parts.secret.secretArn,
    POOL_NAMES: environment.pools.join(','),
    MAX_WAITING_JOBS: String(environment.queue.maxWaitingJobs),
    HTTP_CIDRS: environment.workers.httpCidrs.join(','),
    RETRY_LIMITS: JSON.stringify(environment.retries.limits),
    RETRY_EXPLORE: String(environment.retries.explore),
    DEPENDENCY_POLICIES: JSON.stringify(environment.dependencies),
    ESCALATION: JSON.stringify(environment.recovery.escalation),
    QUOTAS: JSON.stringify(environment.quotas),
    ...authVariables(scope, environment.auth, parts.issuer),
    FAST_PATH: environment.fastPath ? 'on' : 'off',
    POWERTOOLS_METRICS_NAMESPACE: metricNamespace(environment.name),
    LOG_LEVEL: environment.logLevel,
  };
}

/** Parameters of SSM are read by the deployment, which fails at once where one is missing. */
function authVariables(
  scope: Construct,
  auth: EnvironmentConfig['auth'],
  pool: PoolIssuer | undefined,
): Record<string, string> {
  const { parameters, maxLifetimeSeconds, jwks, clientId } = auth;
  const setting = (key: 'issuer' | 'audience' | 'jwksUri') => {
    if (pool) return pool[key];
    return parameters === undefined
      ? auth[key]
      : StringParameter.valueForStringParameter(scope, `${parameters}/${key}`);
  };
  return present({
    AUTH_ISSUER: setting('issuer'),
    AUTH_AUDIENCE: setting('audience'),
    AUTH_JWKS_URI: setting('jwksUri'),
    AUTH_JWKS: jwks,
    AUTH_CLIENT_ID: pool?.clientId ?? clientId,
    AUTH_MAX_SECONDS: String(maxLifetimeSeconds),
  }) as Record<string, string>;
}

/** How tokens are read; the authorizer alone is given it. */
export function tokenRules(
  { claims, roles, requires }: EnvironmentConfig['auth'],
  pool: PoolIssuer | undefined,
): string {
  return JSON.stringify(pool?.rules ?? present({ claims, roles, requires }));
}
