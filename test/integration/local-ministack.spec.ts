import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, ListQueuesCommand } from '@aws-sdk/client-sqs';
import { localClients } from '../../lib/localcloud/clients';
import { runCommand } from '../../lib/localcloud/command';
import { ensureMiniStack, type MiniStack } from '../../lib/localcloud/ministack';
import { freePort } from '../../lib/localcloud/port';
import { ROOT } from './support/local-environment';

/** The project has no client of the streams of DynamoDB. */
const call = (service: string) => async (cloud: MiniStack, action: string, input: object) => {
  const response = await fetch(cloud.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${service}_20120810.${action}`,
      authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request',
    },
    body: JSON.stringify(input),
  });
  expect(response.status).toBe(200);
  // biome-ignore lint/suspicious/noExplicitAny: what AWS documents
  return (await response.json()) as any;
};
const dynamo = call('DynamoDB');
const streams = call('DynamoDBStreams');

/** What a script of `support` prints, run by the Python of MiniStack with the mend. */
async function said(script: string): Promise<string> {
  const python = join(ROOT, '.reprise', 'ministack', 'bin', 'python3');
  const env = {
    ...process.env,
    ...{ PYTHONPATH: join(ROOT, 'lib', 'localcloud', 'ministack-mend'), LOG_LEVEL: 'CRITICAL' },
  };
  const { status, output } = await runCommand(python, [join(__dirname, 'support', script)], { env });
  expect([status, output]).toEqual([0, expect.stringMatching(/^.+\n$/)]);
  return output.trim();
}

describe('ensureMiniStack', () => {
  let dir: string;
  let running: MiniStack[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'reprise-ministack-'));
  });
  afterEach(async () => {
    await Promise.all(running.map((cloud) => cloud.stop()));
    running = [];
    rmSync(dir, { recursive: true, force: true });
  });

  const start = async (name: string, port: number) => {
    const cloud = await ensureMiniStack({ root: ROOT, endpoint: '', port, stateDir: join(dir, name) });
    running.push(cloud);
    return cloud;
  };
  const queues = async ({ endpoint }: MiniStack) =>
    ((await localClients(endpoint).sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).length;

  it('starts several beside each other, each with a state of its own', async () => {
    const [a, b] = await Promise.all([start('a', await freePort()), start('b', await freePort())]);
    await localClients(a.endpoint).sqs.send(new CreateQueueCommand({ QueueName: 'only-in-a' }));
    expect([await queues(a), await queues(b)]).toEqual([1, 0]);
  }, 120_000);

  it('finds the one that runs on a state, wherever it listens', async () => {
    const first = await start('a', await freePort());
    const second = await start('a', await freePort());
    expect([first.started, second.started]).toEqual([true, false]);
    expect(second.endpoint).toBe(first.endpoint);
  }, 120_000);

  it('keeps its state over a stop', async () => {
    const before = await start('a', await freePort());
    await localClients(before.endpoint).sqs.send(new CreateQueueCommand({ QueueName: 'kept' }));
    await before.stop();
    expect(await queues(await start('a', await freePort()))).toBe(1);
  }, 120_000);

  it('keeps what is in the stream of a table over a stop, so that its consumers hear what they had not', async () => {
    const before = await start('a', await freePort());
    const table = { TableName: 'streamed', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] };
    await dynamo(before, 'CreateTable', {
      ...{ ...table, BillingMode: 'PAY_PER_REQUEST' },
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    });
    await dynamo(before, 'PutItem', { TableName: 'streamed', Item: { pk: { S: 'before' } } });
    await before.stop();
    const after = await start('a', await freePort());
    await dynamo(after, 'PutItem', { TableName: 'streamed', Item: { pk: { S: 'after' } } });
    const { Table } = await dynamo(after, 'DescribeTable', { TableName: 'streamed' });
    const StreamArn = Table.LatestStreamArn;
    const { StreamDescription } = await streams(after, 'DescribeStream', { StreamArn });
    const { ShardIterator } = await streams(after, 'GetShardIterator', {
      ...{ StreamArn, ShardId: StreamDescription.Shards[0].ShardId },
      ShardIteratorType: 'TRIM_HORIZON',
    });
    const { Records } = await streams(after, 'GetRecords', { ShardIterator });
    expect(Records.map(({ dynamodb }: { dynamodb: { Keys: object } }) => dynamodb.Keys)).toEqual([
      { pk: { S: 'before' } },
      { pk: { S: 'after' } },
    ]);
  }, 120_000);

  it('has several processes for the messages of connections, each for one at a time', async () => {
    await start('a', await freePort());
    expect(await said('socket_processes.py')).toBe('4');
  }, 120_000);

  it('hands out queues beside a busy stream, and waits for the window of a stream, or for a whole batch', async () => {
    await start('a', await freePort());
    expect(JSON.parse(await said('stream_batches.py'))).toEqual({
      queueBesideABusyStream: [1, 1],
      oneInAWindow: [1, true],
      twoInAWindow: 2,
      moreThanABatch: 2,
      oneWithoutAWindow: 1,
      oneThatFailsOnce: [1, 1],
      leftForTheWindow: true,
    });
  }, 120_000);

  it('says what to do when another program has the port', async () => {
    const squatter = createServer((_, response) => response.end('hello'));
    await new Promise<void>((listening) => squatter.listen(0, '127.0.0.1', listening));
    const { port } = squatter.address() as AddressInfo;
    await expect(start('a', port)).rejects.toMatchObject({
      code: 'LOCAL_CLOUD',
      message: expect.stringMatching(new RegExp(`port ${port} is taken.*REPRISE_LOCAL_PORT=${port + 1}`)),
    });
    squatter.close();
  }, 120_000);

  it('says what to do when nothing answers at the endpoint it was given', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    await expect(ensureMiniStack({ root: ROOT, endpoint })).rejects.toMatchObject({
      code: 'LOCAL_CLOUD',
      message: expect.stringContaining(`nothing answers at AWS_ENDPOINT_URL=${endpoint}`),
    });
  });

  it('makes a Python environment anew that was left half-made', async () => {
    const bin = join(dir, '.reprise', 'ministack', 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'ministack'), 'half of a program');
    const lines: string[] = [];
    const options = {
      root: dir,
      endpoint: '',
      port: await freePort(),
      progress: (line: string) => lines.push(line),
    };
    running.push(await ensureMiniStack({ ...options, stateDir: join(dir, 'a') }));
    expect(lines[0]).toContain('installing the local cloud');
    expect(existsSync(join(dir, '.reprise', 'ministack.lock'))).toBe(false);
  }, 240_000);
});
