import { isRepriseError } from '../errors';
import { present } from '../model/present';
import type { Steps } from '../model/steps';
import { atRate, demandOf } from './capacity-demand';
import { serversFor } from './capacity-erlang';
import {
  type FleetKind,
  fleetHourUsd,
  type Growth,
  growthOf,
  noJobs,
  type Prices,
  workersOf,
} from './capacity-fleet';
import { type Forecast, forecast } from './capacity-forecast';
import { type Load, latestOf } from './load';
import { attemptsOf, measuresOf, spreadOf } from './load-measures';
import { replay } from './replay';

export interface CapacityOptions {
  /** Now, milliseconds since the epoch. */
  readonly at: number;
  /** What 95 in 100 attempts are to wait for a worker at most. */
  readonly targetWaitMs: number;
  /** How far to look ahead. */
  readonly horizonHours: number;
  readonly prices: Prices;
}

/** A fleet, and how the demand that is expected went over it. */
interface TriedFleet {
  readonly kinds: readonly FleetKind[];
  /** Of attempts, what 95 in 100 wait at most. */
  readonly waitP95Ms: number;
  readonly utilization: number;
}

export interface PlannedFleet extends TriedFleet {
  readonly workers: number;
  readonly slots: number;
  readonly hourUsd?: number;
}

export interface CapacityPlan {
  readonly jobs: number;
  /** Slots busy at a time, by hour: what was asked for, and what is to come. */
  readonly demand: {
    readonly hours: number;
    readonly meanSlots: number;
    readonly peakSlots: number;
    readonly season: Forecast['season'];
    readonly expectedPeakSlots: number;
    readonly highPeakSlots: number;
  };
  /** How many times the recorded demand the fleets are tried with: the high forecast against the recorded peak. */
  readonly rate: number;
  readonly targetWaitMs: number;
  /** What no number of workers gets below: waits for locks, resources and dependencies. */
  readonly floorWaitMs: number;
  readonly isReachable: boolean;
  readonly current: PlannedFleet;
  readonly recommended: PlannedFleet;
  /** Slots by Erlang's formula for a queue of the same mean arrivals and services: a second opinion, blind to graphs. */
  readonly erlangSlots: number;
}

/** As many attempts as a fleet is tried with: the latest. */
const MOST_ATTEMPTS = 5_000;
/** More workers than these of a kind are not tried. */
const MOST_OF_KIND = 1_000;
/** Doubling a fleet that shortens waits by less than this share has come to the floor. */
const SHORTENS = 0.02;
const P95 = 0.95;

/**
 * The smallest fleet, of the kinds of workers that there are, on which 95 in 100 attempts wait no longer than asked: found by
 * replaying the recorded arrivals, at the rate that the forecast says, over fleets of other sizes.
 * @throws RepriseError INPUT_INVALID where no job was recorded. NODE_UNSCHEDULABLE where a recorded node fits no worker.
 */
export function* planCapacity(load: Load, options: CapacityOptions): Steps<CapacityPlan> {
  if (load.jobs.length === 0) throw noJobs();
  const { at, targetWaitMs, horizonHours, prices } = options;
  const { slotHours } = demandOf(load, at);
  const { season, expected, high } = forecast(slotHours, horizonHours);
  const peakSlots = Math.max(...slotHours, 0);
  const highPeakSlots = Math.max(...high, 0);
  const rate = peakSlots > 0 && highPeakSlots > 0 ? highPeakSlots / peakSlots : 1;
  const coming = atRate(latestOf(load, MOST_ATTEMPTS), rate);
  const tried = (kinds: readonly FleetKind[]) => fleetOn(coming, kinds);

  const growth = growthOf(load);
  const planned = (fleet: TriedFleet) => plannedFleet(fleet, growth, prices);
  const current = yield* tried(growth.kinds);
  const { fleet: ample, floorWaitMs } = yield* ampleFleet(current, targetWaitMs, tried);
  const within = Math.max(targetWaitMs, floorWaitMs * (1 + SHORTENS));
  const recommended = yield* smallest(ample, within, tried);
  const demand = { hours: slotHours.length, meanSlots: spreadOf(slotHours).mean, peakSlots, season };
  return {
    jobs: load.jobs.length,
    demand: { ...demand, expectedPeakSlots: Math.max(...expected, 0), highPeakSlots },
    ...{ rate, targetWaitMs, floorWaitMs, isReachable: floorWaitMs <= targetWaitMs },
    ...{ current: planned(current), recommended: planned(recommended) },
    erlangSlots: erlangSlots(coming, targetWaitMs),
  };
}

