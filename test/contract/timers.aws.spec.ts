import { deliverTimer } from '../../lambdas/timers/deliver';
import { timerBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { SendMessage } from '../../lib/adapters/aws/queues/sender';
import { createSqsTimers, createTimerSender, MAX_DELAY_SECONDS } from '../../lib/adapters/aws/queues/timers';
import { createVirtualTime } from '../../lib/adapters/memory/virtual-time';
import { type Delivered, deliveredOf, describeTimers } from './timers.contract';

/** A queue that delays in virtual time, with the limit of SQS, feeding the function behind it. */
describeTimers('SQS', async () => {
  const time = createVirtualTime(1_000_000);
  const delivered: Delivered[] = [];
  const send: SendMessage = async ({ body, delaySeconds = 0 }) => {
    if (delaySeconds > MAX_DELAY_SECONDS) throw new Error('SQS delays by 15 minutes at most');
    time.setTimer(
      () => void deliver(timerBody.parse(JSON.parse(JSON.stringify(body)))),
      delaySeconds * 1_000,
    );
  };
  const deliver = deliverTimer({
    streams: { send: async (delivery, origin) => void delivered.push(deliveredOf(delivery, origin)) },
    hop: createTimerSender(send, time.now),
    clock: time.now,
  });
  return {
    timers: createSqsTimers(send, time.now),
    now: time.now,
    advance: time.advance,
    delivered: () => delivered,
  };
});
