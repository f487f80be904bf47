import { LRUCache } from 'lru-cache';

/** How many refusals are written one by one before they are counted. */
export interface FloodLimits {
  readonly windowMs: number;
  /** Of the same kind in a window. */
  readonly each: number;
  /** Of all kinds in a window. */
  readonly all: number;
}

const FLOOD_LIMITS: FloodLimits = { windowMs: 60_000, each: 5, all: 60 };

/** Kinds that are told apart at a time. */
const KINDS = 1_000;

/** What a refusal that is to be written stands for. */
export interface Admitted {
  /** Itself, and those of its kind since the last that was written. */
  readonly times: number;
  /** Those of any kind that were not written since, as there were too many. */
  readonly unwritten: number;
}

/** @returns undefined where the refusal is only counted. @param at milliseconds since the epoch. */
export type FloodGate = (kind: string, at: number) => Admitted | undefined;

interface Counted {
  window: number;
  /** In this window. */
  seen: number;
  /** Since the last that was written. */
  pending: number;
}

const fresh = (window: number): Counted => ({ window, seen: 0, pending: 0 });

/**
 * Lets the first refusals of a kind through, then every one that doubles their number: of a flood of `n` some `log n` are
 * written, and each says how many it stands for. Once too many kinds were written in a window, the rest of it is
 * one kind. It keeps counts and no times of its own, so nothing has to be written when it ends.
 */
export function createFloodGate({ windowMs, each, all }: FloodLimits = FLOOD_LIMITS): FloodGate {
  const kinds = new LRUCache<string, Counted>({ max: KINDS });
  let rest = fresh(-1);
  let [window, written] = [-1, 0];

  function count(counted: Counted, first: number): boolean {
    if (counted.window !== window) Object.assign(counted, { window, seen: 0 });
    counted.seen += 1;
    counted.pending += 1;
    return counted.seen <= first || isDoubled(counted.seen, Math.max(1, first));
  }

  return (kind, at) => {
    if (Math.floor(at / windowMs) !== window) [window, written] = [Math.floor(at / windowMs), 0];
    if (written >= all) {
      if (!count(rest, 0)) return undefined;
      const unwritten = rest.pending - 1;
      rest = { ...rest, pending: 0 };
      return { times: 1, unwritten };
    }
    const counted = kinds.get(kind) ?? fresh(window);
    kinds.set(kind, counted);
    if (!count(counted, each)) return undefined;
    written += 1;
    const admitted = { times: counted.pending, unwritten: rest.pending };
    counted.pending = 0;
    rest = { ...rest, pending: 0 };
    return admitted;
  };
}

/** Whether a count is `first` doubled any number of times. */
function isDoubled(count: number, first: number): boolean {
  const power = Math.log2(count / first);
  return Number.isInteger(power);
}
