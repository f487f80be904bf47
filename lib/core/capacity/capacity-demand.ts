import type { Load } from './load';
import { busySlotMs, spanOf } from './load-measures';

const HOUR_MS = 3_600_000;
/** Half a year: what was before says little of what comes. */
const MOST_HOURS = 26 * 7 * 24;

/** When the hour began in which this is, milliseconds since the epoch. */
export const hourOf = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;

/** What jobs asked for, by the hour in which they were submitted. */
export interface Demand {
  /** When the first hour begins, milliseconds since the epoch. */
  readonly from: number;
  /** Slots that the jobs of each hour keep busy for an hour: slot-hours. Hours without jobs are there, with 0. */
  readonly slotHours: readonly number[];
}

/** Whole hours, of the last half year; the one that is not over yet is left out. */
export function demandOf(load: Load, at: number): Demand {
  const first = Math.floor(spanOf(load).from / HOUR_MS);
  const from = Math.max(first, Math.floor(at / HOUR_MS) - MOST_HOURS) * HOUR_MS;
  const hours = load.jobs.length === 0 ? 0 : Math.max(0, Math.floor((at - from) / HOUR_MS));
  const slotHours = new Array<number>(hours).fill(0);
  for (const job of load.jobs) {
    const hour = Math.floor((job.submittedAt - from) / HOUR_MS);
    if (hour >= 0 && hour < hours) slotHours[hour]! += busySlotMs([job]) / HOUR_MS;
  }
  return { from, slotHours };
}

/**
 * The same jobs, coming this many times as fast: every job is what it was, and the time between two is shorter. A rate of 2
 * is twice the demand.
 */
export function atRate(load: Load, rate: number): Load {
  const { from } = spanOf(load);
  const jobs = load.jobs.map((job) => {
    const shift = (job.submittedAt - from) * (1 / rate - 1);
    const moved = (at: number) => at + shift;
    return {
      ...job,
      submittedAt: moved(job.submittedAt),
      admittedAt: moved(job.admittedAt),
      endedAt: moved(job.endedAt),
      nodes: job.nodes.map((node) => ({
        ...node,
        doneAt: moved(node.doneAt),
        attempts: node.attempts.map(({ readyAt, startedAt, endedAt, workerId }) => {
          return { readyAt: moved(readyAt), startedAt: moved(startedAt), endedAt: moved(endedAt), workerId };
        }),
      })),
    };
  });
  // When dependencies were out has nothing to do with how many jobs come.
  return { ...load, jobs, outages: [] };
}
