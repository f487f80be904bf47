import { setTimeout as wait } from 'node:timers/promises';
import type { SetTimer, Timing } from '../core/model/time';

/** The clock, the chance and the patience of this machine. */
export const SYSTEM: Timing = { clock: Date.now, random: Math.random, sleep };

export const realTimer: SetTimer = (callback, delayMs) => {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
};

/** Resolves early, and not as an error, when the signal is given. */
async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
}
