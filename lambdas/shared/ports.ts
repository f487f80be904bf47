import { randomUUID } from 'node:crypto';
import { createEventBridgePublisher } from '../../lib/adapters/aws/events/publisher';
import { settledSources } from '../../lib/adapters/aws/events/settled-sources';
import { createTriggerSources } from '../../lib/adapters/aws/events/trigger-sources';
import { createSqsDispatcher } from '../../lib/adapters/aws/queues/dispatcher';
import { createSqsLetterBox } from '../../lib/adapters/aws/queues/letter-box';
import { createSqsNotifier } from '../../lib/adapters/aws/queues/notifier';
import { createSqsSubmissions } from '../../lib/adapters/aws/queues/submissions';
import { createTimers } from '../../lib/adapters/aws/queues/timers';
import { triggerAt } from '../../lib/core/messages/address';
import type { EffectPorts } from '../../lib/core/ports/effects';
import { armedSource } from '../../lib/core/trigger/hearing';
import { alarming } from '../runtime/alarming';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { eventBridge } from './clients/event-bridge';
import { scheduler } from './clients/scheduler';
import { deliveriesSender, dispatchSender, inputQueues, redriveSender, triggersSender } from './queues';
import { reader } from './readers';
import { history } from './tables';
import { timerDeps } from './timers';
import { workflow } from './workflow';

/** Where effects go, wired from the environment. */
export const effectPorts = once(
  (): EffectPorts => ({
    streams: inputQueues(),
    timers: createTimers(timerDeps()),
    workflow: workflow(),
    dispatcher: createSqsDispatcher(dispatchSender()),
    publisher: alarming(createEventBridgePublisher(eventBridge(), readEnv('EVENT_BUS_NAME').EVENT_BUS_NAME)),
    sources: triggerSources(),
    submissions: createSqsSubmissions(triggersSender()),
    notifier: createSqsNotifier(deliveriesSender),
    letterBox: createSqsLetterBox(redriveSender(), { clock: Date.now, newId: randomUUID }),
    history: history(),
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
  // What the journal says now, which another process may have written.
  const wanted = async (triggerId: string) => armedSource((await reader().view(triggerAt(triggerId))).state);
  return settledSources(sources, wanted);
});
