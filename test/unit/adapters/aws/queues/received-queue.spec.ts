import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { createReceivedQueue } from '../../../../../lib/adapters/aws/queues/received-queue';

const sqs = mockClient(SQSClient);
beforeEach(() => sqs.reset());

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs.fifo';
const dlqUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs-dlq.fifo';
const queue = createReceivedQueue(new SQSClient({}), { queueUrl, dlqUrl });
const message = (messageId: string, MessageGroupId?: string) => ({
  messageId,
  receiptHandle: `r-${messageId}`,
  body: '{"jobId":"j"}',
  attributes: { ApproximateReceiveCount: '1', MessageGroupId },
});

describe('a queue whose messages were not handled', () => {
  it('shows them again in whole seconds, all of a group at the same time', async () => {
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({});
    await queue.comeAgain([message('a', 'j'), message('b', 'j')], 0.5);
    expect(sqs.commandCalls(ChangeMessageVisibilityBatchCommand)[0]?.args[0].input).toEqual({
      QueueUrl: queueUrl,
      Entries: [
        { Id: '0', ReceiptHandle: 'r-a', VisibilityTimeout: 1 },
        { Id: '1', ReceiptHandle: 'r-b', VisibilityTimeout: 1 },
      ],
    });
  });

  it('changes ten at a time, however many they are', async () => {
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({});
    await queue.comeAgain(
      Array.from({ length: 23 }, (_, i) => message(`m${i}`, 'j')),
      1,
    );
    const sizes = sqs
      .commandCalls(ChangeMessageVisibilityBatchCommand)
      .map(({ args }) => args[0].input.Entries?.length);
    expect(sizes).toEqual([10, 10, 3]);
  });

  it('hands out more of what waits, as it hands out a batch, and ends what is handled', async () => {
    const Attributes = { ApproximateReceiveCount: '2', MessageGroupId: 'j#3' };
    sqs
      .on(ReceiveMessageCommand)
      .resolves({ Messages: [{ MessageId: 'a', ReceiptHandle: 'r-a', Body: '{}', Attributes }] });
    sqs.on(DeleteMessageBatchCommand).resolves({});
    const more = await queue.takeMore();
    expect(more).toEqual([{ messageId: 'a', receiptHandle: 'r-a', body: '{}', attributes: Attributes }]);
    await queue.remove(more);
    expect(sqs.commandCalls(DeleteMessageBatchCommand)[0]?.args[0].input).toEqual({
      QueueUrl: queueUrl,
      Entries: [{ Id: '0', ReceiptHandle: 'r-a' }],
    });
  });

  it('puts one that is given up into the DLQ as it is, with the reason', async () => {
    sqs.on(SendMessageCommand).resolves({});
    await queue.moveToDlq(message('a', 'j'), `INPUT_INVALID:\u0000 ${'x'.repeat(2_000)}`);
    await queue.moveToDlq(message('b'), '');
    const [ordered, standard] = sqs.commandCalls(SendMessageCommand).map(({ args }) => args[0].input);
    expect(ordered).toEqual({
      QueueUrl: dlqUrl,
      MessageBody: '{"jobId":"j"}',
      MessageGroupId: 'j',
      MessageDeduplicationId: 'a',
      MessageAttributes: {
        reason: { DataType: 'String', StringValue: expect.stringMatching(/^INPUT_INVALID: {2}x+$/) },
      },
    });
    expect(ordered?.MessageAttributes?.['reason']?.StringValue).toHaveLength(1_000);
    expect(standard?.MessageGroupId).toBeUndefined();
    expect(standard?.MessageAttributes?.['reason']?.StringValue).toBe('unknown');
  });

  it('gives no reason that SQS refuses, whatever the error says and wherever it is cut', async () => {
    sqs.on(SendMessageCommand).resolves({});
    await queue.moveToDlq(message('a'), `${'x'.repeat(999)}\u{1f600}`);
    await queue.moveToDlq(message('a'), 'a\ufffeb\ud800c\u0007d\n\u{1f600}');
    const [cut, odd] = sqs
      .commandCalls(SendMessageCommand)
      .map(({ args }) => args[0].input.MessageAttributes?.['reason']?.StringValue);
    expect(cut).toBe('x'.repeat(999));
    expect(odd).toBe('a b c d\n\u{1f600}');
  });

  it('says so where SQS cannot be reached', async () => {
    sqs.on(SendMessageCommand).rejects(Object.assign(new Error('slow'), { name: 'TimeoutError' }));
    await expect(queue.moveToDlq(message('a'), 'x')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
