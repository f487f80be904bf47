import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { bundleBodies, inputBodies, timerBody } from '../../lib/adapters/aws/queues/queue-messages';
import { MESSAGE_VERSION } from '../../lib/adapters/aws/queues/read-message';
import { createReceivedQueue } from '../../lib/adapters/aws/queues/received-queue';
import { createSqsSender } from '../../lib/adapters/aws/queues/sender';
import { createTimers } from '../../lib/adapters/aws/queues/timers';
import { createSweeps } from '../../lib/adapters/aws/table/sweeps';
import { createWorkerAnswers } from '../../lib/adapters/aws/table/worker-answers';
import { createWorkerRegistry } from '../../lib/adapters/aws/table/worker-registry';
import { jobAt, poolAt } from '../../lib/core/messages/address';
import type { Worker } from '../../lib/core/messages/pool';
import type { ReceivedMessage } from '../../lib/core/ports/received';
import type { Heartbeat } from '../../lib/core/ports/registries';
import { BEATS_KEPT } from '../../lib/core/recovery/detector';
import { STEADY_SWEEPS_MS } from '../../lib/core/recovery/silence';
import { createQueue, createTable, startTestCloud, type TestCloud } from '../support/ministack';
import { describeWorkerRegistry } from './worker-registry.contract';

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
      dependency: async () => {},
      letter: async () => {},
      target: async () => {},
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
    const queues = createInputQueues({
      job: send,
      pool: send,
      trigger: send,
      dependency: send,
      letter: send,
      target: send,
    });
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

describe('messages that were not handled', () => {
  const receive = async ({ client, url }: { client: SQSClient; url: string }) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(({ MessageId, ReceiptHandle, Body, Attributes, MessageAttributes }) => ({
      ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes },
      reason: MessageAttributes?.['reason']?.StringValue,
    })) as unknown as (ReceivedMessage & { readonly reason?: string })[];
  };

  it('come again when they are told to, in order and counted, while their group stands still', async () => {
    const jobs = await createQueue(cloud, 'fifo');
    const send = createSqsSender(jobs.client, jobs.url);
    for (const say of ['a', 'b']) await send({ body: { say }, groupId: 'j', deduplicationId: say });
    const queue = createReceivedQueue(jobs.client, { queueUrl: jobs.url, dlqUrl: jobs.url });
    const first = await receive(jobs);
    expect(await receive(jobs)).toEqual([]);
    await queue.comeAgain(first, 0);
    const again = await receive(jobs);
    expect(again.map(({ body }) => JSON.parse(body).say)).toEqual(['a', 'b']);
    expect(again.map(({ attributes }) => attributes.ApproximateReceiveCount)).toEqual(['2', '2']);
  });

  it.each(['fifo', 'standard'] as const)('are in the DLQ with the reason, each of them: %s', async (kind) => {
    const [jobs, dlq] = [await createQueue(cloud, kind), await createQueue(cloud, kind)];
    const send = createSqsSender(jobs.client, jobs.url);
    const group = kind === 'fifo' ? { groupId: 'j' } : {};
    for (const id of ['1', '2']) {
      await send({ body: { say: 'same' }, ...group, ...(kind === 'fifo' ? { deduplicationId: id } : {}) });
    }
    const queue = createReceivedQueue(jobs.client, { queueUrl: jobs.url, dlqUrl: dlq.url });
    const given = await receive(jobs);
    for (const message of given) await queue.moveToDlq(message, 'JOB_NOT_FOUND: no job j');
    const buried = await receive(dlq);
    expect(buried.map(({ body, reason }) => [JSON.parse(body), reason])).toEqual(
      given.map(() => [{ v: MESSAGE_VERSION, say: 'same' }, 'JOB_NOT_FOUND: no job j']),
    );
    expect(buried).toHaveLength(2);
  });
});

