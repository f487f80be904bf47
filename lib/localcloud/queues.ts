import { GetQueueAttributesCommand, ListQueuesCommand, type SQSClient } from '@aws-sdk/client-sqs';

export interface QueueDepth {
  /** Such as `Queues/Jobs` or `Queues/Jobs dlq`. */
  readonly name: string;
  readonly url: string;
  readonly isDlq: boolean;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Every queue of the environment with what waits in it. */
export async function queueDepths(sqs: SQSClient): Promise<QueueDepth[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'reprise-local-' }));
  const depths = await Promise.all(QueueUrls.map((url) => depthOf(sqs, url)));
  return depths.sort((a, b) => a.name.localeCompare(b.name));
}

async function depthOf(sqs: SQSClient, url: string): Promise<QueueDepth> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const attributes: Record<string, string> = (await sqs.send(command)).Attributes ?? {};
  const count = (suffix: string) => Number(attributes[`ApproximateNumberOfMessages${suffix}`] ?? 0);
  const name = queueName(url);
  return {
    name,
    url,
    isDlq: name.endsWith('dlq'),
    visible: count(''),
    inFlight: count('NotVisible'),
    delayed: count('Delayed'),
  };
}

/**
 * The construct's name in the generated one: `reprise-local-engine-QueuesJobsDlqQueue1A2B3C4D-5E6F.fifo`.
 * The local cloud names longer ones in lower case and with a hash of its own. Some have no generated name.
 */
export function queueName(url: string): string {
  const generated = url.split('/').at(-1) ?? url;
  const path =
    /^reprise-local-\w+-(.+?)queue[0-9a-f]{8}/i.exec(generated)?.[1] ??
    /^reprise-local-(\w+(?:-dlq)?)$/.exec(generated)?.[1] ??
    generated;
  const isDlq = /dlq$/i.test(path);
  const source = path.replace(/^(queues|functions|bus)/i, '').replace(/-?dlq$/i, '');
  return `${source.toLowerCase()}${isDlq ? ' dlq' : ''}`;
}
