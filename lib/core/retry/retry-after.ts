import { LIMITS } from '../limits';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
};

const UNIT = Object.keys(UNITS)
  .sort((a, b) => b.length - a.length)
  .join('|');

/** `Retry-After: 30`, `retry after 2.5 seconds`, `try again in 20s`, `retry_after_ms: 500`. */
const ASKED = new RegExp(
  `(?:retry[ _-]?after|(?:re)?try(?: again)? in|wait(?: for)?)(?<ms>[ _-]?ms)?["']?\\s*[:=]?\\s*["']?` +
    `(?<amount>\\d{1,9}(?:\\.\\d{1,3})?)\\s*(?<unit>${UNIT})?s?\\b`,
  'i',
);

/**
 * How long a message asks to be left alone, milliseconds, at most a day; a number alone is seconds, as in HTTP (RFC 9110,
 * 10.2.3). Undefined where it asks for nothing.
 */
export function retryAfterOf(message: string): number | undefined {
  const { ms, amount, unit } = ASKED.exec(message)?.groups ?? {};
  if (amount === undefined) return undefined;
  const factor = ms === undefined ? (UNITS[unit?.toLowerCase() ?? 's'] ?? 1_000) : 1;
  return Math.min(Math.ceil(Number(amount) * factor), LIMITS.retryAfterMs);
}
