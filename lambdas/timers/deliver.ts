import type { TimerBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { Clock } from '../../lib/core/model/time';
import type { StreamSender } from '../../lib/core/ports/streams';

/** Hands a timer that is due to its stream; sends one that is not on its next hop. */
export function deliverTimer(deps: {
  readonly streams: StreamSender;
  readonly hop: (timer: TimerBody) => Promise<void>;
  readonly clock: Clock;
}): (timer: TimerBody) => Promise<void> {
  return (timer) => {
    if (timer.dueAt > deps.clock()) return deps.hop(timer);
    return deps.streams.send(timer, { id: timer.id, actor: { kind: 'timer', id: 'timers' } });
  };
}
