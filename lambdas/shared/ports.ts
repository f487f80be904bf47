import { createEventBridgePublisher } from '../../lib/adapters/aws/eventbridge-publisher';
import { createSfnWorkflow } from '../../lib/adapters/aws/sfn-workflow';
import { createSqsDispatcher } from '../../lib/adapters/aws/sqs-dispatcher';
import { createSqsTimers } from '../../lib/adapters/aws/sqs-timers';
import type { EffectPorts } from '../../lib/core/effects';
import { eventBridge } from './clients/event-bridge';
import { sfn } from './clients/sfn';
import { readEnv } from './env';
import { graphHashOf } from './graph-of-job';
import { graphs } from './objects';
import { once } from './once';
import { dispatchSender, inputQueues, timersSender } from './queues';
import { journal } from './tables';

/** Where effects go, wired from the environment. */
export const effectPorts = once((): EffectPorts => {
  const env = readEnv('EVENT_BUS_NAME', 'GRAPH_RUNNER_ARN', 'STATE_MACHINE_ARN_PREFIX');
  return {
    queues: inputQueues(),
    timers: createSqsTimers(timersSender(), Date.now),
    workflow: createSfnWorkflow(sfn(), {
      machineArnPrefix: env.STATE_MACHINE_ARN_PREFIX,
      graphRunnerArn: env.GRAPH_RUNNER_ARN,
      graphs: graphs(),
      graphHashOf: (jobId) => graphHashOf(journal(), jobId),
    }),
    dispatcher: createSqsDispatcher(dispatchSender()),
    publisher: createEventBridgePublisher(eventBridge(), env.EVENT_BUS_NAME),
  };
});
