import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { ulid } from 'ulid';
import { createCompute } from '../core/model/steps';
import type { SetTimer, Timing } from '../core/model/time';

/** The clock, the chance and the patience of this machine. */
export const SYSTEM: Timing = { clock: Date.now, random: Math.random, sleep };

export const realTimer: SetTimer = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** A call that comes meanwhile waits for the next of these at each thing it waits for. Milliseconds. */
const SLICE_MS = 2;
/** A turn of the loop in which nobody else had anything to do is shorter. Milliseconds. */
const IDLE_TURN_MS = 0.2;
/** Turns for others between two slices, while they use them. */
const TURNS = 8;

/** What a call waits for is mostly there a turn later: without these it would wait for a slice each time. */
async function letOthers(): Promise<void> {
  for (let turns = 0; turns < TURNS; turns++) {
    const begun = performance.now();
    await turn();
    if (performance.now() - begun < IDLE_TURN_MS) return;
  }
}

/** All long computations of this process take turns, with each other and with everything else. */
export const compute = createCompute({
  now: () => performance.now(),
  pause: letOthers,
  sliceMs: SLICE_MS,
});

/** Resolves early, and not as an error, when the signal is given. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}

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
