import { createEventBridgePublisher } from '../../lib/adapters/aws/eventbridge-publisher';
import { createSqsDispatcher } from '../../lib/adapters/aws/sqs-dispatcher';
import { createSqsTimers } from '../../lib/adapters/aws/sqs-timers';
import type { EffectPorts } from '../../lib/core/effects';
import { eventBridge } from './clients/event-bridge';
import { readEnv } from './env';
import { once } from './once';
import { dispatchSender, inputQueues, timersSender } from './queues';
import { workflow } from './workflow';

/** Where effects go, wired from the environment. */
export const effectPorts = once(
  (): EffectPorts => ({
    queues: inputQueues(),
    timers: createSqsTimers(timersSender(), Date.now),
    workflow: workflow(),
    dispatcher: createSqsDispatcher(dispatchSender()),
    publisher: createEventBridgePublisher(eventBridge(), readEnv('EVENT_BUS_NAME').EVENT_BUS_NAME),
  }),
);
