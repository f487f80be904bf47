import { LIMITS } from '../limits';
import type { BusEvent } from '../messages/public-event';
import type { Parameters } from '../model/parameters';

/** A path into the event, such as `$.detail.commit.id` or `$.detail.files[0]`. */
const PATH = /^\$(\.[A-Za-z0-9_-]+(\[[0-9]+\])*)+$/;

/** Whether a text that means a path is none that can be followed. */
export const isBadPath = (text: string): boolean => text.startsWith('$.') && !PATH.test(text);

/** Text of a parameter taken from an event, at most. */
const MAX_LENGTH = 1_024;

/**
 * The parameters of a trigger with values of the event in place of paths into it: text as it is, anything else as JSON,
 * nothing as empty text. What a job cannot take is cut: an event that is too long still starts one.
 */
export function resolveParameters(parameters: Parameters, event: BusEvent): Parameters {
  const entries = Object.entries(parameters);
  const without = entries.map(([name, text]) => [name, PATH.test(text) ? '' : text] as const);
  let room = LIMITS.parameterBytes - bytesOf(Object.fromEntries(without));
  return Object.fromEntries(
    entries.map(([name, text]) => {
      if (!PATH.test(text)) return [name, text];
      const value = cut(valueAt(event, text), room);
      room -= sizeOf(value);
      return [name, value];
    }),
  );
}

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;
/** Bytes between the quotes. */
const sizeOf = (text: string) => bytesOf(text) - 2;

/** As much of a text as has so many bytes. Half a character is none, and a NUL: no store or variable would keep it. */
function cut(text: string, room: number): string {
  const characters = [...text].slice(0, MAX_LENGTH).map((one) => one.replace(/[\p{Surrogate}\0]/u, '\uFFFD'));
  let used = 0;
  const end = characters.findIndex((one) => {
    used += sizeOf(one);
    return used > room;
  });
  return characters.slice(0, end < 0 ? characters.length : end).join('');
}

function valueAt(event: BusEvent, path: string): string {
  let value: unknown = event;
  for (const key of path
    .replace(/\[([0-9]+)\]/g, '.$1')
    .split('.')
    .slice(1)) {
    const isOwn = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    value = isOwn ? (value as Record<string, unknown>)[key] : undefined;
  }
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
