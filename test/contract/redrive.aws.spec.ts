import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { asDelivered, deliveredBody } from '../../lambdas/triggers/raw-event';
import { inputBodies } from '../../lib/adapters/aws/queues/queue-messages';
import { jobAt } from '../../lib/core/messages/address';
import { startTestCloud, type TestCloud } from '../support/ministack';

let cloud: TestCloud;
let sqs: SQSClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  sqs = new SQSClient({ ...cloud.config, useQueueUrlAsEndpoint: false });
});
afterAll(() => cloud?.stop());

/** A queue whose messages are in its DLQ after they were received once. */
async function queueWithDlq(name: string, isFifo: boolean) {
  const make = async (QueueName: string, more: Record<string, string> = {}) => {
    const Attributes = { ...(isFifo ? { FifoQueue: 'true' } : {}), ...more };
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
    return QueueUrl;
  };
  const suffix = isFifo ? '.fifo' : '';
  const dlq = await make(`${name}-dlq${suffix}`);
  const arn = new GetQueueAttributesCommand({ QueueUrl: dlq, AttributeNames: ['QueueArn'] });
  const deadLetterTargetArn = (await sqs.send(arn)).Attributes?.['QueueArn'];
  const queue = await make(`${name}${suffix}`, {
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
  });
  return { queue, dlq };
}

async function receive(QueueUrl: string): Promise<Message | undefined> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['MessageGroupId'],
  });
  return (await sqs.send(command)).Messages?.[0];
}

/** What docs/runbooks.md says to do where there is no StartMessageMoveTask. */
async function redrive({ queue, dlq }: { queue: string; dlq: string }): Promise<void> {
  const message = await receive(dlq);
  if (!message) throw new Error('nothing is in the DLQ');
  const { Body, MessageAttributes, Attributes, ReceiptHandle } = message;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queue,
      MessageBody: Body,
      MessageAttributes,
      MessageGroupId: Attributes?.MessageGroupId,
      // With its own, the queue would take it for the one that it had within five minutes, and drop it.
      MessageDeduplicationId: Attributes?.MessageGroupId && `redrive/${message.MessageId}`,
    }),
  );
  await sqs.send(new DeleteMessageCommand({ QueueUrl: dlq, ReceiptHandle }));
}

describe('a message of a DLQ', () => {
  it('of the queue of jobs comes back to its job, as it was', async () => {
    const { queue, dlq } = await queueWithDlq('jobs', true);
    const actor = { kind: 'engine', id: 'pool/default' };
    const input = { to: jobAt('j1'), message: { type: 'admit' }, id: 'pool/default/1', actor };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queue,
        MessageBody: JSON.stringify(input),
        MessageGroupId: 'j1',
        MessageDeduplicationId: 'once',
      }),
    );
    await receive(queue);
    expect(await receive(queue)).toBeUndefined();
    await redrive({ queue, dlq });
    const back = await receive(queue);
    expect(inputBodies.job.parse(JSON.parse(back?.Body ?? ''))).toEqual(input);
    expect(back?.Attributes?.MessageGroupId).toBe('j1');
    expect(await receive(dlq)).toBeUndefined();
  });

  it('that EventBridge left for a trigger comes back to that trigger', async () => {
    const { queue, dlq } = await queueWithDlq('triggers', false);
    const event = { id: 'e1', source: 'ci', 'detail-type': 'push', detail: { branch: 'main' } };
    const RULE_ARN = 'arn:aws:events:us-east-1:000000000000:rule/reprise-local/reprise-trigger-t1';
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: dlq,
        MessageBody: JSON.stringify(event),
        MessageAttributes: { RULE_ARN: { DataType: 'String', StringValue: RULE_ARN } },
      }),
    );
    await redrive({ queue, dlq });
    const back = await receive(queue);
    const body = deliveredBody.parse(JSON.parse(back?.Body ?? ''));
    expect(asDelivered(body, back?.MessageAttributes?.['RULE_ARN']?.StringValue)).toMatchObject({
      to: { kind: 'trigger', id: 't1' },
      message: { type: 'event', event },
    });
  });
});
