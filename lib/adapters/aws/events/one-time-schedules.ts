import { createHash } from 'node:crypto';
import { CreateScheduleCommand, type SchedulerClient } from '@aws-sdk/client-scheduler';
import { TRIGGER_DELIVERY } from '../../../core/messages/public-event';
import { isNamed, upstream } from '../aws-errors';
import { writeMessage } from '../queues/read-message';
import type { SendAt } from '../queues/sender';

export interface ScheduleSettings {
  /** The group that the schedules of this environment are in. */
  readonly scheduleGroup: string;
  /** What EventBridge Scheduler sends as. */
  readonly schedulerRoleArn: string;
  /** Which queue gets the message, and where it goes when that takes none. */
  readonly queueArn: string;
  readonly dlqArn: string;
}

/** As schedules that are named by what they send and when. */
export function createSendAt(client: SchedulerClient, settings: ScheduleSettings): SendAt {
  return async (body, at) => {
    // Seconds are the finest it takes; UTC where no zone is given.
    const time = new Date(at).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
    const Input = writeMessage(body);
    const command = new CreateScheduleCommand({
      Name: `${TIMER_PREFIX}${createHash('sha256').update(`${time}\n${Input}`).digest('hex').slice(0, NAME_DIGITS)}`,
      GroupName: settings.scheduleGroup,
      ScheduleExpression: `at(${time})`,
      ActionAfterCompletion: 'DELETE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: settings.queueArn,
        RoleArn: settings.schedulerRoleArn,
        Input,
        RetryPolicy: {
          MaximumEventAgeInSeconds: TRIGGER_DELIVERY.maxAgeSeconds,
          MaximumRetryAttempts: TRIGGER_DELIVERY.maxAttempts,
        },
        DeadLetterConfig: { Arn: settings.dlqArn },
      },
    });
    await upstream('EventBridge Scheduler', async () => {
      try {
        await client.send(command);
      } catch (error) {
        // It is there: this is a repeat.
        if (!isNamed(error, 'ConflictException')) throw error;
      }
    });
  };
}

/** What names of timers begin with; those of triggers are hexadecimal. */
export const TIMER_PREFIX = 'once-';

/** A name has 64 characters at most. */
const NAME_DIGITS = 48;
