import { createInputQueues } from '../../lib/adapters/aws/queues/input-queues';
import { createReceivedQueue } from '../../lib/adapters/aws/queues/received-queue';
import { createSqsSender } from '../../lib/adapters/aws/queues/sender';
import { SYSTEM } from '../../lib/adapters/system';
import { readEnv } from '../runtime/env';
import { once } from '../runtime/once';
import { sqs, sqsOnce } from './clients/sqs';

/** The queues, wired from the environment. Each sender asks for its URL when it is first used. */
export const inputQueues = once(() =>
  createInputQueues({
    job: jobsSender(),
    pool: poolsSender(),
    trigger: triggersSender(),
    dependency: dependenciesSender(),
    letter: lettersSender(),
    target: targetsSender(),
  }),
);

const jobsSender = once(() => createSqsSender(sqs(), readEnv('JOBS_QUEUE_URL').JOBS_QUEUE_URL));
const poolsSender = once(() => createSqsSender(sqs(), readEnv('POOLS_QUEUE_URL').POOLS_QUEUE_URL));
const dependenciesSender = once(() => {
  const queueUrl = () => readEnv('DEPENDENCIES_QUEUE_URL').DEPENDENCIES_QUEUE_URL;
  return createSqsSender(sqs(), queueUrl());
});
const lettersSender = once(() => createSqsSender(sqs(), readEnv('LETTERS_QUEUE_URL').LETTERS_QUEUE_URL));
const targetsSender = once(() => createSqsSender(sqs(), readEnv('TARGETS_QUEUE_URL').TARGETS_QUEUE_URL));
export const deliveriesSender = once(() =>
  createSqsSender(sqs(), readEnv('DELIVERIES_QUEUE_URL').DELIVERIES_QUEUE_URL),
);
export const redriveSender = once(() =>
  createSqsSender(sqsOnce(), readEnv('REDRIVE_QUEUE_URL').REDRIVE_QUEUE_URL),
);
export const timersSender = once(() => createSqsSender(sqs(), readEnv('TIMERS_QUEUE_URL').TIMERS_QUEUE_URL));
export const dispatchSender = once(() =>
  createSqsSender(sqs(), readEnv('DISPATCH_QUEUE_URL').DISPATCH_QUEUE_URL),
);
export const effectsSender = once(() =>
  createSqsSender(sqs(), readEnv('EFFECTS_QUEUE_URL').EFFECTS_QUEUE_URL),
);
export const graphsSender = once(() => createSqsSender(sqs(), readEnv('GRAPHS_QUEUE_URL').GRAPHS_QUEUE_URL));
export const triggersSender = once(() =>
  createSqsSender(sqs(), readEnv('TRIGGERS_QUEUE_URL').TRIGGERS_QUEUE_URL),
);

export const sweepsSender = once(() => createSqsSender(sqs(), readEnv('SWEEPS_QUEUE_URL').SWEEPS_QUEUE_URL));

/** What feeds this function. */
export const intake = once(() => {
  const { QUEUE_URL: queueUrl, DLQ_URL: dlqUrl } = readEnv('QUEUE_URL', 'DLQ_URL');
  return { queue: createReceivedQueue(sqs(), { queueUrl, dlqUrl }), timing: SYSTEM };
});
