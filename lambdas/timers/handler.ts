import { timerBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createTimerSender } from '../../lib/adapters/aws/queues/timers';
import { queueHandler } from '../runtime/queue';
import { inputQueues, intake } from '../shared/queues';
import { timerDeps } from '../shared/timers';
import { deliverTimer } from './deliver';

const deliver = deliverTimer({
  streams: inputQueues(),
  putOff: createTimerSender(timerDeps()),
  clock: Date.now,
});

export const handler = queueHandler('timers', timerBody, intake(), deliver);
