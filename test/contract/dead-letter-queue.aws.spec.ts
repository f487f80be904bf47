import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { createJsonObjects } from '../../lib/adapters/aws/bucket/json-objects';
import { createS3MessageArchive } from '../../lib/adapters/aws/bucket/message-archive';
import { createDeadLetterQueue, resend } from '../../lib/adapters/aws/queues/dead-letter-queue';
import { createBucket, createQueue, startTestCloud, type TestCloud } from '../support/ministack';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

async function dlqOf(kind: 'standard' | 'fifo', bodies: readonly string[]) {
  const { client, url } = await createQueue(cloud, kind);
  for (const [i, body] of bodies.entries()) {
    const ordered = kind === 'fifo' ? { MessageGroupId: 'g1', MessageDeduplicationId: `d${i}` } : {};
    const MessageAttributes = { reason: { DataType: 'String', StringValue: 'INPUT_INVALID: no' } };
    await client.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageAttributes, ...ordered }),
    );
  }
  return { client, url, dlq: createDeadLetterQueue(client, url) };
}

describe('messages of a DLQ', () => {
  it('are had with their text, attributes, group and time, ten at once and to the last', async () => {
    const before = Date.now() - 1_000;
    const { dlq } = await dlqOf('fifo', ['one']);
    const [message] = await dlq.receive();
    expect(message).toMatchObject({
      body: 'one',
      group: 'g1',
      attributes: { reason: { type: 'String', value: 'INPUT_INVALID: no' } },
    });
    expect(message?.sentAt).toBeGreaterThan(before);
    const many = await dlqOf(
      'standard',
      Array.from({ length: 13 }, (_, i) => `m${i}`),
    );
    expect(await many.dlq.receive()).toHaveLength(10);
    expect(await many.dlq.receive()).toHaveLength(3);
    expect(await many.dlq.receive()).toEqual([]);
  });

  it('can be had by others at once when they are given back, and not again when they are removed', async () => {
    const { dlq, client, url } = await dlqOf('standard', ['stays', 'goes']);
    const held = await dlq.receive();
    expect(await dlq.count()).toEqual({ visible: 0, hidden: 2 });
    await dlq.giveBack(held.filter(({ body }) => body === 'stays'));
    await dlq.remove(held.filter(({ body }) => body === 'goes'));
    expect(await dlq.count()).toEqual({ visible: 1, hidden: 0 });
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(['stays']);
    await dlq.giveBack([]);
    await dlq.remove([]);
  });

  it.each(['standard', 'fifo'] as const)(
    'go back into a %s queue as they were, from the archive as well, which has each once',
    async (kind) => {
      const { dlq } = await dlqOf(kind, ['poisoned']);
      const [message] = await dlq.receive();
      if (!message) throw new Error('nothing is there');
      const { client, bucket } = await createBucket(cloud);
      const archive = createS3MessageArchive(createJsonObjects(client, bucket));
      const place = await archive.put({ ...message, queue: 'jobs' });
      const day = new Date(message.sentAt).toISOString().slice(0, 10);
      expect(place).toBe(`letters/jobs/${day}/${message.messageId}.json.gz`);
      expect(await archive.put({ ...message, queue: 'jobs', body: 'another' })).toBe(place);
      const found = await archive.get(place);
      if (!found) throw new Error('nothing is archived');
      expect(found.body).toBe('poisoned');
      expect(found).not.toHaveProperty('receiptHandle');
      expect(await archive.get('letters/jobs/2026-01-01/none.json.gz')).toBeUndefined();

      const source = await createQueue(cloud, kind);
      for (let again = 0; again < 2; again++)
        await resend(source.client, source.url, { message: found, id: 'letter/1' });
      const back = await createDeadLetterQueue(source.client, source.url).receive();
      // An ordered queue knows the order; another one brings an input twice, which changes nothing.
      expect(back).toHaveLength(kind === 'fifo' ? 1 : 2);
      const { messageId: _, receiptHandle: __, sentAt: ___, ...as } = message;
      expect(back[0]).toMatchObject(as);
    },
  );
});
