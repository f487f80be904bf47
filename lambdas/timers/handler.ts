import { timerBody } from '../../lib/adapters/aws/queue-messages';
import { createTimerSender } from '../../lib/adapters/aws/sqs-timers';
import { queueHandler } from '../shared/queue';
import { inputQueues, timersSender } from '../shared/queues';
import { deliverTimer } from './deliver';

const deliver = deliverTimer({
  queues: inputQueues(),
  hop: createTimerSender(timersSender(), Date.now),
  clock: Date.now,
});

export const handler = queueHandler('timers', timerBody, deliver);
