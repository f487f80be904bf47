import type { Random } from '../core/model/time';

/** How long a worker may be silent, milliseconds: while it has work, and while it has none. */
export interface Pace {
  /** A registration begins with the same for both. */
  readonly begin: (busyMs: number) => void;
  readonly slowDown: (idleMs: number) => void;
  /** Whether one that has no work speaks less often. */
  readonly isSlow: () => boolean;
  readonly busyMs: () => number;
  /** Until the next heartbeat, from one that is sent now. */
  readonly next: () => number;
}

/** @param isIdle whether the worker has no work now. */
export function createPace(isIdle: () => boolean, random: Random): Pace {
  let busyMs = 10_000;
  let idleMs = busyMs;
  let wasSlow = false;
  const isSlow = () => idleMs > busyMs;
  return {
    isSlow,
    busyMs: () => busyMs,
    begin(ms) {
      busyMs = ms;
      idleMs = ms;
      wasSlow = false;
    },
    slowDown(ms) {
      idleMs = ms;
    },
    next() {
      const isFirst = !wasSlow;
      wasSlow = isIdle() && isSlow();
      if (!wasSlow) return busyMs;
      // The first wait is drawn, so that workers which became idle together do not speak together: nobody would be heard
      // of in between.
      return isFirst ? busyMs + Math.round(random() * (idleMs - busyMs)) : idleMs;
    },
  };
}
