import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type Grouped, processGroups } from '../../lambdas/runtime/groups';
import { parseJobInput, parsePoolInput } from '../../lambdas/shared/inputs';
import { createSqsInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { createSqsSender } from '../../lib/adapters/aws/queues/sender';
import { createQueue, startTestCloud, type TestCloud } from '../support/ministack';
import { type Delivery, describeInputQueues } from './input-queues.contract';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

/** What Lambda does for a FIFO queue: batches of ten to the function, deletion of what it handled. */
async function consumeAll<Item>(client: SQSClient, QueueUrl: string, grouped: Grouped<Item>): Promise<void> {
  for (;;) {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    if (!Messages?.length) return;
    const records = Messages.map(({ MessageId, Body, Attributes }) => ({
      messageId: MessageId,
      body: Body,
      attributes: Attributes,
    })) as unknown as SQSRecord[];
    const failed = await processGroups(records, grouped);
    const Entries = Messages.filter(({ MessageId }) => !failed.includes(MessageId as string)).map(
      ({ MessageId, ReceiptHandle }) => ({ Id: MessageId as string, ReceiptHandle: ReceiptHandle as string }),
    );
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

describeInputQueues('SQS', async () => {
  const [jobs, pools] = [await createQueue(cloud, 'fifo'), await createQueue(cloud, 'fifo')];
  const delivered: Delivery[] = [];
  const busy = new Set<string>();
  let overlapped = false;
  const handle = (kind: 'job' | 'pool') => async (group: string, items: readonly Omit<Delivery, 'to'>[]) => {
    const to = `${kind}/${group}`;
    overlapped ||= busy.has(to);
    busy.add(to);
    await new Promise((next) => setImmediate(next));
    for (const { id, message } of items) delivered.push({ to, id, message });
    busy.delete(to);
  };
  return {
    queues: createSqsInputQueues({
      jobs: createSqsSender(jobs.client, jobs.url),
      pools: createSqsSender(pools.client, pools.url),
      triggers: async () => {},
    }),
    drain: async () => {
      await Promise.all([
        consumeAll(jobs.client, jobs.url, { parse: parseJobInput, handle: handle('job') }),
        consumeAll(pools.client, pools.url, { parse: parsePoolInput, handle: handle('pool') }),
      ]);
    },
    delivered: () => delivered,
    overlapped: () => overlapped,
  };
});
