import type { Clock } from '../../../core/model/time';
import type { Timers } from '../../../core/ports/effects';
import type { TimerBody } from './queue-messages';
import type { SendMessage } from './sender';

/** The longest delay of SQS. */
export const MAX_DELAY_SECONDS = 900;

/** Sends a timer on its way, or on its next hop. */
export function createTimerSender(send: SendMessage, clock: Clock): (timer: TimerBody) => Promise<void> {
  return (timer) => {
    const seconds = Math.ceil((timer.dueAt - clock()) / 1_000);
    return send({ body: timer, delaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, seconds)) });
  };
}

/**
 * Timers as delayed messages of a standard queue. One that is due later than SQS can delay comes back early and is
 * sent on; the queue is the memory, so a crash loses none.
 */
export function createSqsTimers(send: SendMessage, clock: Clock): Timers {
  const start = createTimerSender(send, clock);
  return { schedule: ({ to, message }, dueAt, id) => start({ to, message, dueAt, id } as TimerBody) };
}
