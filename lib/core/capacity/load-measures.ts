import { mean, quantileSorted } from 'simple-statistics';
import type { Load, LoadAttempt, LoadJob, LoadWorker } from './load';

/** Milliseconds. */
export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** How a load went. Times are milliseconds. */
export interface LoadMeasures {
  readonly jobs: number;
  readonly attempts: number;
  /** From the first submission to the end of the last job. */
  readonly spanMs: number;
  /** Of jobs, from submission to end. */
  readonly makespanMs: Spread;
  /** Of attempts, from when they were ready until they began. */
  readonly waitMs: Spread;
  /** Of jobs, until they were let begin. */
  readonly admissionMs: Spread;
  /** Share of the slots' time in which they were taken, 0 to 1. */
  readonly utilization: number;
  /** Time of workers, in hours: what is paid for. */
  readonly workerHours: number;
}

const HOUR_MS = 3_600_000;
/** What lies between a lease and the start of an attempt is the engine's; what is longer is a wait. */
const MOST_DISPATCH_MS = 10_000;

export function measuresOf(load: Load): LoadMeasures {
  const { jobs, workers } = load;
  const attempts = jobs.flatMap(attemptsOf);
  const span = spanOf(load);
  const spanMs = span.until - span.from;
  const present = workers.map((worker) => ({ worker, ms: presenceMs(worker, span) }));
  const slotMs = present.reduce((sum, { worker, ms }) => sum + worker.slots * ms, 0);
  return {
    ...{ jobs: jobs.length, attempts: attempts.length, spanMs },
    makespanMs: spreadOf(jobs.map(({ submittedAt, endedAt }) => endedAt - submittedAt)),
    waitMs: spreadOf(attempts.map(waitOf)),
    admissionMs: spreadOf(jobs.map(({ submittedAt, admittedAt }) => admittedAt - submittedAt)),
    utilization: slotMs === 0 ? 0 : Math.min(1, busySlotMs(jobs) / slotMs),
    workerHours: present.reduce((sum, { ms }) => sum + ms, 0) / HOUR_MS,
  };
}

export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: 0, p50: 0, p95: 0, max: 0 };
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => quantileSorted(sorted as unknown as number[], share);
  return { mean: mean(values as number[]), p50: at(0.5), p95: at(0.95), max: sorted.at(-1)! };
}

/** From the first submission to the end of the last job. Milliseconds since the epoch. */
export function spanOf({ jobs }: Pick<Load, 'jobs'>): { readonly from: number; readonly until: number } {
  const from = jobs.reduce(
    (least, { submittedAt }) => Math.min(least, submittedAt),
    Number.POSITIVE_INFINITY,
  );
  const until = jobs.reduce((most, { endedAt }) => Math.max(most, endedAt), 0);
  return jobs.length === 0 ? { from: 0, until: 0 } : { from, until };
}

export function attemptsOf({ nodes }: LoadJob): LoadAttempt[] {
  return nodes.flatMap(({ attempts }) => attempts);
}

export function waitOf({ readyAt, startedAt }: LoadAttempt): number {
  return Math.max(0, startedAt - readyAt);
}

/** Slots times time, milliseconds. */
export function busySlotMs(jobs: readonly LoadJob[]): number {
  return jobs
    .flatMap(({ nodes }) => nodes)
    .reduce(
      (sum, { demand, attempts }) => sum + demand.slots * attempts.reduce((ms, each) => ms + ranMs(each), 0),
      0,
    );
}

function ranMs({ startedAt, endedAt }: LoadAttempt): number {
  return endedAt - startedAt;
}

export function presenceMs(
  { from = 0, until = Number.POSITIVE_INFINITY }: LoadWorker,
  span: ReturnType<typeof spanOf>,
): number {
  return Math.max(0, Math.min(until, span.until) - Math.max(from, span.from));
}

/**
 * The engine's own time between a lease and the start, milliseconds: what those took that waited least. Where nearly all
 * waited for room, no more than a few times what the quickest took.
 */
export function dispatchMsOf({ jobs }: Pick<Load, 'jobs'>): number {
  const waits = jobs
    .flatMap(attemptsOf)
    .map(waitOf)
    .sort((a, b) => a - b);
  const [least = 0] = waits;
  return waits.length === 0 ? 0 : Math.min(MOST_DISPATCH_MS, 3 * least, quantileSorted(waits, 0.1));
}
