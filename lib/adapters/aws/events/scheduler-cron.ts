import { type CronFields, parseCron } from '../../../core/trigger/cron';

/**
 * A cron expression as EventBridge Scheduler reads it: a sixth field for years, Sunday is 1, and one of the two days must
 * be `?`. Where both days are given, and one of them is enough, that takes two schedules; a time that both name is one.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function schedulerExpressions(cron: string): string[] {
  const fields = parseCron(cron);
  const { daysOfMonth, daysOfWeek } = fields;
  if (daysOfWeek === undefined) return [expression(fields, text(daysOfMonth), '?')];
  const byWeekday = expression(fields, '?', text(daysOfWeek.map((day) => day + 1)));
  return daysOfMonth === undefined ? [byWeekday] : [expression(fields, text(daysOfMonth), '?'), byWeekday];
}

function expression({ minutes, hours, months }: CronFields, daysOfMonth: string, daysOfWeek: string): string {
  return `cron(${text(minutes)} ${text(hours)} ${daysOfMonth} ${text(months)} ${daysOfWeek} *)`;
}

/** A sorted set with its runs as ranges, so that no expression comes near the limit of 256 characters. */
function text(values: readonly number[] | undefined): string {
  if (values === undefined) return '*';
  const runs: { from: number; to: number }[] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last && value === last.to + 1) last.to = value;
    else runs.push({ from: value, to: value });
  }
  return runs.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