describe('timers through SQS', () => {
  it('that are due arrive, those to come do not yet', async () => {
    const { client, url } = await createQueue(cloud, 'standard');
    const later: unknown[] = [];
    const sendAt = async (body: object, at: number) => void later.push([body, at]);
    const timers = createTimers({ send: createSqsSender(client, url), sendAt, clock: () => 10_000 });
    const due = { to: jobAt('j1'), message: { type: 'timerDue', nodeId: 'a', attempt: 2 } } as const;
    await timers.schedule(due, 9_000, 'job/j1/1');
    await timers.schedule(due, 10_000 + 900_000, 'job/j1/2');
    await timers.schedule(due, 10_000 + 3_600_000, 'job/j1/3');
    const received = (await receiveAll(client, url)).map(({ body }) => timerBody.parse(body));
    expect(received).toEqual([{ ...due, dueAt: 9_000, id: 'job/j1/1' }]);
    expect(later).toEqual([[{ ...due, dueAt: 3_610_000, id: 'job/j1/3' }, 3_490_000]]);
  });
});

/** What is kept of heartbeats at these times, latest first, each due ten later; filled up with the first. */
function beats(...times: readonly number[]) {
  return Array.from({ length: BEATS_KEPT }, (_, i) => {
    const at = times[Math.min(i, times.length - 1)] as number;
    return { at, due: at + 10 };
  });
}

describeWorkerRegistry('DynamoDB', async () => {
  const { client, tableName } = await createTable(cloud);
  return createWorkerRegistry(client, tableName);
});

