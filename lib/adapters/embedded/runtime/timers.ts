import type { Clock, SetTimer } from '../../../core/model/time';
import type { Timers } from '../../../core/ports/effects';
import type { StreamSender } from '../../../core/ports/streams';
import { realTimer } from '../../system';

/** The longest delay of `setTimeout`: beyond it the callback would come at once. */
const LONGEST_MS = 2 ** 31 - 1;

export interface ProcessTimers extends Timers {
  /** Cancels whatever is still to come. */
  readonly close: () => void;
}

/** Timers of this process. They end with it: a runtime that takes a job over sets them again from the journal. */
export function createProcessTimers(deps: {
  readonly clock: Clock;
  readonly setTimer?: SetTimer | undefined;
  readonly streams: StreamSender;
}): ProcessTimers {
  const { clock, setTimer = realTimer, streams } = deps;
  const running = new Map<string, () => void>();

  function arm(id: string, dueAt: number, fire: () => void): void {
    const delay = Math.max(0, dueAt - clock());
    const wake = () => {
      if (clock() < dueAt) return arm(id, dueAt, fire);
      running.delete(id);
      fire();
    };
    running.set(id, setTimer(wake, Math.min(delay, LONGEST_MS)));
  }

  return {
    async schedule(delivery, dueAt, id) {
      if (running.has(id)) return;
      const origin = { id, actor: { kind: 'timer', id: 'embedded' } as const };
      arm(id, dueAt, () => void streams.send(delivery, origin));
    },
    close() {
      for (const cancel of running.values()) cancel();
      running.clear();
    },
  };
}
