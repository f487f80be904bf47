import { type Address, streamOf } from '../../../core/messages/address';
import type { Clock, SetTimer } from '../../../core/model/time';
import type { Timers } from '../../../core/ports/effects';
import type { StreamSender } from '../../../core/ports/streams';
import { realTimer } from '../../system';

/** The longest delay of `setTimeout`: beyond it the callback would come at once. */
const LONGEST_MS = 2 ** 31 - 1;

export interface ProcessTimers extends Timers {
  /** Cancels what is still to come for a stream that is over. */
  readonly forget: (to: Address) => void;
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
  /** By stream, then by id. */
  const running = new Map<string, Map<string, () => void>>();

  function put(stream: string, id: string, cancel: () => void): void {
    const timers = running.get(stream) ?? new Map<string, () => void>();
    running.set(stream, timers.set(id, cancel));
  }

  function drop(stream: string, id: string): void {
    const timers = running.get(stream);
    timers?.delete(id);
    if (timers?.size === 0) running.delete(stream);
  }

  function forget(stream: string): void {
    for (const cancel of running.get(stream)?.values() ?? []) cancel();
    running.delete(stream);
  }

  function arm(stream: string, id: string, dueAt: number, fire: () => void): void {
    const delay = Math.max(0, dueAt - clock());
    const wake = () => {
      if (clock() < dueAt) return arm(stream, id, dueAt, fire);
      drop(stream, id);
      fire();
    };
    put(stream, id, setTimer(wake, Math.min(delay, LONGEST_MS)));
  }

  return {
    async schedule(delivery, dueAt, id) {
      const stream = streamOf(delivery.to);
      if (running.get(stream)?.has(id)) return;
      const origin = { id, actor: { kind: 'timer', id: 'embedded' } as const };
      arm(stream, id, dueAt, () => void streams.send(delivery, origin));
    },
    forget: (to) => forget(streamOf(to)),
    close() {
      for (const stream of [...running.keys()]) forget(stream);
    },
  };
}
