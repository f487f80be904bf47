import {
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { type Grouped, processGroups } from '../../lambdas/runtime/groups';
import { streamInputs } from '../../lambdas/runtime/inputs';
import { consumeTriggers, type TriggersDeps } from '../../lambdas/triggers/consume';
import { createInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { triggersBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createSqsSender } from '../../lib/adapters/aws/queues/sender';
import type { Engine } from '../../lib/core/engine/engine';
import type { Kinds } from '../../lib/core/engine/kinds';
import { type Address, streamOf } from '../../lib/core/messages/address';
import type { StreamAsker } from '../../lib/core/ports/streams';
import { createQueue, startTestCloud, type TestCloud } from '../support/ministack';
import { patience } from '../unit/lambdas/received';
import { type Delivered, describeInputQueues } from './input-queues.contract';

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
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (!Messages?.length) return;
    const records = Messages.map(({ MessageId, Body, Attributes }) => ({
      messageId: MessageId,
      body: Body,
      attributes: Attributes,
    })) as unknown as SQSRecord[];
    const failed = await processGroups(records, grouped, patience().how);
    const Entries = Messages.filter(({ MessageId }) => !failed.includes(MessageId as string)).map(
      ({ MessageId, ReceiptHandle }) => ({ Id: MessageId as string, ReceiptHandle: ReceiptHandle as string }),
    );
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

type Consume = ReturnType<typeof consumeTriggers>;

/** The same for the queue of triggers, which has no groups: one message at a time. */
async function consumeEach(client: SQSClient, QueueUrl: string, consume: Consume): Promise<void> {
  for (;;) {
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (!Messages?.length) return;
    for (const { MessageId = '', Body = '', ReceiptHandle } of Messages) {
      await consume(triggersBody.parse(JSON.parse(Body)), { id: MessageId });
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

describeInputQueues('SQS', async () => {
  const [jobs, pools] = [await createQueue(cloud, 'fifo'), await createQueue(cloud, 'fifo')];
  const dependencies = await createQueue(cloud, 'fifo');
  const letters = await createQueue(cloud, 'fifo');
  const triggers = await createQueue(cloud, 'standard');
  const delivered: Delivered[] = [];
  const busy = new Set<string>();
  let overlapped = false;
  const handle = async (at: Address, envelopes: readonly Omit<Delivered, 'to'>[]) => {
    const to = streamOf(at);
    overlapped ||= busy.has(to);
    busy.add(to);
    await new Promise((next) => setImmediate(next));
    for (const envelope of envelopes) delivered.push({ to, ...envelope });
    busy.delete(to);
    return [];
  };
  const engine = { handle } as unknown as Pick<Engine<Kinds>, 'handle'>;
  const ask: StreamAsker['ask'] = async ({ to, message }, origin) => {
    delivered.push({ to: streamOf(to), message, ...origin });
    return [];
  };
  return {
    queues: createInputQueues({
      job: createSqsSender(jobs.client, jobs.url),
      pool: createSqsSender(pools.client, pools.url),
      trigger: createSqsSender(triggers.client, triggers.url),
      dependency: createSqsSender(dependencies.client, dependencies.url),
      letter: createSqsSender(letters.client, letters.url),
      target: createSqsSender(letters.client, letters.url),
    }),
    drain: async () => {
      await Promise.all([
        consumeAll(jobs.client, jobs.url, streamInputs(engine, 'job')),
        consumeAll(pools.client, pools.url, streamInputs(engine, 'pool')),
        consumeAll(dependencies.client, dependencies.url, streamInputs(engine, 'dependency')),
        consumeAll(letters.client, letters.url, streamInputs(engine, 'letter')),
        consumeEach(
          triggers.client,
          triggers.url,
          consumeTriggers({ streams: { ask } } as unknown as TriggersDeps),
        ),
      ]);
    },
    delivered: () => delivered,
    overlapped: () => overlapped,
  };
});
