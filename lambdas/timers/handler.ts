import { timerBody } from '../../lib/adapters/aws/queues/queue-messages';
import { createTimerSender } from '../../lib/adapters/aws/queues/timers';
import { queueHandler } from '../runtime/queue';
import { inputQueues, receivedQueue, timersSender } from '../shared/queues';
import { deliverTimer } from './deliver';

const deliver = deliverTimer({
  streams: inputQueues(),
  hop: createTimerSender(timersSender(), Date.now),
  clock: Date.now,
});

export const handler = queueHandler('timers', timerBody, receivedQueue(), deliver);
