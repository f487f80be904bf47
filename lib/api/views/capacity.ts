import type {
  BottlenecksView,
  CapacityView,
  PlannedFleetView,
  ScenarioRequest,
  UsageView,
  WhatIfRowView,
  WhatIfView,
} from '../../contract/capacity';
import type { LoadAnswers } from '../../core/capacity/answers';
import { findBottlenecks } from '../../core/capacity/bottleneck';
import { type CapacityOptions, type PlannedFleet, planCapacity } from '../../core/capacity/capacity';
import { hourOf } from '../../core/capacity/capacity-demand';
import { parsePrices } from '../../core/capacity/capacity-fleet';
import { latestOf } from '../../core/capacity/load';
import type { Spread } from '../../core/capacity/load-measures';
import { type UsageSpan, usageOf } from '../../core/capacity/usage';
import { type Scenario, type WhatIfRow, whatIf } from '../../core/capacity/what-if';
import { LIMITS } from '../../core/limits';
import type { CapacityCondition } from '../../core/model/capacity';
import { present } from '../../core/model/present';
import type { LoadQuery, LoadSource } from '../../core/ports/loads';
import { timeOf } from './time';

/** Recorded jobs, and whom to ask about them. */
export interface LoadDesk {
  readonly loads: LoadSource;
  readonly answers: LoadAnswers;
}

/** What bounds the makespan of the latest jobs of a pool. */
export async function bottlenecksBody(
  { loads, answers }: LoadDesk,
  query: LoadQuery,
): Promise<BottlenecksView> {
  const load = await loads.load(query);
  const { jobs, makespanMs, replayedMs, bottlenecks } = await answers(load, 'bottlenecks', () =>
    findBottlenecks(latestOf(load, LIMITS.replayedAttempts)),
  );
  return {
    ...{ pool: query.pool, jobs, makespan_seconds: makespanMs / 1_000, replayed_seconds: replayedMs / 1_000 },
    bottlenecks: bottlenecks.map((each) => ({
      ...{ kind: each.kind, name: each.name, change: each.change },
      ...{ won_seconds: each.wonMs / 1_000, blamed_seconds: each.blamedMs / 1_000 },
      ...present({ utilization: each.utilization }),
      arrivals_per_hour: each.arrivalsPerHour,
      mean_wait_seconds: each.meanWaitMs / 1_000,
      mean_queue: each.meanQueue,
    })),
  };
}

/** The fleet that a pool needs. @throws RepriseError INPUT_INVALID where no job is over. */
export async function capacityBody(
  { loads, answers }: LoadDesk,
  { pool, jobs, at, ...asked }: LoadQuery & CapacityOptions,
): Promise<CapacityView> {
  const load = await loads.load({ pool, jobs });
  // Whole hours are forecast: within one of them nothing changes but the load.
  const options = { ...asked, at: hourOf(at) };
  const question = `capacity ${JSON.stringify(options)}`;
  const plan = await answers(load, question, () => planCapacity(load, options));
  const { hours, meanSlots, peakSlots, season, expectedPeakSlots, highPeakSlots } = plan.demand;
  return {
    ...{ pool, jobs: plan.jobs, rate: plan.rate },
    demand: {
      ...{ hours, season, mean_slots: meanSlots, peak_slots: peakSlots },
      ...{ expected_peak_slots: expectedPeakSlots, high_peak_slots: highPeakSlots },
    },
    target_wait_seconds: plan.targetWaitMs / 1_000,
    floor_wait_seconds: plan.floorWaitMs / 1_000,
    reachable: plan.isReachable,
    current: fleetBody(plan.current),
    recommended: fleetBody(plan.recommended),
    erlang_slots: plan.erlangSlots,
  };
}

