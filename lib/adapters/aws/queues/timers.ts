import type { Clock } from '../../../core/model/time';
import type { Timers } from '../../../core/ports/effects';
import type { TimerBody } from './queue-messages';
import type { SendAt, SendMessage } from './sender';

/** The longest delay of SQS. */
export const MAX_DELAY_SECONDS = 900;

/** A schedule strikes within a minute of its time: so much earlier, milliseconds, SQS gets the rest to the second. */
const EARLY_MS = 120_000;

export interface TimerDeps {
  /** To the queue `timers`. */
  readonly send: SendMessage;
  /** To the same queue, later than SQS can delay. */
  readonly sendAt: SendAt;
  readonly clock: Clock;
}

/**
 * Sends a timer on its way: as a delayed message where SQS can delay it, else by a schedule that brings it into the queue
 * shortly before it is due. Nothing hops: a chain of messages is cut by Lambda after 16.
 */
export function createTimerSender({ send, sendAt, clock }: TimerDeps): (timer: TimerBody) => Promise<void> {
  return (timer) => {
    const seconds = Math.ceil((timer.dueAt - clock()) / 1_000);
    if (seconds > MAX_DELAY_SECONDS) return sendAt(timer, timer.dueAt - EARLY_MS);
    return send({ body: timer, delaySeconds: Math.max(0, seconds) });
  };
}

/** Timers of streams: they are in SQS or in EventBridge Scheduler, so a crash loses none. */
export function createTimers(deps: TimerDeps): Timers {
  const start = createTimerSender(deps);
  return { schedule: ({ to, message }, dueAt, id) => start({ to, message, dueAt, id } as TimerBody) };
}