describe('the registry of workers', () => {
  const resources = { browserLicences: 2 };
  const worker = { workerId: 'w1', labels: ['linux'], slots: 2, resources, endpoint: 'http://w1:8080' };

  it('knows who was heard of, and refuses who is held for lost until it registers anew', async () => {
    const { client, tableName } = await createTable(cloud);
    const workers = createWorkerRegistry(client, tableName);
    const beat = (at: number, more: Partial<Heartbeat> = {}) =>
      workers.heartbeat('default', 'w1', {
        ...{ at, dueAt: at + 10, running: 1, draining: false, subject: 'fleet' },
        ...more,
      });
    const register = (at: number, more: Partial<Worker> = {}, subject = 'fleet') =>
      workers.register('default', { ...worker, ...more }, { subject, at, due: at + 10 });
    expect(await beat(1)).toBeUndefined();
    expect(await register(1_000)).toEqual({});
    expect(await beat(2_000, { draining: true })).toMatchObject({ lastSeenAt: 1_000, running: 0 });
    const kept = { ...worker, registeredBy: 'fleet' };
    expect(await workers.list('default')).toEqual([
      { ...kept, lastSeenAt: 2_000, dueAt: 2_010, beats: beats(2_000, 1_000), running: 1, draining: true },
    ]);
    expect(await workers.list('other')).toEqual([]);

    expect(await workers.markLost('default', 'w1', { lastSeenAt: 1_000, at: 9_000 })).toBe(false);
    expect(await workers.markLost('default', 'w1', { lastSeenAt: 2_000, at: 9_000 })).toBe(true);
    expect(await beat(9_100)).toBeUndefined();
    await register(9_200);
    await workers.remove('default', 'w1');
    expect(await workers.list('default')).toEqual([
      { ...kept, lastSeenAt: 9_200, dueAt: 9_210, beats: beats(9_200), running: 0 },
    ]);

    // The id is the subject's, and speaks for its latest registration only, until it is forgotten.
    expect(await register(9_300, {}, 'mallory')).toBeUndefined();
    expect(await beat(9_400, { subject: 'mallory', draining: true })).toBeUndefined();
    expect(await register(9_500, { registration: 'second' })).toEqual({});
    expect(await beat(9_600, { registration: 'first' })).toBeUndefined();
    expect(await beat(9_700, { registration: 'second' })).toMatchObject({ registration: 'second' });
    await workers.markLost('default', 'w1', { lastSeenAt: 9_700, at: 60_000 });
    expect(await register(60_100, {}, 'mallory')).toBeUndefined();
    await workers.remove('default', 'w1');
    expect(await register(60_200, {}, 'mallory')).toEqual({});
  });

  it('knows over which connection a worker spoke last, until that one closes', async () => {
    const { client, tableName } = await createTable(cloud);
    const workers = createWorkerRegistry(client, tableName);
    const { endpoint: _, ...pulls } = worker;
    const subject = 'fleet';
    const beat = (at: number, connectionId: string) =>
      workers.heartbeat('default', 'w1', {
        ...{ at, dueAt: at + 10, running: 0, draining: false, subject, connectionId },
      });
    const close = (connectionId: string, at: number) =>
      workers.disconnect('default', 'w1', { connectionId, at });
    expect(await workers.find('default', 'w1')).toBeUndefined();
    await workers.register('default', pulls, { subject, at: 1_000, due: 1_010 });
    expect(await beat(2_000, 'c1')).not.toHaveProperty('connectionId');
    expect(await beat(3_000, 'c2')).toMatchObject({ connectionId: 'c1', lastSeenAt: 2_000 });
    await close('c1', 4_000);
    expect(await workers.find('default', 'w1')).toMatchObject({ connectionId: 'c2', lastSeenAt: 3_000 });
    await close('c2', 5_000);
    expect(await workers.find('default', 'w1')).toEqual({
      ...{
        ...pulls,
        registeredBy: subject,
        // It is expected to open another at once.
        ...{ lastSeenAt: 5_000, dueAt: 5_000, beats: beats(3_000, 2_000, 1_000) },
        running: 0,
        draining: false,
      },
    });
    // One that is registered anew is not reached over the connection of before.
    await beat(6_000, 'c3');
    await workers.register('default', pulls, { subject, at: 7_000, due: 7_010 });
    expect(await workers.find('default', 'w1')).not.toHaveProperty('connectionId');
    // Nor does the end of a connection bring back one that is held for lost.
    await beat(8_000, 'c4');
    await workers.markLost('default', 'w1', { lastSeenAt: 8_000, at: 200_000 });
    await close('c4', 200_100);
    expect(await workers.find('default', 'w1')).toMatchObject({ lastSeenAt: 8_000, lostAt: 200_000 });
    await close('c9', 1);
    expect(await workers.list('other')).toEqual([]);
  });

  it('keeps the latest heartbeats of a worker, each with what it promised, in one write', async () => {
    const { client, tableName } = await createTable(cloud);
    const sent: string[] = [];
    client.middlewareStack.add(
      (next, context) => (args) => {
        sent.push(String(context['commandName']));
        return next(args);
      },
      { step: 'initialize' },
    );
    const workers = createWorkerRegistry(client, tableName);
    const beat = (at: number) =>
      workers.heartbeat('default', 'w1', {
        ...{ at, dueAt: at + 10, running: 0, draining: false, subject: 'fleet' },
      });
    const kept = async () => (await workers.find('default', 'w1'))?.beats;
    await workers.register('default', worker, { subject: 'fleet', at: 0, due: 10 });
    const times = Array.from({ length: BEATS_KEPT + 2 }, (_, i) => (i + 1) * 100);
    for (const at of times.slice(0, 3)) await beat(at);
    expect(await kept()).toEqual(beats(300, 200, 100, 0));
    sent.splice(0);
    for (const at of times.slice(3)) await beat(at);
    expect(sent).toEqual(times.slice(3).map(() => 'UpdateItemCommand'));
    expect(await kept()).toEqual(beats(...times.toReversed()));
  });

  it('takes the first heartbeat of a worker that an earlier version registered for all before it', async () => {
    const { client, tableName } = await createTable(cloud);
    const workers = createWorkerRegistry(client, tableName);
    const Item = { pk: 'WORKERS#default', sk: 'w1', ...worker, lastSeenAt: 1, steadySince: 0, running: 0 };
    await client.send(new PutCommand({ TableName: tableName, Item }));
    const beat = { at: 50, dueAt: 60, running: 0, draining: false, subject: 'fleet' };
    expect(await workers.heartbeat('default', 'w1', beat)).toMatchObject({ lastSeenAt: 1 });
    expect(await workers.find('default', 'w1')).toMatchObject({ dueAt: 60, beats: beats(50) });
    await workers.heartbeat('default', 'w1', { ...beat, at: 70, dueAt: 80 });
    expect(await workers.find('default', 'w1')).toMatchObject({ dueAt: 80, beats: beats(70, 50) });
  });
});

