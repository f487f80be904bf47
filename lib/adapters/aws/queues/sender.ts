import { createHash } from 'node:crypto';
import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { RepriseError } from '../../../core/errors';
import { upstream } from '../aws-errors';
import { createTickBatcher } from '../tick-batcher';
import { writeMessage } from './read-message';

export interface QueueMessage {
  /** Encoded as JSON, with the version of the messages. */
  readonly body: object;
  /** FIFO queues: messages of a group are handled one after the other. */
  readonly groupId?: string;
  /** FIFO queues: a message with an id of the last five minutes is swallowed. */
  readonly deduplicationId?: string;
  readonly delaySeconds?: number;
}

export type SendMessage = (message: QueueMessage) => Promise<void>;

/**
 * Sends a message to a queue within the minute after a time (milliseconds since the epoch), once. The same message for the
 * same time is one schedule however often it is asked for, and nothing of it is left when it has struck.
 */
export type SendAt = (body: object, at: number) => Promise<void>;

/** SQS takes 10 messages and 1 MiB a call; the rest is room for the envelope. */
const BATCH_ITEMS = 10;
const BATCH_BYTES = 900_000;
/** Tries of the entries that SQS itself failed on, within one send. */
const ATTEMPTS = 3;

/**
 * Sends to one queue, ten messages a call. An ordered queue gets one call after the other: FIFO delivers in the order
 * of arrival.
 */
export function createSqsSender(client: SQSClient, queueUrl: string): SendMessage {
  const limits = {
    items: BATCH_ITEMS,
    bytes: BATCH_BYTES,
    bytesOf: ({ MessageBody }: Entry) => Buffer.byteLength(MessageBody),
    parallel: queueUrl.endsWith('.fifo') ? 1 : 10,
  };
  const send = createTickBatcher<Entry>(limits, (entries) => sendBatch(client, queueUrl, entries));
  return ({ body, groupId, deduplicationId, delaySeconds }) =>
    send({
      MessageBody: writeMessage(body),
      ...(groupId === undefined ? {} : { MessageGroupId: groupId }),
      ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
      ...(delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds }),
    });
}

type Entry = Omit<SendMessageBatchRequestEntry, 'Id'> & { readonly MessageBody: string };

async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  entries: readonly Entry[],
): Promise<(Error | undefined)[]> {
  const errors: (Error | undefined)[] = entries.map(() => undefined);
  let left = entries.map((_, i) => i);
  for (let attempt = 1; left.length > 0; attempt++) {
    const Entries = left.map((i) => ({ ...(entries[i] as Entry), Id: String(i) }));
    const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
    const { Failed } = await upstream('SQS send', () => client.send(command));
    left = [];
    for (const failed of Failed ?? []) {
      if (failed.SenderFault || attempt >= ATTEMPTS) errors[Number(failed.Id)] = refusal(failed);
      else left.push(Number(failed.Id));
    }
  }
  return errors;
}

function refusal({ Code, Message, SenderFault }: BatchResultErrorEntry): Error {
  const text = `SQS did not take a message: ${Code ?? 'unknown'} ${Message ?? ''}`.trim();
  return SenderFault ? new Error(text) : new RepriseError('UPSTREAM_UNAVAILABLE', text);
}

/**
 * The same message under the same id is one message. The content counts too, so that an id used again for something
 * else is never swallowed; a repeat that gets through is harmless, a message that does not is not.
 */
export function deduplicationId(id: string, content: unknown): string {
  return createHash('sha256')
    .update(`${id}\n${JSON.stringify(content)}`)
    .digest('hex');
}
