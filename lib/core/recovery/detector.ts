import type { Beat } from '../ports/registries';

/**
 * An accrual failure detector: not "dead" or "alive" but how unlikely it is that a worker which lives is as late as this,
 * given how late it is wont to be (Hayashibara, Défago, Yared and Katayama, "The φ accrual failure detector", 2004). What
 * is measured is not the interval between heartbeats but their lateness against what the worker promised, as one that has
 * nothing to do speaks less often than one that works.
 */

/** Heartbeats that the registry keeps of a worker: a sample of how late it is wont to be, and of when the engine was well. */
export const BEATS_KEPT = 10;

/** From this on a worker is suspected: one in 10^8 heartbeats of a worker that lives would be as late. */
export const SUSPECTED = 8;
/**
 * Lateness that is none of the worker's habits, in milliseconds: a heartbeat that did not get through, in a stretch of
 * time in which the engine looks well all the same (`NEAR_MS`), and the next one that does.
 */
export const ACCEPTABLE_PAUSE_MS = 15_000;
/** A worker that was always on time is not suspected for a second's delay. In milliseconds. */
const LEAST_DEVIATION_MS = 500;
/** However irregular a worker is, it is lost when it is so late, in milliseconds: who has work for it cannot wait longer. */
export const LONGEST_LATENESS_MS = 35_000;

/** How late a worker is wont to be. Milliseconds. */
export interface Habit {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Of the heartbeats that are kept of a worker, latest first. One that was held up for longer than what is acceptable says
 * nothing of the worker: the engine was not well, or the worker is another one since.
 */
export function habitOf(beats: readonly Beat[]): Habit {
  let [count, mean, squares] = [0, 0, 0];
  for (const [i, { at }] of beats.entries()) {
    const before = beats[i + 1];
    // The same one again is what the list was filled with.
    if (before === undefined || before.at === at) continue;
    const lateness = Math.max(0, at - before.due);
    if (lateness > ACCEPTABLE_PAUSE_MS) continue;
    // Welford's running mean and variance: https://doi.org/10.1080/00401706.1962.10490022
    count += 1;
    const delta = lateness - mean;
    mean += delta / count;
    squares += delta * (lateness - mean);
  }
  const deviation = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
  return { mean, deviation: Math.max(LEAST_DEVIATION_MS, deviation) };
}

/**
 * The suspicion φ: -log10 of the chance that a heartbeat comes later still. The normal distribution is approximated by a
 * logistic one: Bowling et al., "A logistic approximation to the cumulative normal distribution", 2009.
 * @param lateness in milliseconds since the heartbeat was due, as far as the engine was well.
 */
export function suspicion(lateness: number, { mean, deviation }: Habit): number {
  const y = (lateness - mean - ACCEPTABLE_PAUSE_MS) / deviation;
  const x = y * (1.5976 + 0.070566 * y * y);
  // The chance is 1 / (1 + e^x), which is no number any more for a large x.
  return x > 30 ? x * Math.LOG10E : Math.log10(1 + Math.exp(x));
}

/** Whether a worker that is so late, in milliseconds, is to be held for lost. */
export function isSuspected(lateness: number, beats: readonly Beat[]): boolean {
  return lateness > LONGEST_LATENESS_MS || suspicion(lateness, habitOf(beats)) >= SUSPECTED;
}