/** What the slots of a pool did over time. */
export async function usageBody(loads: LoadSource, query: LoadQuery, span: UsageSpan): Promise<UsageView> {
  const load = latestOf(await loads.load(query), LIMITS.replayedAttempts);
  const { points, stepMs, owners } = usageOf(load, span);
  return {
    ...{ pool: query.pool, step_seconds: stepMs / 1_000 },
    points: points.map(({ at, ...point }) => ({ at: timeOf(at), ...point })),
    owners: owners.map(({ owner, jobs, slotMs, waitMs }) => ({
      ...{ owner, jobs, slot_seconds: slotMs / 1_000 },
      ...{ wait_p50_seconds: waitMs.p50 / 1_000, wait_p95_seconds: waitMs.p95 / 1_000 },
    })),
  };
}

/** What the capacity of a pool is warned of, and since when. */
export function warningsBody(
  warnings: ReadonlyMap<CapacityCondition, number>,
): NonNullable<CapacityView['warnings']> {
  return [...warnings].map(([condition, since]) => ({ condition, since: timeOf(since) }));
}

function fleetBody({
  kinds,
  workers,
  slots,
  waitP95Ms,
  utilization,
  hourUsd,
}: PlannedFleet): PlannedFleetView {
  return {
    kinds: kinds.map(({ labels, resources, ...kind }) => {
      return { ...kind, labels: labels === '*' ? labels : [...labels], ...present({ resources }) };
    }),
    ...{
      workers,
      slots,
      wait_p95_seconds: waitP95Ms / 1_000,
      utilization,
      ...present({ hour_usd: hourUsd }),
    },
  };
}

/** Recorded jobs beside what would have become of them. @throws RepriseError INPUT_INVALID, NODE_UNSCHEDULABLE */
export async function whatIfBody(
  { loads, answers }: LoadDesk,
  query: LoadQuery,
  asked: { readonly scenarios: readonly ScenarioRequest[]; readonly worker_hour_usd?: string },
): Promise<WhatIfView> {
  const load = await loads.load(query);
  const prices = asked.worker_hour_usd === undefined ? {} : parsePrices(asked.worker_hour_usd);
  const { recorded, replayed, calibration, scenarios } = await answers(
    load,
    `what if ${JSON.stringify(asked)}`,
    () => whatIf(latestOf(load, LIMITS.replayedAttempts), asked.scenarios.map(scenarioOf), prices),
  );
  return {
    ...{ pool: query.pool, jobs: recorded.measures.jobs, attempts: recorded.measures.attempts },
    ...{ recorded: rowBody(recorded), replayed: rowBody(replayed) },
    calibration: {
      makespan_error: calibration.makespanError,
      median_job_error: calibration.medianJobError,
      wait_p95_error_seconds: calibration.waitP95ErrorMs / 1_000,
    },
    scenarios: scenarios.map(rowBody),
  };
}

function scenarioOf({ name, worker_hour_usd, ...asked }: ScenarioRequest): Scenario {
  const { fleet, max_running_jobs, without_outages, order, fair, priorities } = asked;
  return {
    name,
    policy: present({ order, fair, priorities }),
    ...present({
      fleet,
      maxRunningJobs: max_running_jobs,
      withoutOutages: without_outages,
      prices: worker_hour_usd === undefined ? undefined : parsePrices(worker_hour_usd),
    }),
  };
}

function rowBody({ name, measures, costUsd }: WhatIfRow): WhatIfRowView {
  return {
    ...{ name, span_seconds: measures.spanMs / 1_000 },
    makespan_seconds: spreadBody(measures.makespanMs),
    wait_seconds: spreadBody(measures.waitMs),
    admission_seconds: spreadBody(measures.admissionMs),
    utilization: measures.utilization,
    worker_hours: measures.workerHours,
    ...present({ cost_usd: costUsd }),
  };
}

function spreadBody({ mean, p50, p95, max }: Spread): Spread {
  return { mean: mean / 1_000, p50: p50 / 1_000, p95: p95 / 1_000, max: max / 1_000 };
}
