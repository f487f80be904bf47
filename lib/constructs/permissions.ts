import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { EnvironmentConfig } from '../config/schema';
import { QUOTA_PREFIX } from '../core/access/quotas';
import { AUDIT_KIND } from '../core/audit/events';
import { machinePrefix } from '../core/dag/emit/machine-names';
import { ANSWER_PREFIX } from '../core/ports/answers';
import { acknowledgeWildcards } from './acknowledge';
import type { EngineParts } from './function-variables';
import { machineArn, statesArn } from './graph-machines';
import { GSI1 } from './jobs-table';

/** What a function may do with the state of the engine, spelled out: no scans, no administration. */
const TABLE_READS = ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query'].map(action('dynamodb'));
const TABLE_WRITES = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'].map(action('dynamodb'));

export function grantTable(fn: LambdaFunction, { table }: EngineParts, access: 'read' | 'write'): void {
  grantTableKey(fn, table);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: access === 'read' ? TABLE_READS : [...TABLE_READS, ...TABLE_WRITES],
      resources: [table.tableArn, `${table.tableArn}/index/${GSI1}`],
    }),
  );
}

/** Counts what owners take, and can change nothing else of the table. */
export function grantCounts(fn: LambdaFunction, { table }: EngineParts): void {
  grantTableKey(fn, table);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:UpdateItem'],
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${QUOTA_PREFIX}*`] } },
    }),
  );
}

/** Records what it was asked for, and can change nothing else of the table. */
export function grantAudit(fn: LambdaFunction, { table }: Pick<EngineParts, 'table'>): void {
  grantTableKey(fn, table);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['GetItem', 'Query', 'PutItem'].map(action('dynamodb')),
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${AUDIT_KIND}/*`] } },
    }),
  );
}

/** Keeps the answers to calls with an `Idempotency-Key`, and can change nothing else of the table. */
export function grantAnswers(fn: LambdaFunction, { table }: Pick<EngineParts, 'table'>): void {
  grantTableKey(fn, table);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['PutItem', 'DeleteItem'].map(action('dynamodb')),
      resources: [table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${ANSWER_PREFIX}*`] } },
    }),
  );
}

/** A key of your own lets in whom its policy and this let in; keys of AWS need no grant. */
function grantTableKey(fn: LambdaFunction, { encryptionKey }: EngineParts['table']): void {
  if (encryptionKey === undefined) return;
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      resources: [encryptionKey.keyArn],
      conditions: { StringLike: { 'kms:ViaService': 'dynamodb.*.amazonaws.com' } },
    }),
  );
}

export function grantBucket(fn: LambdaFunction, { bucket }: EngineParts, access: 'read' | 'write'): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: access === 'read' ? ['s3:GetObject'] : ['s3:GetObject', 's3:PutObject'],
      resources: [bucket.arnForObjects('*')],
    }),
  );
  // Without it a missing object is answered with 403, which looks like a fault and not like an absence.
  fn.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  acknowledgeWildcards(
    fn,
    // The stack of the bucket exports its ARN; the finding names the export.
    [`${bucket.stack.exportValue(bucket.bucketArn)}/*`],
    'Objects are named by the hash of a graph or the id of a job, unknown before: the bucket is the narrowest name.',
  );
}

/** Deletes snapshots, of streams that are archived. */
export function grantDeleteSnapshots(fn: LambdaFunction, { bucket }: EngineParts): void {
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['s3:DeleteObject'],
      resources: [bucket.arnForObjects('snapshots/*')],
    }),
  );
  acknowledgeWildcards(
    fn,
    [`${bucket.stack.exportValue(bucket.bucketArn)}/snapshots/*`],
    'Snapshots are named by their streams, unknown before: their folder is the narrowest name.',
  );
}

/** Starts and stops the executions of this environment's machines and answers their tasks. */
export function grantWorkflow(fn: LambdaFunction, environment: EnvironmentConfig): void {
  const machines = machineArn(fn, `${machinePrefix(environment.name)}*`);
  const executions = statesArn(fn, 'execution', `${machinePrefix(environment.name)}*`);
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: [
        ...['StartExecution', 'SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat'],
        // Whether a graph has a machine of its own.
        'DescribeStateMachine',
      ].map(action('states')),
      resources: [machines],
    }),
  );
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [executions],
    }),
  );
  acknowledgeWildcards(
    fn,
    [machines, executions],
    'Machines are named by the hash of their graph, unknown before: the prefix of this environment is the narrowest name.',
  );
}

/** Decides inputs of triggers and performs what follows; jobs it only asks for. */
export function grantTriggers(fn: LambdaFunction, parts: EngineParts): void {
  grantTable(fn, parts, 'write');
  grantBucket(fn, parts, 'write');
  const { jobs, triggers } = parts.queues;
  for (const { queue } of [jobs, triggers]) queue.grantSendMessages(fn);
  parts.bus.grantPutEventsTo(fn);
  parts.triggers.grantArm(fn);
}

/** Decides inputs of dependencies and performs what follows: pools are told, and what is open has a timer. */
export function grantDependencies(fn: LambdaFunction, parts: EngineParts): void {
  grantTable(fn, parts, 'write');
  grantBucket(fn, parts, 'write');
  parts.queues.pools.queue.grantSendMessages(fn);
  parts.bus.grantPutEventsTo(fn);
  grantTimers(fn, parts);
}

/** Decides inputs of letters and performs what follows: jobs are told, letters laid, and a rate is kept by a timer. */
export function grantLetters(fn: LambdaFunction, parts: EngineParts): void {
  grantTable(fn, parts, 'write');
  grantBucket(fn, parts, 'write');
  const { jobs, redrive } = parts.queues;
  for (const { queue } of [jobs, redrive]) queue.grantSendMessages(fn);
  parts.bus.grantPutEventsTo(fn);
  grantTimers(fn, parts);
}

/** Decides inputs of targets of notifications and performs what follows: deliveries, others that are told, and timers. */
export function grantTargets(fn: LambdaFunction, parts: EngineParts): void {
  grantTable(fn, parts, 'write');
  grantBucket(fn, parts, 'write');
  const { targets, deliveries } = parts.queues;
  for (const { queue } of [targets, deliveries]) queue.grantSendMessages(fn);
  grantTimers(fn, parts);
}

/** Sets timers: by the queue that delays, and by schedules past what it can. */
export function grantTimers(fn: LambdaFunction, { queues, triggers }: EngineParts): void {
  queues.timers.queue.grantSendMessages(fn);
  triggers.grantTimers(fn);
}

export function grantSecret(fn: IGrantable, { secret }: EngineParts): void {
  secret.grantRead(fn);
}

function action(service: string): (name: string) => string {
  return (name) => `${service}:${name}`;
}
