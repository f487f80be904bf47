import { GetScheduleCommand, ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { createSendAt } from '../../lib/adapters/aws/events/one-time-schedules';
import { MESSAGE_VERSION } from '../../lib/adapters/aws/queues/read-message';
import { createBus } from '../support/eventbridge';
import { startTestCloud, type TestCloud } from '../support/ministack';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.stop());

describe('a message at a time: EventBridge Scheduler', () => {
  it('is one schedule however often it is asked for, strikes once and leaves nothing behind', async () => {
    const { scheduler, scheduleGroup: GroupName, queueArn, received } = await createBus(cloud);
    const sendAt = createSendAt(scheduler, {
      ...{ scheduleGroup: GroupName, queueArn, dlqArn: queueArn },
      schedulerRoleArn: 'arn:aws:iam::000000000000:role/scheduler',
    });
    const names = async () =>
      ((await scheduler.send(new ListSchedulesCommand({ GroupName }))).Schedules ?? []).map(
        ({ Name }) => Name,
      );
    const at = Date.now() + 3_600_000;
    for (let i = 0; i < 2; i++) await sendAt({ say: 'later' }, at);
    await sendAt({ say: 'other' }, at);
    const [Name] = await names();
    expect(await names()).toHaveLength(2);
    const schedule = await scheduler.send(new GetScheduleCommand({ Name, GroupName }));
    expect(schedule).toMatchObject({
      ScheduleExpression: expect.stringMatching(/^at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)$/),
      ActionAfterCompletion: 'DELETE',
    });
    // The local cloud strikes at once what is due.
    await sendAt({ say: 'now' }, Date.now() - 1_000);
    const heard: unknown[] = [];
    while (heard.length === 0) {
      heard.push(...(await received()));
      await new Promise((next) => setTimeout(next, 250));
    }
    expect(heard).toEqual([{ v: MESSAGE_VERSION, say: 'now' }]);
    while ((await names()).length > 2) await new Promise((next) => setTimeout(next, 250));
    expect(await received()).toEqual([]);
  });
});
