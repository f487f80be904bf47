import type { JobMessage } from '../../../core/messages/job';
import type { Clock, Timers } from '../../../core/ports/stores';

/** Calls back once after a delay in milliseconds; the result cancels it. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

export const realTimer: SetTimer = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** The longest delay of `setTimeout`: beyond it the callback would come at once. */
const LONGEST_MS = 2 ** 31 - 1;

export interface ProcessTimers extends Timers {
  /** Cancels whatever is still to come. */
  readonly close: () => void;
}

/** Timers of this process. They end with it: a runtime that takes a job over sets them again from the journal. */
export function createProcessTimers(deps: {
  readonly clock: Clock;
  readonly setTimer?: SetTimer;
  readonly deliver: (jobId: string, message: JobMessage, id: string) => void;
}): ProcessTimers {
  const { clock, setTimer = realTimer, deliver } = deps;
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
    async schedule(jobId, message, dueAt, id) {
      if (running.has(id)) return;
      arm(id, dueAt, () => deliver(jobId, message, id));
    },
    close() {
      for (const cancel of running.values()) cancel();
      running.clear();
    },
  };
}
