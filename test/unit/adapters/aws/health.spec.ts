import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { awsChecks } from '../../../../lib/adapters/aws/health';
import { createVirtualTime } from '../../../../lib/adapters/memory/virtual-time';
import { createCheckup } from '../../../../lib/core/health/health';

const NOW = 1_700_000_000_000;
const region = 'eu-central-1';
const [dynamo, s3, sqs, sfn, eventBridge] = [
  DynamoDBDocumentClient.from(new DynamoDBClient({ region })),
  new S3Client({ region }),
  new SQSClient({ region }),
  new SFNClient({ region }),
  new EventBridgeClient({ region }),
];
const table = mockClient(dynamo);
const others = [mockClient(s3), mockClient(sqs), mockClient(sfn), mockClient(eventBridge)] as const;
const [bucket, queue, machines, bus] = others;

beforeEach(() => {
  for (const each of [table, ...others]) each.reset();
  table.on(GetCommand, { TableName: 't' }).resolves({ Item: { lastAt: NOW - 10_000 } });
  bucket.on(HeadBucketCommand, { Bucket: 'b' }).resolves({});
  queue.on(GetQueueAttributesCommand, { QueueUrl: 'q' }).resolves({});
  machines.on(DescribeStateMachineCommand, { stateMachineArn: 'm' }).resolves({});
  bus.on(DescribeEventBusCommand, { Name: 'e' }).resolves({});
});

async function look() {
  const time = createVirtualTime(NOW);
  const checks = awsChecks({
    ...{ dynamo, s3, sqs, sfn, eventBridge, clock: time.now },
    ...{ tableName: 't', bucketName: 'b', queueUrl: 'q', machineArn: 'm', busName: 'e' },
  });
  const health = await createCheckup({ checks, clock: time.now, setTimer: time.setTimer })();
  const statuses = health.checks.map(({ component, status }) => [component, status]);
  return { status: health.status, statuses: Object.fromEntries(statuses) as Record<string, string> };
}

const away = new Error('AccessDenied');

describe('the services of AWS', () => {
  it('are well where each answers', async () => {
    expect(await look()).toEqual({
      status: 'pass',
      statuses: {
        ...{
          dynamodb: 'pass',
          sqs: 'pass',
          s3: 'pass',
          stepfunctions: 'pass',
          eventbridge: 'pass',
          sweeper: 'pass',
        },
      },
    });
  });

  it.each([
    ['dynamodb', () => table.on(GetCommand).rejects(away)],
    ['sqs', () => queue.on(GetQueueAttributesCommand).rejects(away)],
    ['s3', () => bucket.on(HeadBucketCommand).rejects(away)],
  ])('fail where %s is down, without which nothing is decided', async (name, breakIt) => {
    breakIt();
    const { status, statuses } = await look();
    expect([status, statuses[name]]).toEqual(['fail', 'fail']);
  });

  it.each([
    ['stepfunctions', () => machines.on(DescribeStateMachineCommand).rejects(away)],
    ['eventbridge', () => bus.on(DescribeEventBusCommand).rejects(away)],
    ['sweeper', () => table.on(GetCommand).resolves({ Item: { lastAt: NOW - 61_000 } })],
  ])('warn where %s is down, which is made good later', async (name, breakIt) => {
    breakIt();
    const { status, statuses } = await look();
    expect([status, statuses[name]]).toEqual(['warn', 'warn']);
  });

  it('are well where the sweeper has not run yet', async () => {
    table.on(GetCommand).resolves({});
    expect((await look()).status).toBe('pass');
  });
});
