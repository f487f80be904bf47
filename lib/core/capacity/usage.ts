import { grouped } from '../model/grouped';
import type { Load, LoadAttempt, LoadJob } from './load';
import { type Spread, spreadOf } from './load-measures';

/** What the slots of a pool did over time, and who had them. */
export interface Usage {
  /** Of equal length, the oldest first. */
  readonly points: readonly UsagePoint[];
  readonly stepMs: number;
  /** Who had most slots first. */
  readonly owners: readonly OwnerUsage[];
}

/** Means over a stretch of time. */
export interface UsagePoint {
  /** Where it begins, milliseconds since the epoch. */
  readonly at: number;
  /** Slots of the workers that were there. */
  readonly slots: number;
  readonly used: number;
  /** Attempts that were ready and had no worker. */
  readonly waiting: number;
}

export interface OwnerUsage {
  readonly owner: string;
  readonly jobs: number;
  readonly slotMs: number;
  /** How long its attempts waited for a worker. */
  readonly waitMs: Spread;
}

export interface UsageSpan {
  readonly from: number;
  readonly to: number;
  readonly steps: number;
}

/** What recorded jobs used of their pool between two times. O(attempts * the steps they last). */
export function usageOf(load: Load, span: UsageSpan): Usage {
  const stepMs = (span.to - span.from) / span.steps;
  const [slots, used, waiting] = [0, 0, 0].map(() => new Array<number>(span.steps).fill(0)) as Sums;
  const add = (sums: number[], from: number, to: number, amount: number) => {
    const first = Math.max(0, Math.floor((from - span.from) / stepMs));
    for (let i = first; i < span.steps && span.from + i * stepMs < to; i++) {
      const begin = Math.max(from, span.from + i * stepMs);
      const end = Math.min(to, span.from + (i + 1) * stepMs);
      sums[i] = (sums[i] ?? 0) + (amount * Math.max(0, end - begin)) / stepMs;
    }
  };
  for (const worker of load.workers) {
    add(slots, worker.from ?? span.from, worker.until ?? span.to, worker.slots);
  }
  for (const { nodes } of load.jobs) {
    for (const { demand, attempts } of nodes) {
      for (const { readyAt, startedAt, endedAt } of attempts) {
        add(waiting, readyAt, startedAt, 1);
        add(used, startedAt, endedAt, demand.slots);
      }
    }
  }
  const points = used.map((mean, i) => ({
    ...{ at: span.from + i * stepMs, slots: slots[i] ?? 0, used: mean, waiting: waiting[i] ?? 0 },
  }));
  return { points, stepMs, owners: ownersOf(load.jobs, span) };
}

type Sums = [number[], number[], number[]];

function ownersOf(jobs: readonly LoadJob[], { from, to }: UsageSpan): OwnerUsage[] {
  const within = jobs.filter(({ submittedAt, endedAt }) => submittedAt < to && endedAt > from);
  return [...grouped(within, ({ owner }) => owner)]
    .map(([owner, own]) => {
      const attempts = own.flatMap(({ nodes }) => nodes.flatMap((node) => node.attempts));
      const slotMs = own.reduce((sum, job) => sum + slotMsOf(job), 0);
      const waitMs = spreadOf(attempts.map(({ readyAt, startedAt }) => startedAt - readyAt));
      return { owner, jobs: own.length, slotMs, waitMs };
    })
    .sort((a, b) => b.slotMs - a.slotMs || (a.owner < b.owner ? -1 : 1));
}

const slotMsOf = ({ nodes }: LoadJob): number =>
  nodes.reduce((sum, { demand, attempts }) => sum + demand.slots * attempts.reduce(ranFor, 0), 0);

const ranFor = (sum: number, { startedAt, endedAt }: LoadAttempt): number => sum + endedAt - startedAt;
