import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { createEventBridgePublisher } from '../../../../../lib/adapters/aws/events/publisher';
import { MESSAGE_VERSION } from '../../../../../lib/adapters/aws/queues/read-message';
import { createSqsSender, deduplicationId } from '../../../../../lib/adapters/aws/queues/sender';
import { spanIdOf } from '../../../../../lib/core/model/trace';

const sqs = mockClient(SQSClient);
const bus = mockClient(EventBridgeClient);
beforeEach(() => {
  sqs.reset();
  bus.reset();
});

const url = 'https://sqs.eu-west-1.amazonaws.com/111122223333/jobs.fifo';
const said = (say: string) => JSON.stringify({ v: MESSAGE_VERSION, say });
const entries = () =>
  sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries ?? []);

describe('sending to a queue', () => {
  it('puts what is sent at the same time into batches of ten', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    const send = createSqsSender(new SQSClient({}), url);
    await Promise.all(Array.from({ length: 23 }, (_, i) => send({ body: { i }, groupId: 'j' })));
    expect(entries().map((batch) => batch.length)).toEqual([10, 10, 3]);
  });

  it('keeps a call under the size that SQS takes', async () => {
    sqs.on(SendMessageBatchCommand).resolves({});
    const send = createSqsSender(new SQSClient({}), url);
    const body = { text: 'x'.repeat(250_000) };
    await Promise.all(Array.from({ length: 5 }, () => send({ body, groupId: 'j' })));
    expect(entries().map((batch) => batch.length)).toEqual([3, 2]);
  });

  it('sends again the messages that SQS failed on, and only those', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }], Successful: [] })
      .resolves({});
    const send = createSqsSender(new SQSClient({}), url);
    await Promise.all(['a', 'b', 'c'].map((say) => send({ body: { say }, groupId: 'j' })));
    expect(entries().map((batch) => batch.map(({ MessageBody }) => MessageBody))).toEqual([
      ['a', 'b', 'c'].map(said),
      ['b'].map(said),
    ]);
  });

  it('fails those that are refused and delivers the others', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolves({ Failed: [{ Id: '0', Code: 'InvalidMessageContents', SenderFault: true }], Successful: [] });
    const send = createSqsSender(new SQSClient({}), url);
    const [bad, good] = await Promise.allSettled([
      send({ body: { say: 'bad' } }),
      send({ body: { say: 'good' } }),
    ]);
    expect(bad.status).toBe('rejected');
    expect(good.status).toBe('fulfilled');
  });

  it('is retryable when SQS cannot be reached', async () => {
    sqs.on(SendMessageBatchCommand).rejects(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    const send = createSqsSender(new SQSClient({}), url);
    await expect(send({ body: { say: 'a' } })).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('names a message by its id and its content', () => {
    const id = deduplicationId('job/j/1', { type: 'admit' });
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(deduplicationId('job/j/1', { type: 'admit' })).toBe(id);
    expect(deduplicationId('job/j/2', { type: 'admit' })).not.toBe(id);
    expect(deduplicationId('job/j/1', { type: 'cancel' })).not.toBe(id);
  });
});

describe('publishing events', () => {
  const event = (id: string) => ({
    id,
    type: 'orchestration.execution.started',
    at: 0,
    detail: { jobId: 'j' },
  });

  it('puts them on the bus with source, type and id, and says whose they are', async () => {
    bus.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'e' }] });
    await createEventBridgePublisher(new EventBridgeClient({}), 'engine').publish({
      ...event('job/j/2'),
      owner: 'ana',
    });
    const at = '1970-01-01T00:00:00.000Z';
    expect(bus.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
      {
        EventBusName: 'engine',
        Source: 'reprise',
        DetailType: 'orchestration.execution.started',
        Time: new Date(0),
        Detail: JSON.stringify({ jobId: 'j', id: 'job/j/2', at, reprise_owner: 'ana', reprise_version: 1 }),
      },
    ]);
  });

  it('has those of a job go on with its trace, as X-Ray names it', async () => {
    bus.on(PutEventsCommand).resolves({ Entries: [{ EventId: 'e' }] });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const told = { ...event('job/j/2'), detail: { jobId: 'j', traceId } };
    await createEventBridgePublisher(new EventBridgeClient({}), 'engine').publish(told);
    const [entry] = bus.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(entry?.TraceHeader).toBe(`Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${spanIdOf('j')}`);
    expect(JSON.parse(entry?.Detail ?? '')).toMatchObject({ traceId });
  });

  it('fails the ones that the bus did not take', async () => {
    bus
      .on(PutEventsCommand)
      .resolves({ FailedEntryCount: 1, Entries: [{ EventId: 'e' }, { ErrorCode: 'InternalFailure' }] });
    const { publish } = createEventBridgePublisher(new EventBridgeClient({}), 'engine');
    const [first, second] = await Promise.allSettled([publish(event('a')), publish(event('b'))]);
    expect([first.status, second.status]).toEqual(['fulfilled', 'rejected']);
  });
});