type Try = (kinds: readonly FleetKind[]) => Steps<TriedFleet>;

function* fleetOn(load: Load, kinds: readonly FleetKind[]): Steps<TriedFleet> {
  const { waitMs, utilization } = measuresOf(yield* replay({ ...load, workers: workersOf(kinds) }));
  return { kinds, waitP95Ms: waitMs.p95, utilization };
}

function plannedFleet(fleet: TriedFleet, { told, share }: Growth, prices: Prices): PlannedFleet {
  const kinds = told(fleet.kinds);
  const hourUsd = fleetHourUsd(fleet.kinds, prices);
  return {
    ...{ ...fleet, kinds, workers: workersIn(kinds) },
    slots: kinds.reduce((sum, { count, slots }) => sum + count * slots, 0),
    ...present({ hourUsd: hourUsd === undefined ? undefined : hourUsd * share }),
  };
}

const workersIn = (kinds: readonly FleetKind[]): number => kinds.reduce((sum, { count }) => sum + count, 0);

/** Doubles a fleet until waits are as asked, or get no shorter. */
function* ampleFleet(
  current: TriedFleet,
  targetWaitMs: number,
  tried: Try,
): Steps<{ readonly fleet: TriedFleet; readonly floorWaitMs: number }> {
  let fleet = current;
  while (fleet.waitP95Ms > targetWaitMs) {
    const kinds = fleet.kinds.map((kind) => ({ ...kind, count: Math.min(MOST_OF_KIND, kind.count * 2) }));
    const next = yield* tried(kinds);
    const isFloor = next.waitP95Ms > targetWaitMs && next.waitP95Ms >= fleet.waitP95Ms * (1 - SHORTENS);
    if (isFloor || workersIn(next.kinds) === workersIn(fleet.kinds)) break;
    fleet = next;
  }
  return { fleet, floorWaitMs: fleet.waitP95Ms <= targetWaitMs ? 0 : fleet.waitP95Ms };
}

/**
 * Takes workers away, kind by kind, those that are many first, for as long as attempts wait no longer than asked: by halving,
 * then by ones.
 */
function* smallest(fleet: TriedFleet, withinMs: number, tried: Try): Steps<TriedFleet> {
  let best = fleet;
  const order = fleet.kinds.map((_, k) => k).sort((a, b) => fleet.kinds[b]!.count - fleet.kinds[a]!.count);
  for (const k of order) {
    let [low, high] = [0, best.kinds[k]!.count];
    while (low < high) {
      const count = (low + high) >> 1;
      const kinds = best.kinds.map((kind, i) => (i === k ? { ...kind, count } : kind));
      const fewer = kinds.some((kind) => kind.count > 0) ? yield* orTooFew(tried(kinds)) : undefined;
      if (fewer && fewer.waitP95Ms <= withinMs) [best, high] = [fewer, count];
      else low = count + 1;
    }
  }
  return best;
}

/** Without any worker of a kind, work may fit nowhere. */
function* orTooFew<T>(attempt: Steps<T>): Steps<T | undefined> {
  try {
    return yield* attempt;
  } catch (error) {
    if (isRepriseError(error, 'NODE_UNSCHEDULABLE')) return undefined;
    throw error;
  }
}

function erlangSlots(load: Load, waitMs: number): number {
  const attempts = load.jobs.flatMap(attemptsOf);
  const { spanMs } = measuresOf(load);
  const served = spreadOf(attempts.map(({ startedAt, endedAt }) => endedAt - startedAt));
  if (spanMs === 0 || served.mean === 0) return 1;
  return serversFor(
    { arrivals: attempts.length / spanMs, meanServiceMs: served.mean },
    { share: P95, waitMs },
  );
}
