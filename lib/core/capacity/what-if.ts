import { present } from '../model/present';
import type { Steps } from '../model/steps';
import { type FleetKind, hourlyUsd, noJobs, type Prices, workersOf } from './capacity-fleet';
import type { Load, LoadWorker } from './load';
import { type LoadMeasures, measuresOf, presenceMs, spanOf } from './load-measures';
import { type ReplayPolicy, replay } from './replay';

/** What is to be different. What is left out stays as it was recorded. */
export interface Scenario {
  readonly name: string;
  readonly fleet?: readonly FleetKind[];
  readonly maxRunningJobs?: number;
  readonly policy?: ReplayPolicy;
  readonly prices?: Prices;
  /** Without the outages of dependencies. */
  readonly withoutOutages?: boolean;
}

export interface WhatIfRow {
  readonly name: string;
  readonly measures: LoadMeasures;
  /** Of its workers over the time of the load; absent where a price is missing. */
  readonly costUsd?: number;
}

/** How near the replay of the recorded fleet comes to the record. Shares are 0 where they are alike. */
export interface Calibration {
  /** Of the mean makespan of jobs: below 0, where the replay is quicker. */
  readonly makespanError: number;
  /** Half of the jobs are nearer to their own makespan than this, as a share of it. */
  readonly medianJobError: number;
  /** Of the wait of 95 in 100 attempts, milliseconds: below 0, where they wait less in the replay. */
  readonly waitP95ErrorMs: number;
}

export interface WhatIf {
  /** What happened. */
  readonly recorded: WhatIfRow;
  /** The same fleet and rules, replayed: what scenarios are to be compared with. */
  readonly replayed: WhatIfRow;
  readonly calibration: Calibration;
  readonly scenarios: readonly WhatIfRow[];
}

const HOUR_MS = 3_600_000;

/**
 * Replays recorded arrivals against other fleets, rules or prices, beside what happened and beside the replay of what was.
 * @throws RepriseError INPUT_INVALID where no job was recorded; NODE_UNSCHEDULABLE where a fleet cannot run a node.
 */
export function* whatIf(load: Load, scenarios: readonly Scenario[], prices: Prices = {}): Steps<WhatIf> {
  if (load.jobs.length === 0) throw noJobs();
  const again = yield* replay(load);
  const recorded = rowOf('recorded', load, prices);
  const replayed = rowOf('replayed', again, prices);
  const rows: WhatIfRow[] = [];
  for (const scenario of scenarios) {
    const tried = yield* replay(changed(load, scenario), scenario.policy);
    rows.push(rowOf(scenario.name, tried, scenario.prices ?? prices));
  }
  const calibration = calibrationOf({ load, again }, { recorded, replayed });
  return { recorded, replayed, calibration, scenarios: rows };
}

function changed(load: Load, { fleet, maxRunningJobs, withoutOutages }: Scenario): Load {
  return {
    ...load,
    ...(fleet && { workers: workersOf(fleet) }),
    ...present({ maxRunningJobs }),
    ...(withoutOutages && { outages: [] }),
  };
}

function rowOf(name: string, load: Load, prices: Prices): WhatIfRow {
  const span = spanOf(load);
  const costs = load.workers.map((worker) => costOf(worker, prices, presenceMs(worker, span)));
  const costUsd = costs.some((cost) => cost === undefined)
    ? undefined
    : costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0);
  return { name, measures: measuresOf(load), ...present({ costUsd }) };
}

function costOf(worker: LoadWorker, prices: Prices, ms: number): number | undefined {
  const price = hourlyUsd(worker, prices);
  return price === undefined ? undefined : (price * ms) / HOUR_MS;
}

function calibrationOf(
  { load, again }: { readonly load: Load; readonly again: Load },
  { recorded, replayed }: { readonly recorded: WhatIfRow; readonly replayed: WhatIfRow },
): Calibration {
  const before = new Map(load.jobs.map((job) => [job.jobId, job.endedAt - job.submittedAt]));
  const errors = again.jobs
    .map(({ jobId, submittedAt, endedAt }) => {
      const own = Math.max(1, before.get(jobId) ?? 0);
      return Math.abs((endedAt - submittedAt) / own - 1);
    })
    .sort((a, b) => a - b);
  const mean = Math.max(1, recorded.measures.makespanMs.mean);
  return {
    makespanError: replayed.measures.makespanMs.mean / mean - 1,
    medianJobError: errors[errors.length >> 1] ?? 0,
    waitP95ErrorMs: replayed.measures.waitMs.p95 - recorded.measures.waitMs.p95,
  };
}
