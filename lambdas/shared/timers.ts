import { createSendAt } from '../../lib/adapters/aws/events/one-time-schedules';
import type { TimerDeps } from '../../lib/adapters/aws/queues/timers';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { scheduler } from './clients/scheduler';
import { timersSender } from './queues';

/** What timers are sent with, wired from the environment. */
export const timerDeps = once((): TimerDeps => {
  const env = readEnv('SCHEDULE_GROUP', 'SCHEDULER_ROLE_ARN', 'TIMERS_QUEUE_ARN', 'TIMERS_DLQ_ARN');
  const sendAt = createSendAt(scheduler(), {
    scheduleGroup: env.SCHEDULE_GROUP,
    schedulerRoleArn: env.SCHEDULER_ROLE_ARN,
    queueArn: env.TIMERS_QUEUE_ARN,
    dlqArn: env.TIMERS_DLQ_ARN,
  });
  return { send: timersSender(), sendAt, clock: Date.now };
});
