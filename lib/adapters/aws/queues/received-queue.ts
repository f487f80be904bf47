import { ChangeMessageVisibilityBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ReceivedQueue } from '../../../core/ports/received';
import { upstream } from '../aws-errors';

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
  return {
    async comeAgain(messages, seconds) {
      const Entries = messages.map(({ receiptHandle }, i) => ({
        Id: String(i),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.ceil(seconds),
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries });
      await upstream('SQS visibility', () => client.send(command));
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
