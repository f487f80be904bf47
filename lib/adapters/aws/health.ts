import { DescribeEventBusCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Check, Sight } from '../../core/health/health';
import type { Clock } from '../../core/model/time';
import { SWEEPS_KEY } from './table/keys';

export interface AwsHealthDeps {
  readonly dynamo: DynamoDBDocumentClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly sfn: SFNClient;
  readonly eventBridge: EventBridgeClient;
  readonly clock: Clock;
  /** What is looked at of each. */
  readonly tableName: string;
  readonly bucketName: string;
  readonly queueUrl: string;
  readonly machineArn: string;
  readonly busName: string;
}

/** Six sweeps that did not happen: workers that are lost now are found late. */
const SWEEP_AGE_SECONDS = 60;

/**
 * The services of AWS, each by its cheapest call. Without the table, the queues or the bucket nothing can be decided; what is
 * said to Step Functions and EventBridge waits in the outbox until they are back.
 */
export function awsChecks(deps: AwsHealthDeps): readonly Check[] {
  const { dynamo, s3, sqs, sfn, eventBridge, clock } = deps;
  const readSweeps = () =>
    dynamo.send(new GetCommand({ TableName: deps.tableName, Key: SWEEPS_KEY, ConsistentRead: true }));
  const answers = (component: string, isVital: boolean, call: () => Promise<unknown>): Check => ({
    ...{ component, measurement: 'responseTime', type: 'datastore', isVital },
    look: async () => {
      await call();
      return {};
    },
  });
  return [
    answers('dynamodb', true, readSweeps),
    answers('sqs', true, () =>
      sqs.send(new GetQueueAttributesCommand({ QueueUrl: deps.queueUrl, AttributeNames: ['QueueArn'] })),
    ),
    answers('s3', true, () => s3.send(new HeadBucketCommand({ Bucket: deps.bucketName }))),
    answers('stepfunctions', false, () =>
      sfn.send(new DescribeStateMachineCommand({ stateMachineArn: deps.machineArn })),
    ),
    answers('eventbridge', false, () =>
      eventBridge.send(new DescribeEventBusCommand({ Name: deps.busName })),
    ),
    {
      ...{ component: 'sweeper', measurement: 'age', type: 'component', isVital: false },
      look: async () => sightOfSweeps((await readSweeps()).Item?.['lastAt'], clock()),
    },
  ];
}

/** A deployment that has just begun has not swept yet. */
function sightOfSweeps(lastAt: unknown, now: number): Sight {
  if (typeof lastAt !== 'number') return { observed: { value: 0, unit: 's' }, output: 'it has not run yet' };
  const age = Math.max(0, now - lastAt) / 1_000;
  const observed = { value: age, unit: 's' };
  if (age <= SWEEP_AGE_SECONDS) return { observed };
  return { status: 'warn', observed, output: 'lost workers and expired leases are not looked for' };
}
