import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { bundleBodies, inputBodies, timerBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createSqsSender } from '../../lib/adapters/aws/queues/sender';
import { createSqsTimers } from '../../lib/adapters/aws/queues/timers';
import { createWorkerRegistry } from '../../lib/adapters/aws/table/worker-registry';
import { jobAt, poolAt } from '../../lib/core/messages/address';
import type { Worker } from '../../lib/core/messages/pool';
import type { Heartbeat } from '../../lib/core/ports/registries';
import { createQueue, createTable, startTestCloud, type TestCloud } from '../support/ministack';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

async function receiveAll(client: SQSClient, url: string): Promise<{ group?: string; body: unknown }[]> {
  const received: { group?: string; body: unknown }[] = [];
  for (;;) {
    const { Messages } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    if (!Messages?.length) return received;
    for (const { Body, Attributes, ReceiptHandle } of Messages) {
      // A group stands still while one of its messages is in flight.
      await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      received.push({ group: Attributes?.MessageGroupId as string, body: JSON.parse(Body as string) });
    }
  }
}

describe('inputs through SQS', () => {
  const actor = { kind: 'engine', id: 'pool/default' } as const;

  it('arrive in the order in which they were sent, grouped by job, in the schema of the consumer', async () => {
    const jobs = await createQueue(cloud, 'fifo');
    const pools = await createQueue(cloud, 'fifo');
    const queues = createInputQueues({
      job: createSqsSender(jobs.client, jobs.url),
      pool: createSqsSender(pools.client, pools.url),
      trigger: async () => {},
    });
    const nodes = Array.from({ length: 23 }, (_, i) => `n${i}`);
    await Promise.all(
      nodes.map((nodeId) =>
        queues.send(
          { to: jobAt('j1'), message: { type: 'nodeEntered', nodeId } },
          { id: `pool/default/${nodeId}`, actor },
        ),
      ),
    );
    const timer = { kind: 'timer', id: 'sweeper' } as const;
    const sweep = { to: poolAt('default'), message: { type: 'sweep' } } as const;
    await queues.send(sweep, { id: 'sweep/1', actor: timer, traceId: 't' });
    const received = await receiveAll(jobs.client, jobs.url);
    // What is sent in one turn is one message.
    expect(received.map(({ group }) => group)).toEqual(['j1']);
    const { to, inputs } = bundleBodies.job.parse(received[0]?.body);
    expect(inputs.map(({ message }) => message.type === 'nodeEntered' && message.nodeId)).toEqual(nodes);
    expect(to).toEqual(jobAt('j1'));
    expect(inputs[0]).toMatchObject({ id: 'pool/default/n0', actor });
    const [swept] = await receiveAll(pools.client, pools.url);
    expect(inputBodies.pool.parse(swept?.body)).toEqual({
      ...sweep,
      id: 'sweep/1',
      actor: timer,
      traceId: 't',
    });
  });

  it('arrive once when they are sent twice, and twice when the same id means something else', async () => {
    const jobs = await createQueue(cloud, 'fifo');
    const send = createSqsSender(jobs.client, jobs.url);
    const queues = createInputQueues({ job: send, pool: send, trigger: send });
    const origin = { id: 'job/j1/1', actor };
    await queues.send({ to: jobAt('j1'), message: { type: 'admit' } }, origin);
    await queues.send({ to: jobAt('j1'), message: { type: 'admit' } }, origin);
    await queues.send({ to: jobAt('j1'), message: { type: 'cancel', reason: 'r' } }, origin);
    const types = (await receiveAll(jobs.client, jobs.url)).map(
      ({ body }) => inputBodies.job.parse(body).message.type,
    );
    expect(types).toEqual(['admit', 'cancel']);
  });
});

describe('timers through SQS', () => {
  it('that are due arrive, those to come do not yet', async () => {
    const { client, url } = await createQueue(cloud, 'standard');
    const timers = createSqsTimers(createSqsSender(client, url), () => 10_000);
    const due = { to: jobAt('j1'), message: { type: 'timerDue', nodeId: 'a', attempt: 2 } } as const;
    await timers.schedule(due, 9_000, 'job/j1/1');
    await timers.schedule(due, 10_000 + 3_600_000, 'job/j1/2');
    const received = (await receiveAll(client, url)).map(({ body }) => timerBody.parse(body));
    expect(received).toEqual([{ ...due, dueAt: 9_000, id: 'job/j1/1' }]);
  });
});

describe('the registry of workers', () => {
  const resources = { browserLicences: 2 };
  const worker = { workerId: 'w1', labels: ['linux'], slots: 2, resources, endpoint: 'http://w1:8080' };

  it('knows who was heard of, and refuses who is held for lost until it registers anew', async () => {
    const { client, tableName } = await createTable(cloud);
    const workers = createWorkerRegistry(client, tableName);
    const beat = (at: number, more: Partial<Heartbeat> = {}) =>
      workers.heartbeat('default', 'w1', { at, running: 1, draining: false, subject: 'fleet', ...more });
    const register = (at: number, more: Partial<Worker> = {}, subject = 'fleet') =>
      workers.register('default', { ...worker, ...more }, { subject, at });
    expect(await beat(1)).toBe(false);
    expect(await register(1_000)).toBe(true);
    expect(await beat(2_000, { draining: true })).toBe(true);
    const kept = { ...worker, registeredBy: 'fleet' };
    expect(await workers.list('default')).toEqual([
      { ...kept, lastSeenAt: 2_000, running: 1, draining: true },
    ]);
    expect(await workers.list('other')).toEqual([]);

    expect(await workers.markLost('default', 'w1', { lastSeenAt: 1_000, at: 9_000 })).toBe(false);
    expect(await workers.markLost('default', 'w1', { lastSeenAt: 2_000, at: 9_000 })).toBe(true);
    expect(await beat(9_100)).toBe(false);
    await register(9_200);
    await workers.remove('default', 'w1');
    expect(await workers.list('default')).toEqual([{ ...kept, lastSeenAt: 9_200, running: 0 }]);

    // The id is the subject's, and speaks for its latest registration only, until it is forgotten.
    expect(await register(9_300, {}, 'mallory')).toBe(false);
    expect(await beat(9_400, { subject: 'mallory', draining: true })).toBe(false);
    expect(await register(9_500, { registration: 'second' })).toBe(true);
    expect(await beat(9_600, { registration: 'first' })).toBe(false);
    expect(await beat(9_700, { registration: 'second' })).toBe(true);
    await workers.markLost('default', 'w1', { lastSeenAt: 9_700, at: 60_000 });
    expect(await register(60_100, {}, 'mallory')).toBe(false);
    await workers.remove('default', 'w1');
    expect(await register(60_200, {}, 'mallory')).toBe(true);
  });
});
