import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { createTriggerSources } from '../../lib/adapters/aws/events/trigger-sources';
import { type TriggersBody, triggersBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createBus } from '../support/eventbridge';
import { startTestCloud, type TestCloud } from '../support/ministack';
import { describeTriggerSources, type Heard, START } from './trigger-sources.contract';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

async function world() {
  const bus = await createBus(cloud);
  const { scheduler, events, busName, scheduleGroup, queueArn } = bus;
  const sources = createTriggerSources(
    { scheduler, events },
    {
      ...{ busName, scheduleGroup, queueArn },
      schedulerRoleArn: 'arn:aws:iam::000000000000:role/scheduler',
      dlqArn: queueArn,
    },
  );
  return { ...bus, sources };
}

/** What the consumer of the queue makes of a message. */
function heardOf(body: unknown, at: number): Heard {
  const input = triggersBody.parse(body) as Extract<TriggersBody, { kind: 'input' }>;
  return { triggerId: input.to.id, message: input.message, id: input.id ?? '', at };
}

describeTriggerSources('EventBridge', async () => {
  const { sources, put, received, strikes } = await world();
  const heard: Heard[] = [];
  let now = START;
  return {
    ...{ sources, put },
    async advance(ms) {
      for (const { at, body } of await strikes(now, now + ms)) heard.push(heardOf(body, at));
      now += ms;
    },
    async heard() {
      for (const body of await received()) heard.push(heardOf(body, now));
      return heard;
    },
  };
});

describe('trigger sources: EventBridge', () => {
  it('take two schedules only where one cannot say it, and leave none behind', async () => {
    const { sources, scheduler, scheduleGroup } = await world();
    const isThere = (Name: string) =>
      scheduler.send(new GetScheduleCommand({ Name, GroupName: scheduleGroup })).then(
        () => true,
        () => false,
      );
    const nightly = { kind: 'schedule', timezone: 'Europe/Paris', missed: 'skip' } as const;
    await sources.arm('t', { ...nightly, cron: '0 0 1 * 1' });
    expect([await isThere('t'), await isThere('t-weekdays')]).toEqual([true, true]);
    await sources.arm('t', { ...nightly, cron: '0 0 2 * *' });
    expect([await isThere('t'), await isThere('t-weekdays')]).toEqual([true, false]);
    await sources.arm('t', undefined);
    expect(await isThere('t')).toBe(false);
  });
});
