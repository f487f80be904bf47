import type { PoolMessage } from '../messages/pool';
import { demandOf } from './capacity-demand';
import { forecast } from './capacity-forecast';
import type { Load } from './load';
import { attemptsOf, spreadOf, waitOf } from './load-measures';

type Review = Extract<PoolMessage, { type: 'capacityReviewed' }>;
type Finding = Review['findings'][number];

const HOUR_MS = 3_600_000;
/** How far ahead a shortage is warned of: long enough to add workers. */
const AHEAD_HOURS = 24;
/** Waits of the latest hour are compared with those before. */
const LATELY_MS = HOUR_MS;
/** Fewer attempts say nothing of what 95 in 100 wait. */
const ENOUGH = 20;
/** Longer waits than this are worth a warning, and then only where they are so many times what they were. */
const WAIT_LIMIT_MS = 5 * 60_000;
const TIMES_BEFORE = 2;

/**
 * How it stands with the capacity of a pool: the demand that is forecast against the slots of its workers, and the waits of the
 * latest hour against those before. What the record is too short for is left out, and stays as it was found.
 * @param at milliseconds since the epoch.
 */
export function reviewOf(load: Load, at: number): Review {
  return { type: 'capacityReviewed', findings: [...forecastFinding(load, at), ...waitsFinding(load, at)] };
}

function forecastFinding(load: Load, at: number): Finding[] {
  const { slotHours } = demandOf(load, at);
  const { season, expected } = forecast(slotHours, AHEAD_HOURS);
  if (season === 'none') return [];
  const limit = load.workers
    .filter(({ until }) => until === undefined)
    .reduce((sum, { slots }) => sum + slots, 0);
  return [{ condition: 'forecast', found: Math.max(...expected), limit }];
}

function waitsFinding({ jobs }: Load, at: number): Finding[] {
  const attempts = jobs.flatMap(attemptsOf);
  const isLate = ({ readyAt }: (typeof attempts)[number]) => readyAt > at - LATELY_MS;
  const lately = attempts.filter(isLate).map(waitOf);
  const before = attempts.filter((attempt) => !isLate(attempt)).map(waitOf);
  // An hour in which nothing was to do has no waits that are too long.
  if (lately.length > 0 && lately.length < ENOUGH) return [];
  if (before.length < ENOUGH) return [];
  const limit = Math.max(WAIT_LIMIT_MS, TIMES_BEFORE * spreadOf(before).p95);
  return [{ condition: 'waits', found: spreadOf(lately).p95, limit }];
}
