import { LRUCache } from 'lru-cache';
import { LIMITS } from '../limits';
import { ZONE_LINKS } from './zone-links';

const formats = new LRUCache<string, Intl.DateTimeFormat>({ max: LIMITS.timeZones });

/**
 * Whether this is a time zone of the IANA database, in its own spelling: `Intl` takes `europe/paris` too, and names of its
 * own, such as BST for Dhaka, which EventBridge Scheduler does not.
 */
export function isTimeZone(name: string): boolean {
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return ZONE_LINKS.has(name) || (known === name && !/^[+-]|^SystemV\//.test(name));
  } catch {
    return false;
  }
}

/** By how much the clocks of a zone are ahead of UTC, milliseconds. @param at milliseconds since the epoch. */
export function offsetOf(timezone: string, at: number): number {
  const clock: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timezone).formatToParts(at)) clock[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = clock;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1_000) * 1_000;
}

/** Formats are dear to make. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const held = formats.get(timezone);
  if (held) return held;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', {
    ...numeric,
    ...{ minute: 'numeric', second: 'numeric', hourCycle: 'h23', timeZone: timezone },
  });
  formats.set(timezone, format);
  return format;
}