describe('the sweeps', () => {
  it('go on without a gap, or begin anew behind one', async () => {
    const { client, tableName } = await createTable(cloud);
    const sweeps = createSweeps(client, tableName);
    expect(await sweeps.record(1_000)).toBe(1_000);
    expect(await sweeps.record(1_000 + STEADY_SWEEPS_MS)).toBe(1_000);
    const late = 1_001 + 2 * STEADY_SWEEPS_MS;
    expect(await sweeps.record(late)).toBe(late);
    expect(await sweeps.record(late + 10_000)).toBe(late);
  });
});

describe('the answers of workers', () => {
  it('are found by the worker and the call, and forgotten after a while', async () => {
    const { client, tableName } = await createTable(cloud);
    const answers = createWorkerAnswers(client, tableName);
    const w1 = { pool: 'default', workerId: 'w1' };
    expect(await answers.get(w1, 'call-1')).toBeUndefined();
    await answers.put(w1, 'call-1', { status: 409, at: 1_000_000 });
    await answers.put(w1, 'call-2', { status: 202, at: 1_000_000 });
    expect(await answers.get(w1, 'call-1')).toBe(409);
    expect(await answers.get(w1, 'call-2')).toBe(202);
    expect(await answers.get({ ...w1, workerId: 'w2' }, 'call-1')).toBeUndefined();
    expect(await answers.get({ ...w1, pool: 'gpu' }, 'call-1')).toBeUndefined();
    const Key = { pk: 'ANSWERS#default#w1', sk: 'call-1' };
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key }));
    expect(Item?.['ttl']).toBe(1_600);
  });

  it('that are asked for together are read together, each for who asked', async () => {
    const { client, tableName } = await createTable(cloud);
    const send = jest.spyOn(client, 'send');
    const answers = createWorkerAnswers(client, tableName);
    const workers = ['w1', 'w2'].map((workerId) => ({ pool: 'default', workerId }));
    for (const worker of workers)
      for (let i = 0; i < 60; i += 2) await answers.put(worker, `call-${i}`, { status: 200 + i, at: 1_000 });
    send.mockClear();
    const asked = Array.from({ length: 60 }, (_, i) => `call-${i}`);
    const got = await Promise.all(
      workers.flatMap((worker) => [...asked, 'call-0'].map((call) => answers.get(worker, call))),
    );
    const statuses = [...asked.map((_, i) => (i % 2 === 0 ? 200 + i : undefined)), 200];
    expect(got).toEqual([...statuses, ...statuses]);
    // A hundred items are as many as a call reads.
    expect(send).toHaveBeenCalledTimes(2);
    for (const [{ input }] of send.mock.calls as unknown as [{ input: { RequestItems: object } }][])
      expect(Object.values(input.RequestItems)).toEqual([expect.objectContaining({ ConsistentRead: true })]);
  });

  it('say to each who asked that the table does not answer', async () => {
    const { client } = await createTable(cloud);
    const answers = createWorkerAnswers(client, 'no-such-table');
    const worker = { pool: 'default', workerId: 'w1' };
    const settled = await Promise.allSettled(['a', 'b'].map((call) => answers.get(worker, call)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
