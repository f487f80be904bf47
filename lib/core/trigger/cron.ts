import { type CronFields, parseCron } from './cron-fields';
import { offsetOf } from './time-zone';

export { type CronFields, formatCron, parseCron } from './cron-fields';
export { isTimeZone } from './time-zone';

/** A schedule: an expression and a time zone. */
interface Cron {
  readonly cron: string;
  readonly timezone: string;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Further than any expression that comes leaves out: the 29th of February does for eight years at most. */
const HORIZON = 20 * 366 * DAY;

/**
 * The first times after `after`, milliseconds since the epoch. As with EventBridge Scheduler, a time that a change of
 * the clocks leaves out does not come, and one that they show twice comes once, at the first. Only where every hour goes
 * does the one that is repeated go twice: what runs all the time does not stop for an hour.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function nextTimes(cron: Cron, after: number, count: number): number[] {
  const times: number[] = [];
  for (const ofDay of timesByDay(cron, after, after + HORIZON)) {
    times.push(...ofDay.filter((time) => time > after));
    if (times.length >= count) break;
  }
  return times.slice(0, count);
}

/** The last times after `after` and up to `until`, at most `count` of them, oldest first. */
export function lastTimes(
  cron: Cron,
  { after, until }: { readonly after: number; readonly until: number },
  count: number,
): number[] {
  const times: number[] = [];
  if (until <= after) return times;
  for (const ofDay of timesByDay(cron, until, after)) {
    times.unshift(...ofDay.filter((time) => time > after && time <= until));
    if (times.length >= count) break;
  }
  return times.slice(Math.max(0, times.length - count));
}

/**
 * The times of each day that has some, day by day from one time to another, in either direction. The first and the last
 * day may hold times outside of them.
 */
function* timesByDay({ cron, timezone }: Cron, from: number, to: number): Generator<readonly number[]> {
  const fields = parseCron(cron);
  const dayOf = (at: number) => Math.floor((at + offsetOf(timezone, at)) / DAY);
  const step = from <= to ? 1 : -1;
  // A change of the clocks around midnight may show a day again.
  const last = dayOf(to) + step;
  for (let day = dayOf(from) - step; day * step <= last * step; day += step) {
    if (isDay(fields, new Date(day * DAY))) yield timesOf(fields, timezone, day * DAY);
  }
}

function isDay({ daysOfMonth, months, daysOfWeek }: CronFields, date: Date): boolean {
  if (months && !months.includes(date.getUTCMonth() + 1)) return false;
  const isOfMonth = daysOfMonth?.includes(date.getUTCDate());
  const isOfWeek = daysOfWeek?.includes(date.getUTCDay());
  if (isOfMonth === undefined && isOfWeek === undefined) return true;
  return isOfMonth === true || isOfWeek === true;
}

/** @param day its midnight as the clocks of the zone show it, read as UTC. */
function timesOf({ hours, minutes }: CronFields, timezone: string, day: number): number[] {
  const shown = (hours ?? range(24)).flatMap((hour) =>
    (minutes ?? range(60)).map((minute) => day + hour * HOUR + minute * MINUTE),
  );
  const [before, after] = [offsetOf(timezone, day - DAY), offsetOf(timezone, day + 2 * DAY)];
  if (before === after) return shown.map((time) => time - before);
  const [ahead, behind] = [Math.max(before, after), Math.min(before, after)];
  return shown
    .flatMap((time) => {
      const real = [ahead, behind].filter((offset) => offsetOf(timezone, time - offset) === offset);
      return (hours ? real.slice(0, 1) : real).map((offset) => time - offset);
    })
    .sort((a, b) => a - b);
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
