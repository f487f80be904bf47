import { fits } from '../lib/core/scheduler/fit';
import type { FleetWorker } from '../test/support/fleet';
import { ms, percentile } from './measure';

/** An attempt as it went. Times in milliseconds of one clock. */
export interface AttemptTimes {
  readonly workerId: string;
  readonly labels: readonly string[];
  readonly slots: number;
  /** When the last of those it needs reported its end; absent where it needs none. */
  readonly neededAt?: number;
  /** When the engine decided that it may run. */
  readonly readyAt: number;
  /** When it reached its worker. */
  readonly assignedAt: number;
  /** When the worker reported its end. */
  readonly endedAt: number;
}

export interface Wait {
  readonly attempt: AttemptTimes;
  /** Since when the slots that it got were free. */
  readonly freeAt: number;
}

/**
 * Since when the slots of each assignment were free, which tells the engine's own waits from those for capacity. Slots
 * are free from the moment the worker reports an end, as seen from outside; an assignment takes those of its
 * node that have been free the longest, so each freed slot is waited for once.
 */
export function waitsOf(attempts: readonly AttemptTimes[], nodes: readonly FleetWorker[]): Wait[] {
  /** Since when each free slot of a node is free. */
  const free = new Map(nodes.map(({ workerId, slots }) => [workerId, new Array<number>(slots).fill(0)]));
  const steps = attempts.flatMap((attempt) => [
    { at: attempt.assignedAt, attempt, isEnd: false },
    { at: attempt.endedAt, attempt, isEnd: true },
  ]);
  // An end comes before the assignment that it makes room for, within one millisecond too.
  steps.sort((a, b) => a.at - b.at || Number(b.isEnd) - Number(a.isEnd));
  const waits: Wait[] = [];
  for (const { at, attempt, isEnd } of steps) {
    const { workerId, slots } = attempt;
    const slotsFree = free.get(workerId);
    if (!slotsFree) throw new Error(`no worker ${workerId}`);
    if (isEnd) {
      slotsFree.push(...new Array<number>(slots).fill(at));
      continue;
    }
    const taken = slotsFree.splice(0, slots);
    if (taken.length < slots) throw new Error(`${workerId} was given more than it has slots for`);
    waits.push({ attempt, freeAt: Math.max(...taken) });
  }
  return waits;
}

/** Whether all of it could run at once, so that nothing ever waits for capacity. */
export function hasRoomForAll(
  work: readonly { labels: readonly string[]; slots: number }[],
  nodes: readonly FleetWorker[],
): boolean {
  const labels = new Set(work.flatMap((item) => item.labels));
  return [...labels].every((label) => {
    const asked = work.filter((item) => item.labels.includes(label));
    const offered = nodes.filter((node) => fits(node, { labels: [label], slots: 1 }));
    return sum(asked) <= sum(offered);
  });
}

/** p50, p95 and p99 of milliseconds, as cells of a table. */
export function percentiles(values: readonly number[]): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.5, 0.95, 0.99].map((share) => ms(percentile(sorted, share)));
}

const sum = (items: readonly { slots: number }[]): number =>
  items.reduce((total, { slots }) => total + slots, 0);
