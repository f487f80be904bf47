import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { chunks } from '../../../core/model/chunks';
import { present } from '../../../core/model/present';
import type { ReceivedMessage, ReceivedQueue } from '../../../core/ports/received';
import { upstream } from '../aws-errors';

/** Messages of one call. */
const BATCH = 10;

/** The end of the reason is what is left out of a long one. */
const MAX_REASON = 1_000;

/** What SQS takes in no text: control characters but for tab and line ends, and halves of a pair. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const NOT_IN_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu;

export interface QueueAddresses {
  readonly queueUrl: string;
  readonly dlqUrl: string;
}

export function createReceivedQueue(client: SQSClient, { queueUrl, dlqUrl }: QueueAddresses): ReceivedQueue {
  const QueueUrl = queueUrl;
  return {
    async takeMore() {
      const command = new ReceiveMessageCommand({
        ...{ QueueUrl, MaxNumberOfMessages: BATCH },
        MessageSystemAttributeNames: ['ApproximateReceiveCount', 'MessageGroupId'],
      });
      const { Messages = [] } = await upstream('SQS receive', () => client.send(command));
      return Messages.map(received);
    },
    async remove(messages) {
      await inBatches(messages, async (batch) => {
        const command = new DeleteMessageBatchCommand({ QueueUrl, Entries: batch.map(entry) });
        await upstream('SQS delete', () => client.send(command));
      });
    },
    async comeAgain(messages, seconds) {
      const VisibilityTimeout = Math.ceil(seconds);
      await inBatches(messages, async (batch) => {
        const Entries = batch.map((message, i) => ({ ...entry(message, i), VisibilityTimeout }));
        const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
        await upstream('SQS visibility', () => client.send(command));
      });
    },
    async moveToDlq({ messageId, body, attributes: { MessageGroupId } }, reason) {
      const text = reason.slice(0, MAX_REASON).replace(NOT_IN_TEXT, ' ').trim() || 'unknown';
      const command = new SendMessageCommand({
        QueueUrl: dlqUrl,
        MessageBody: body,
        MessageAttributes: { reason: { DataType: 'String', StringValue: text } },
        // Under its own id: of two messages that say the same, SQS would swallow the second.
        ...(MessageGroupId === undefined ? {} : { MessageGroupId, MessageDeduplicationId: messageId }),
      });
      await upstream('SQS send', () => client.send(command));
    },
  };
}

const entry = ({ receiptHandle }: ReceivedMessage, i: number) => ({
  Id: String(i),
  ReceiptHandle: receiptHandle,
});

async function inBatches(
  messages: readonly ReceivedMessage[],
  call: (batch: readonly ReceivedMessage[]) => Promise<void>,
): Promise<void> {
  await Promise.all(chunks(messages, BATCH).map(call));
}

function received({ MessageId, ReceiptHandle, Body, Attributes }: Message): ReceivedMessage {
  return {
    messageId: MessageId as string,
    receiptHandle: ReceiptHandle as string,
    body: Body ?? '',
    attributes: {
      ApproximateReceiveCount: Attributes?.ApproximateReceiveCount ?? '1',
      ...present({ MessageGroupId: Attributes?.MessageGroupId }),
    },
  };
}
