import type { TimerBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { Clock } from '../../lib/core/model/time';
import type { StreamSender } from '../../lib/core/ports/streams';

/** Hands a timer that is due to its stream; one that a schedule brought early is put off until then. */
export function deliverTimer(deps: {
  readonly streams: StreamSender;
  readonly putOff: (timer: TimerBody) => Promise<void>;
  readonly clock: Clock;
}): (timer: TimerBody) => Promise<void> {
  return (timer) => {
    if (timer.dueAt > deps.clock()) return deps.putOff(timer);
    return deps.streams.send(timer, { id: timer.id, actor: { kind: 'timer', id: 'timers' } });
  };
}
