import type { SetTimer } from '../../core/model/time';

export interface VirtualTime {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly setTimer: SetTimer;
  /** Fires what falls due on the way, in order, then lets promises settle. */
  readonly advance: (ms: number) => Promise<void>;
  /** Jumps to the time of the next timer and fires all of that time; false when none is set. */
  readonly next: () => boolean;
  /** Sets the wall clock back without touching the timers. */
  readonly setBack: (ms: number) => void;
  /** Every delay that was asked for. */
  readonly delays: () => readonly number[];
}

/** Timers beside a wall clock, as `setTimeout` is: setting the clock back does not move them. */
export function createVirtualTime(start: number): VirtualTime {
  let elapsed = 0;
  let wall = start;
  const timers = new Set<{ at: number; callback: () => void }>();
  const delays: number[] = [];

  function earliest(limit: number) {
    let best: { at: number; callback: () => void } | undefined;
    for (const timer of timers) if (timer.at <= limit && (!best || timer.at < best.at)) best = timer;
    return best;
  }

  function fire(timer: { at: number; callback: () => void }): void {
    wall += timer.at - elapsed;
    elapsed = timer.at;
    timers.delete(timer);
    timer.callback();
  }

  return {
    now: () => wall,
    setTimer(callback, delayMs) {
      delays.push(delayMs);
      const timer = { at: elapsed + delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const end = elapsed + ms;
      for (let timer = earliest(end); timer; timer = earliest(end)) fire(timer);
      wall += end - elapsed;
      elapsed = end;
      await new Promise((resolve) => setImmediate(resolve));
    },
    next() {
      const first = earliest(Number.POSITIVE_INFINITY);
      for (let timer = first; timer; timer = earliest(elapsed)) fire(timer);
      return first !== undefined;
    },
    setBack(ms) {
      wall -= ms;
    },
    delays: () => delays,
  };
}
