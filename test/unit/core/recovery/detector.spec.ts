import type { Beat } from '../../../../lib/core/ports/registries';
import {
  ACCEPTABLE_PAUSE_MS,
  habitOf,
  isSuspected,
  LONGEST_LATENESS_MS,
  suspicion,
} from '../../../../lib/core/recovery/detector';

/** Heartbeats every ten seconds, each so much later than promised, the latest one last. */
function late(...lateness: readonly number[]): Beat[] {
  let at = 0;
  const beats = [{ at, due: 10_000 }];
  for (const each of lateness) {
    at += 10_000 + each;
    beats.unshift({ at, due: at + 10_000 });
  }
  return beats;
}

describe('the habit of a worker', () => {
  it('is the mean and the deviation of how late its heartbeats came', () => {
    expect(habitOf(late(0, 2_000, 4_000))).toEqual({ mean: 2_000, deviation: 2_000 });
  });

  it('has a least deviation, so that nobody is suspected for being a moment late once', () => {
    expect(habitOf(late(0, 0, 0, 0))).toEqual({ mean: 0, deviation: 500 });
    expect(habitOf([])).toEqual({ mean: 0, deviation: 500 });
  });

  it('is not made worse by a heartbeat that came early, nor by one that an outage held up', () => {
    expect(habitOf(late(-8_000, 0, 600_000, 0))).toEqual({ mean: 0, deviation: 500 });
  });

  it('says nothing of what the list was filled with when the worker registered', () => {
    const first = { at: 0, due: 10_000 };
    expect(habitOf([first, first, first])).toEqual({ mean: 0, deviation: 500 });
  });
});

describe('the suspicion', () => {
  const habit = { mean: 200, deviation: 500 };

  it('is that of a coin where the worker is as late as it is wont to be, the acceptable pause included', () => {
    expect(suspicion(200 + ACCEPTABLE_PAUSE_MS, habit)).toBeCloseTo(Math.log10(2), 10);
  });

  it.each([
    // -log10 of the upper tail of the normal distribution, within what the approximation is off by.
    [1, 0.8],
    [2, 1.64],
    [3, 2.87],
  ])('after %d deviations is that of the normal distribution', (deviations, expected) => {
    const phi = suspicion(200 + ACCEPTABLE_PAUSE_MS + deviations * 500, habit);
    expect(Math.abs(phi - expected)).toBeLessThan(0.05);
  });

  it('only grows, and is a number however early or late a heartbeat is', () => {
    const lateness = [-1e9, -1e6, 0, 10_000, 15_000, 16_000, 18_000, 60_000, 1e6, 1e9];
    const phis = lateness.map((ms) => suspicion(ms, habit));
    expect(phis.every(Number.isFinite)).toBe(true);
    expect(phis).toEqual(phis.toSorted((a, b) => a - b));
    expect(phis[0]).toBe(0);
  });
});

describe('a worker is suspected', () => {
  it.each([
    ['after 17.6 seconds where it was always on time', late(0, 0, 0), 17_600],
    ['later where it is wont to be late', late(0, 2_000, 4_000, 2_000, 1_000), 24_400],
    ['after 35 seconds however irregular it is', late(0, 14_000, 0, 14_000, 0), LONGEST_LATENESS_MS],
  ])('%s', (_, beats, ms) => {
    expect(isSuspected(ms - 200, beats)).toBe(false);
    expect(isSuspected(ms + 200, beats)).toBe(true);
  });
});
