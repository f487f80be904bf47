import { hash } from 'node:crypto';

/** From 0 to 1, evenly, and the same each time of the same text. */
export function lotOf(text: string): number {
  return hash('sha256', text, 'buffer').readUInt32BE(0) / 2 ** 32;
}
