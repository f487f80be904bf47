import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { createSendAt } from '../../../../../lib/adapters/aws/events/one-time-schedules';
import { MESSAGE_VERSION } from '../../../../../lib/adapters/aws/queues/read-message';

const scheduler = mockClient(SchedulerClient);
beforeEach(() => scheduler.reset());

const sendAt = createSendAt(new SchedulerClient({}), {
  scheduleGroup: 'reprise-dev',
  schedulerRoleArn: 'arn:aws:iam::111122223333:role/scheduler',
  queueArn: 'arn:aws:sqs:eu-west-1:111122223333:timers',
  dlqArn: 'arn:aws:sqs:eu-west-1:111122223333:timers-dlq',
});
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const refuse = (name: string) => Object.assign(new Error(name), { name, $fault: 'client' });
const created = () => scheduler.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input);

describe('a one-time schedule', () => {
  it('is named by what it sends and when, strikes once, and is tried for a day before its message is put aside', async () => {
    scheduler.on(CreateScheduleCommand).resolves({});
    await sendAt({ say: 'hello' }, AT);
    await sendAt({ say: 'hello' }, AT);
    await sendAt({ say: 'other' }, AT);
    await sendAt({ say: 'hello' }, AT + 1_000);
    const [first, again, ...others] = created();
    expect(first).toEqual({
      Name: expect.stringMatching(/^once-[0-9a-f]{48}$/),
      GroupName: 'reprise-dev',
      ScheduleExpression: 'at(2026-01-02T03:04:05)',
      ActionAfterCompletion: 'DELETE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:sqs:eu-west-1:111122223333:timers',
        RoleArn: 'arn:aws:iam::111122223333:role/scheduler',
        Input: JSON.stringify({ v: MESSAGE_VERSION, say: 'hello' }),
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:111122223333:timers-dlq' },
      },
    });
    expect(again?.Name).toBe(first?.Name);
    expect(new Set([first, ...others].map((input) => input?.Name)).size).toBe(3);
  });

  it('that is there already is a repeat', async () => {
    scheduler.on(CreateScheduleCommand).rejects(refuse('ConflictException'));
    await expect(sendAt({ say: 'hello' }, AT)).resolves.toBeUndefined();
  });

  it('that the quota does not take now may be asked for again', async () => {
    scheduler.on(CreateScheduleCommand).rejects(refuse('ThrottlingException'));
    await expect(sendAt({ say: 'hello' }, AT)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
