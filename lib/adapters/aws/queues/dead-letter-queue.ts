import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { present } from '../../../core/model/present';
import type {
  DeadLetterQueue,
  DeadMessage,
  MessageAttribute,
  QueuedMessage,
} from '../../../core/ports/dead-letters';
import { upstream } from '../aws-errors';

/** What SQS hands out at once. */
const BATCH = 10;

/** How long a message is hidden where nobody gives it back: a look that was cut off hides nothing for longer. */
const HELD_SECONDS = 30;

/** Asks all the servers of a queue; without waiting, SQS asks some of them. */
const WAIT_SECONDS = 1;

export function createDeadLetterQueue(client: SQSClient, queueUrl: string): DeadLetterQueue {
  const handles = (messages: readonly DeadMessage[]) =>
    messages.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: receiptHandle }));
  return {
    async count() {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      });
      const { Attributes: found } = await upstream('SQS read', () => client.send(command));
      return {
        visible: Number(found?.['ApproximateNumberOfMessages'] ?? 0),
        hidden: Number(found?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
      };
    },
    async receive() {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: HELD_SECONDS,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['SentTimestamp', 'MessageGroupId'],
        MessageAttributeNames: ['All'],
      });
      const { Messages = [] } = await upstream('SQS receive', () => client.send(command));
      return Messages.map(asDead);
    },
    async giveBack(messages) {
      if (messages.length === 0) return;
      const Entries = handles(messages).map((each) => ({ ...each, VisibilityTimeout: 0 }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries });
      await upstream('SQS visibility', () => client.send(command));
    },
    async remove(messages) {
      if (messages.length === 0) return;
      const command = new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: handles(messages) });
      // What could not be removed lies there still, and is met again.
      await upstream('SQS delete', () => client.send(command));
    },
  };
}

/**
 * Sends a message into a queue again, as it was.
 * @param id the same for the same order: an ordered queue takes it once within five minutes.
 */
export async function resend(
  client: SQSClient,
  queueUrl: string,
  { message, id }: { readonly message: QueuedMessage; readonly id: string },
): Promise<void> {
  const { body, group, attributes } = message;
  const MessageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [
      name,
      { DataType: type, StringValue: value } satisfies MessageAttributeValue,
    ]),
  );
  const command = new SendMessageCommand({
    QueueUrl: queueUrl,
    MessageBody: body,
    MessageAttributes,
    ...(group === undefined ? {} : { MessageGroupId: group }),
    ...(queueUrl.endsWith('.fifo') ? { MessageDeduplicationId: id } : {}),
  });
  await upstream('SQS send', () => client.send(command));
}

function asDead({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }: Message): DeadMessage {
  return {
    messageId: MessageId as string,
    receiptHandle: ReceiptHandle as string,
    body: Body ?? '',
    sentAt: Number(Attributes?.SentTimestamp),
    attributes: attributesOf(MessageAttributes ?? {}),
    ...present({ group: Attributes?.MessageGroupId }),
  };
}

/** Nobody who sends to the engine's queues sends bytes. */
function attributesOf(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): Record<string, MessageAttribute> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, { DataType = 'String', StringValue }]) =>
      StringValue === undefined ? [] : [[name, { type: DataType, value: StringValue }]],
    ),
  );
}
