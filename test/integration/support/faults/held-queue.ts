import { randomUUID } from 'node:crypto';
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { localClients } from '../../../../lib/localcloud/clients';
import { queueDepths } from '../../../../lib/localcloud/queues';
import { eventually } from '../api';
import type { LocalEnvironment } from '../local-environment';

/** A queue whose function can be kept from it. */
export interface HeldQueue {
  readonly hold: () => Promise<void>;
  /** Waits for a message, sends every one that lies there once more, and lets the function have them. @returns how many. */
  readonly releaseTwice: (isWanted: (body: object) => boolean) => Promise<number>;
}

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

interface Peeked {
  readonly messages: Record<string, Record<string, Record<string, readonly { readonly Body: string }[]>>>;
}

/** For what services send by themselves, such as rules of the bus and state machines: no proxy sees that. */
export async function heldQueue({ deployment }: LocalEnvironment, name: string): Promise<HeldQueue> {
  const { endpoint } = deployment;
  const { sqs } = localClients(endpoint);
  const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
  const url = (await queueDepths(sqs)).find((queue) => queue.name === name)?.url ?? '';
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  const own = `:${url.split('/').at(-1)}`;
  const mapping = EventSourceMappings.find(({ EventSourceArn = '' }) => EventSourceArn.endsWith(own));
  const feed = (Enabled: boolean) =>
    lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping?.UUID, Enabled }));

  async function lying(): Promise<string[]> {
    const response = await fetch(`${endpoint}/_ministack/sqs/messages?QueueUrl=${encodeURIComponent(url)}`);
    const { messages } = (await response.json()) as Peeked;
    return Object.values(messages)
      .flatMap((regions) => Object.values(regions).flatMap(Object.values).flat())
      .map(({ Body }) => Body);
  }

  return {
    hold: async () => void (await feed(false)),
    async releaseTwice(isWanted) {
      const bodies = await eventually(async () => {
        const found = (await lying()).filter((body) => isWanted(JSON.parse(body)));
        return found.length > 0 ? found : undefined;
      });
      for (const MessageBody of bodies) {
        const { jobId, to } = JSON.parse(MessageBody) as { jobId?: string; to?: { id: string } };
        const fifo = { MessageGroupId: jobId ?? to?.id, MessageDeduplicationId: randomUUID() };
        const ordered = url.endsWith('.fifo') ? fifo : {};
        await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody, ...ordered }));
      }
      await feed(true);
      return bodies.length;
    },
  };
}
