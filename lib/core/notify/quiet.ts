import type { Quiet } from '../messages/target';
import { offsetOf } from '../trigger/time-zone';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Until when people are left alone, milliseconds since the epoch; undefined where it is not quiet at `at`. Reads the clocks
 * of the zone: where they are set on or back in between, it ends when they show the end, or leap over it.
 */
export function quietUntil(quiet: Quiet, at: number): number | undefined {
  if (!isQuiet(quiet, at)) return undefined;
  const { timezone, to } = quiet;
  const left = (to - minuteOfDay(timezone, at) + 24 * 60) % (24 * 60);
  const end = at + left * MINUTE_MS;
  // The clocks may have been set in between.
  let until = end + offsetOf(timezone, at) - offsetOf(timezone, end);
  while (until < end && isQuiet(quiet, until)) until += MINUTE_MS;
  return until;
}

function isQuiet({ timezone, from, to }: Quiet, at: number): boolean {
  const minute = minuteOfDay(timezone, at);
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** With what has passed of the minute. */
function minuteOfDay(timezone: string, at: number): number {
  const local = at + offsetOf(timezone, at);
  return (((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS;
}
