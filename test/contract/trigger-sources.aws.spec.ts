import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CreateScheduleGroupCommand, GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { createTriggerSources } from '../../lib/adapters/aws/events/trigger-sources';
import { triggersBody } from '../../lib/adapters/aws/queues/queue-messages';
import { triggerAt } from '../../lib/core/messages/address';
import type {
  ScheduleSource,
  TriggerDefinition,
  TriggerSource,
} from '../../lib/core/messages/trigger-definition';
import { armedSource } from '../../lib/core/trigger/hearing';
import { createQueue, startTestCloud, type TestCloud } from '../support/ministack';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

const GROUP = 'triggers-of-a-test';
const NIGHTLY: ScheduleSource = {
  kind: 'schedule',
  cron: '0 2 * * *',
  timezone: 'Europe/Paris',
  missed: 'skip',
};

async function world() {
  const scheduler = new SchedulerClient(cloud.config);
  const events = new EventBridgeClient(cloud.config);
  const { client, url } = await createQueue(cloud, 'standard');
  const attributes = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const queueArn = (await client.send(attributes)).Attributes?.['QueueArn'] as string;
  await scheduler.send(new CreateScheduleGroupCommand({ Name: GROUP })).catch(() => {});
  const sources = createTriggerSources(
    { scheduler, events },
    {
      busName: 'default',
      scheduleGroup: GROUP,
      schedulerRoleArn: 'arn:aws:iam::000000000000:role/scheduler',
      queueArn,
      dlqArn: queueArn,
    },
  );
  const expressionOf = (Name: string) =>
    scheduler.send(new GetScheduleCommand({ Name, GroupName: GROUP })).then(
      ({ ScheduleExpression, ScheduleExpressionTimezone, Target }) => ({
        expression: ScheduleExpression,
        timezone: ScheduleExpressionTimezone,
        input: JSON.parse(Target?.Input ?? '{}'),
      }),
      () => undefined,
    );
  const put = (source: string, detail: object) =>
    events.send(
      new PutEventsCommand({
        Entries: [{ Source: source, DetailType: 'push', Detail: JSON.stringify(detail) }],
      }),
    );
  const received = async () => {
    const bodies: unknown[] = [];
    for (;;) {
      const { Messages } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      if (!Messages?.length) return bodies;
      for (const { Body, ReceiptHandle } of Messages) {
        bodies.push(JSON.parse(Body as string));
        await client.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      }
    }
  };
  const rules = async () =>
    (await events.send(new ListRulesCommand({ NamePrefix: 'reprise-trigger-' }))).Rules;
  return { sources, expressionOf, put, received, rules };
}

describe('the clock of a trigger', () => {
  it('is a schedule that tells the trigger, in its time zone and in the schema of the consumer', async () => {
    const { sources, expressionOf } = await world();
    await sources.arm('t1', NIGHTLY);
    const schedule = await expressionOf('t1');
    expect(schedule).toMatchObject({ timezone: 'Europe/Paris' });
    expect(schedule?.expression).toMatch(/^cron\(0 2 /);
    expect(triggersBody.parse(schedule?.input)).toMatchObject({
      ...{ kind: 'input', to: triggerAt('t1'), message: { type: 'due' } },
      actor: { kind: 'timer', id: 'scheduler' },
    });
  });

  it('follows the latest definition, which may need two schedules or one', async () => {
    const { sources, expressionOf } = await world();
    await sources.arm('t2', { ...NIGHTLY, cron: '0 0 1 * 1' });
    expect((await expressionOf('t2'))?.expression).toBe('cron(0 0 1 * ? *)');
    expect((await expressionOf('t2-weekdays'))?.expression).toBe('cron(0 0 ? * 2 *)');
    await sources.arm('t2', { ...NIGHTLY, cron: '0 0 2 * *' });
    expect((await expressionOf('t2'))?.expression).toBe('cron(0 0 2 * ? *)');
    expect(await expressionOf('t2-weekdays')).toBeUndefined();
    await sources.arm('t2', undefined);
    await sources.arm('t2', undefined);
    expect(await expressionOf('t2')).toBeUndefined();
  });
});

describe('the rule of a trigger', () => {
  it('hands it the whole of each event that its pattern asks for', async () => {
    const { sources, put, received } = await world();
    const source: TriggerSource = {
      kind: 'event',
      pattern: { source: ['git'], detail: { branch: ['main'] } },
    };
    await sources.arm('t3', source);
    await sources.arm('t3', source);
    await put('git', { branch: 'main', message: 'it says "no", \n and <aws.events.event.json>' });
    await put('git', { branch: 'other' });
    await put('other', { branch: 'main' });
    const bodies = await received();
    expect(bodies).toHaveLength(1);
    expect(triggersBody.parse(bodies[0])).toMatchObject({
      ...{ kind: 'input', to: triggerAt('t3'), tries: 0 },
      message: {
        type: 'event',
        event: {
          ...{ source: 'git', 'detail-type': 'push' },
          detail: { branch: 'main', message: 'it says "no", \n and <aws.events.event.json>' },
        },
      },
    });
  });

  it('hands it of what the engine publishes only its owner’s, and what is from elsewhere', async () => {
    const { sources, put, received } = await world();
    const pattern = { 'detail-type': ['push'], detail: { branch: ['main'] } };
    const definition = { source: { kind: 'event', pattern } } as unknown as TriggerDefinition;
    await sources.arm('t5', armedSource({ status: 'active', owner: 'ana', definition }));
    await put('reprise', { branch: 'main', reprise_owner: 'bob' });
    await put('reprise', { branch: 'main', reprise_owner: '' });
    await put('reprise', { branch: 'main', reprise_owner: 'ana' });
    await put('git', { branch: 'main' });
    const heard = (await received()).map((body) => {
      const { message } = triggersBody.parse(body) as unknown as { message: { event: { source: string } } };
      return message.event.source;
    });
    expect(heard.sort()).toEqual(['git', 'reprise']);
  });

  it('goes when the trigger has a clock instead', async () => {
    const { sources, put, received, rules, expressionOf } = await world();
    await sources.arm('t4', { kind: 'event', pattern: { source: ['git'] } });
    await sources.arm('t4', NIGHTLY);
    await put('git', { branch: 'main' });
    expect(await received()).toEqual([]);
    expect((await rules())?.map(({ Name }) => Name)).not.toContain('reprise-trigger-t4');
    expect(await expressionOf('t4')).toBeDefined();
  });
});
