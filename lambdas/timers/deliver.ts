import type { TimerBody } from '../../lib/adapters/aws/queues/queue-messages';
import type { Clock, InputQueues } from '../../lib/core/ports/stores';

/** Hands a timer that is due to its job; sends one that is not on its next hop. */
export function deliverTimer(deps: {
  readonly queues: Pick<InputQueues, 'toJob'>;
  readonly hop: (timer: TimerBody) => Promise<void>;
  readonly clock: Clock;
}): (timer: TimerBody) => Promise<void> {
  return (timer) => {
    if (timer.dueAt > deps.clock()) return deps.hop(timer);
    return deps.queues.toJob(timer.jobId, timer.message, timer.id);
  };
}
