import type { Quiet } from '../messages/target';
import { offsetOf } from '../trigger/time-zone';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Until when people are left alone, milliseconds since the epoch; undefined where it is not quiet at `at`. Reads the clocks
 * of the zone: where they are set on or back in between, it ends when they show the end.
 */
export function quietUntil({ timezone, from, to }: Quiet, at: number): number | undefined {
  const minute = minuteOfDay(timezone, at);
  const isQuiet = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return undefined;
  const left = (to - minute + 24 * 60) % (24 * 60);
  const end = at + left * MINUTE_MS;
  // The clocks may have been set in between.
  return end + offsetOf(timezone, at) - offsetOf(timezone, end);
}

/** With what has passed of the minute. */
function minuteOfDay(timezone: string, at: number): number {
  const local = at + offsetOf(timezone, at);
  return (((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS;
}
