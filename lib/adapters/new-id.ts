import { randomFillSync } from 'node:crypto';
import { ulid } from 'ulid';

/** Drawn many at a time: to ask for each character of an id takes longer than all else of it. */
const drawn = Buffer.alloc(4_096);
let next = drawn.length;

/** From 0 to less than 1, in steps of which a character takes one in eight. */
function random(): number {
  if (next === drawn.length) {
    randomFillSync(drawn);
    next = 0;
  }
  return drawn.readUInt8(next++) / 256;
}

/** A ULID: ids of a millisecond or more apart sort as they were made. */
export const newId = (): string => ulid(undefined, random);
