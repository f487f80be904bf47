import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { INDEX_NAME } from '../../lib/adapters/aws/table/keys';
import { ensureMiniStack } from '../../lib/localcloud/ministack';

/** The local cloud for tests of the AWS adapters: one of its own per spec file, on a free port, gone afterwards. */
export interface TestCloud {
  readonly endpoint: string;
  /** For every client of the SDK. */
  readonly config: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  readonly stop: () => Promise<void>;
}

/**
 * Starts a local cloud, or uses the one that `AWS_ENDPOINT_URL` names.
 * @throws RepriseError LOCAL_CLOUD when it cannot be installed or started.
 */
export async function startTestCloud(): Promise<TestCloud> {
  const stateDir = mkdtempSync(join(tmpdir(), 'reprise-cloud-'));
  const { endpoint, stop } = await ensureMiniStack({ root: resolve('.'), stateDir, port: await freePort() });
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return {
    endpoint,
    config,
    stop: async () => {
      await stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}

/** A table as lib/constructs/jobs-table.ts makes it. */
export async function createTable(
  cloud: TestCloud,
): Promise<{ client: DynamoDBDocumentClient; tableName: string }> {
  const tableName = `t-${randomUUID()}`;
  const base = new DynamoDBClient(cloud.config);
  await base.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: INDEX_NAME,
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  const client = DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } });
  return { client, tableName };
}

export async function createBucket(cloud: TestCloud): Promise<{ client: S3Client; bucket: string }> {
  const client = new S3Client({ ...cloud.config, forcePathStyle: true });
  const bucket = `b-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { client, bucket };
}

export async function createQueue(
  cloud: TestCloud,
  kind: 'standard' | 'fifo',
): Promise<{ client: SQSClient; url: string }> {
  const client = new SQSClient({ ...cloud.config, useQueueUrlAsEndpoint: false });
  const fifo = kind === 'fifo';
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({
      QueueName: `q-${randomUUID()}${fifo ? '.fifo' : ''}`,
      Attributes: fifo ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' } : {},
    }),
  );
  return { client, url: QueueUrl as string };
}
