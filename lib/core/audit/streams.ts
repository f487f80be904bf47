import { AUDIT_KIND } from './events';

const DAY_MS = 24 * 3_600_000;

/** Streams of a day on AWS, where functions run side by side. */
export const AUDIT_SHARDS = 8;

/** A day of UTC, such as `2026-11-29`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 'yyyy-mm-dd'.length);
}

/** When a day is over, of a stream or of its id; milliseconds since the epoch. Undefined where it names none. */
export function dayEnd(stream: string): number | undefined {
  const [, day = ''] = /(?:^|\/)(\d{4}-\d\d-\d\d)(?:-\d+)?$/.exec(stream) ?? [];
  const at = Date.parse(day);
  return Number.isNaN(at) ? undefined : at + DAY_MS;
}

/** The day after. */
export function nextDay(day: string): string {
  return dayOf(Date.parse(day) + DAY_MS);
}

/**
 * The streams of a day. Where many processes write at once there are several, so that they seldom meet at the end of
 * one; what a reader sees of a day is all of them by time.
 * @param shards how many; 1 where one machine writes.
 */
export function auditStreams(day: string, shards: number): readonly string[] {
  if (shards === 1) return [`${AUDIT_KIND}/${day}`];
  return Array.from({ length: shards }, (_, shard) => `${AUDIT_KIND}/${day}-${shard}`);
}
