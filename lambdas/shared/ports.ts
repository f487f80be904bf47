import { createEventBridgePublisher } from '../../lib/adapters/aws/events/publisher';
import { settledSources } from '../../lib/adapters/aws/events/settled-sources';
import { createSqsDispatcher } from '../../lib/adapters/aws/queues/dispatcher';
import { createSqsSubmissions } from '../../lib/adapters/aws/queues/submissions';
import { createSqsTimers } from '../../lib/adapters/aws/queues/timers';
import { createTriggerSources } from '../../lib/adapters/aws/events/trigger-sources';
import type { EffectPorts } from '../../lib/core/ports/effects';
import { armedSource } from '../../lib/core/trigger/state';
import { eventBridge } from './clients/event-bridge';
import { scheduler } from './clients/scheduler';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { dispatchSender, inputQueues, timersSender, triggersSender } from './queues';
import { workflow } from './workflow';

/** Where effects go, wired from the environment. */
export const effectPorts = once(
  (): EffectPorts => ({
    queues: inputQueues(),
    timers: createSqsTimers(timersSender(), Date.now),
    workflow: workflow(),
    dispatcher: createSqsDispatcher(dispatchSender()),
    publisher: createEventBridgePublisher(eventBridge(), readEnv('EVENT_BUS_NAME').EVENT_BUS_NAME),
    sources: triggerSources(),
    submissions: createSqsSubmissions(triggersSender()),
  }),
);

const triggerSources = once(() => {
  const env = readEnv(
    'EVENT_BUS_NAME',
    'SCHEDULE_GROUP',
    'SCHEDULER_ROLE_ARN',
    'TRIGGERS_QUEUE_ARN',
    'TRIGGERS_DLQ_ARN',
  );
  const sources = createTriggerSources(
    { scheduler: scheduler(), events: eventBridge() },
    {
      busName: env.EVENT_BUS_NAME,
      scheduleGroup: env.SCHEDULE_GROUP,
      schedulerRoleArn: env.SCHEDULER_ROLE_ARN,
      queueArn: env.TRIGGERS_QUEUE_ARN,
      dlqArn: env.TRIGGERS_DLQ_ARN,
    },
  );
  return settledSources(sources, async (triggerId) => {
    // Looked up when it is needed: the engine itself performs its effects through these ports.
    const { triggerEngine } = await import('./engine');
    return armedSource((await triggerEngine().view(triggerId)).state);
  });
});
