/** Characters of a text that a message quotes at most. */
const QUOTED = 100;

/** A text, number or word as a message quotes it: one line, and no longer than a line may be. */
export function quoted(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > QUOTED ? `${value.slice(0, QUOTED)}…` : value);
}
