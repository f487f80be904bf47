import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  type ListMessageMoveTasksResultEntry as MoveTask,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
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
  const deadLetterTargetArn = await arnOf(dlq);
  const queue = await make(`${name}${suffix}`, {
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
  });
  return { queue, dlq };
}

async function receive(QueueUrl: string, VisibilityTimeout?: number): Promise<Message | undefined> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    ...(VisibilityTimeout === undefined ? {} : { VisibilityTimeout }),
    MessageAttributeNames: ['All'],
    MessageSystemAttributeNames: ['All'],
  });
  return (await sqs.send(command)).Messages?.[0];
}

async function arnOf(QueueUrl: string): Promise<string> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  return (await sqs.send(command)).Attributes?.['QueueArn'] ?? '';
}

/** What _Start DLQ redrive_ of the console calls. */
async function redrive(dlq: string, destination?: string): Promise<MoveTask | undefined> {
  const SourceArn = await arnOf(dlq);
  const to = destination === undefined ? {} : { DestinationArn: await arnOf(destination) };
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, ...to }));
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
  return Results[0];
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
    expect(await redrive(dlq)).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 });
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
    await redrive(dlq, queue);
    const back = await receive(queue);
    const body = deliveredBody.parse(JSON.parse(back?.Body ?? ''));
    expect(asDelivered(body, back?.MessageAttributes?.['RULE_ARN']?.StringValue)).toMatchObject({
      to: { kind: 'trigger', id: 't1' },
      message: { type: 'event', event },
    });
  });

  it('is a new message when it comes back, of another id and time, received for the first time', async () => {
    const { queue, dlq } = await queueWithDlq('letters', false);
    await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'a letter' }));
    const first = await receive(queue);
    // Not received a second time: what the queue allows is one receive, and SQS moves it.
    expect(await receive(queue)).toBeUndefined();
    const lying = await receive(dlq, 0);
    expect(lying?.MessageId).toBe(first?.MessageId);
    expect(lying?.Attributes).toMatchObject({
      SentTimestamp: first?.Attributes?.SentTimestamp,
      DeadLetterQueueSourceArn: await arnOf(queue),
    });
    await redrive(dlq);
    const back = await receive(queue);
    expect(back?.Body).toBe('a letter');
    expect(back?.MessageId).not.toBe(first?.MessageId);
    expect(Number(back?.Attributes?.SentTimestamp)).toBeGreaterThan(Number(first?.Attributes?.SentTimestamp));
    expect(back?.Attributes?.ApproximateReceiveCount).toBe('1');
  });

  it('that was sent straight to it has no source: without a destination it stays, and the task says why', async () => {
    const { dlq } = await queueWithDlq('straight', false);
    await sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: 'poisoned' }));
    expect(await redrive(dlq)).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'CouldNotDetermineMessageSource',
    });
    expect((await receive(dlq))?.Body).toBe('poisoned');
  });

  it('is moved out of a DLQ of a queue only', async () => {
    const { queue } = await queueWithDlq('no-dlq', false);
    await expect(redrive(queue)).rejects.toThrow('must be configured as a Dead Letter Queue');
  });
});
