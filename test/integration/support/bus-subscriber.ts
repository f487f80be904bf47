import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { localClients } from '../../../lib/localcloud/clients';

export interface HeardEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** When it came here, milliseconds since the epoch. */
  readonly arrivedAt: number;
}

export interface BusSubscriber {
  /** In the order in which they came. */
  readonly heard: readonly HeardEvent[];
  readonly stop: () => Promise<void>;
}

const QUEUE = 'subscriber-of-the-bus';
const BUS = 'reprise-local';

/** Subscribes to the bus of the local cloud from outside, as anybody may: a rule, and a queue that is read all the time. */
export async function subscribeToBus(endpoint: string): Promise<BusSubscriber> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const events = new EventBridgeClient({ endpoint, region: 'us-east-1', credentials });
  const { sqs } = localClients(endpoint);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
  const EventPattern = JSON.stringify({ source: ['reprise'] });
  await events.send(new PutRuleCommand({ EventBusName: BUS, Name: QUEUE, EventPattern }));
  const Targets = [{ Id: '1', Arn: `arn:aws:sqs:us-east-1:000000000000:${QUEUE}` }];
  await events.send(new PutTargetsCommand({ EventBusName: BUS, Rule: QUEUE, Targets }));

  const heard: HeardEvent[] = [];
  const stopped = new AbortController();
  const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 });
  async function listen(): Promise<void> {
    while (!stopped.signal.aborted) {
      const { Messages = [] } = await sqs.send(receive, { abortSignal: stopped.signal });
      const arrivedAt = Date.now();
      heard.push(...Messages.map((message) => ({ ...eventOf(message), arrivedAt })));
      const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
      if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }
  const listening = listen().catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  return {
    heard,
    async stop() {
      stopped.abort();
      await listening;
    },
  };
}

function eventOf({ Body = '{}' }: Message): Omit<HeardEvent, 'arrivedAt'> {
  const { 'detail-type': type, detail } = JSON.parse(Body) as {
    'detail-type': string;
    detail: Record<string, unknown>;
  };
  return { type, detail };
}
