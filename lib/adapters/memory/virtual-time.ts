import { Heap } from 'heap-js';
import type { SetTimer } from '../../core/model/time';

export interface VirtualTime {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly setTimer: SetTimer;
  /** Fires what falls due on the way, in order, then lets promises settle. */
  readonly advance: (ms: number) => Promise<void>;
  /** Jumps to the time of the next timer and fires all of that time; false when none is set. */
  readonly next: () => boolean;
  /** Jumps to the time of the next timer and fires that one alone; false when none is set. */
  readonly step: () => boolean;
  /** Sets the wall clock back without touching the timers. */
  readonly setBack: (ms: number) => void;
  /** Every delay that was asked for. */
  readonly delays: () => readonly number[];
}

interface Timer {
  readonly at: number;
  /** Timers of one time fire in the order in which they were set. */
  readonly nth: number;
  /** Absent once it was cancelled. */
  callback?: () => void;
}

/** Timers beside a wall clock, as `setTimeout` is: setting the clock back does not move them. O(log n) a timer. */
export function createVirtualTime(start: number): VirtualTime {
  let elapsed = 0;
  let wall = start;
  const timers = new Heap<Timer>((a, b) => a.at - b.at || a.nth - b.nth);
  const delays: number[] = [];

  /** Takes out the first timer that is due by `limit`; those that were cancelled fall out on the way. */
  function take(limit: number): Timer | undefined {
    for (let first = timers.peek(); first; first = timers.peek()) {
      if (first.callback && first.at > limit) return undefined;
      timers.pop();
      if (first.callback) return first;
    }
    return undefined;
  }

  function fire({ at, callback }: Timer): void {
    wall += at - elapsed;
    elapsed = at;
    callback?.();
  }

  function step(): boolean {
    const first = take(Number.POSITIVE_INFINITY);
    if (first) fire(first);
    return first !== undefined;
  }

  return {
    now: () => wall,
    setTimer(callback, delayMs) {
      const timer: Timer = { at: elapsed + delayMs, nth: delays.push(delayMs), callback };
      timers.push(timer);
      return () => void delete timer.callback;
    },
    async advance(ms) {
      const end = elapsed + ms;
      for (let timer = take(end); timer; timer = take(end)) fire(timer);
      wall += end - elapsed;
      elapsed = end;
      await new Promise((resolve) => setImmediate(resolve));
    },
    next() {
      const any = step();
      for (let timer = any ? take(elapsed) : undefined; timer; timer = take(elapsed)) fire(timer);
      return any;
    },
    step,
    setBack(ms) {
      wall -= ms;
    },
    delays: () => delays,
  };
}
