import fc from 'fast-check';
import { HEARTBEAT_SECONDS } from '../../../../lib/core/recovery/pace';
import { SWEEP_SECONDS } from '../../../../lib/core/recovery/silence';
import { heartbeats } from '../../../support/heartbeats';

/** From the message that a worker is lost to the offer of the next attempt: two queues and two deciders. */
const START_MS = 2_000;
/** Patience with one that is asked; lambdas/shared/sightings.ts. */
const ANSWER_MS = 3_000;
const DEAD_AT = 100_000;
const MINUTE = 60_000;

/** A number that follows from a seed and a place, uniform in [0, 1). */
function chance(seed: number, ...place: readonly number[]): number {
  let x = (seed ^ 0x9e3779b9) >>> 0;
  for (const each of place) {
    x = Math.imul(x ^ each, 0x85ebca6b) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
    x = (x ^ (x >>> 16)) >>> 0;
  }
  return x / 2 ** 32;
}

const phases = { seed: fc.integer(), sweepPhaseMs: fc.integer({ min: 0, max: SWEEP_SECONDS * 1_000 - 1 }) };
const phaseOf = (seed: number) => (i: number) => Math.floor(chance(seed, 1, i) * HEARTBEAT_SECONDS * 1_000);

describe('a worker that dies', () => {
  it('has its work offered again within a minute, whatever the phases of heartbeats and sweeps, and the jitter', () => {
    const fleet = fc.record({
      ...phases,
      workers: fc.integer({ min: 2, max: 12 }),
      jitterMs: fc.integer({ min: 0, max: 1_000 }),
      deadAfter: fc.integer({ min: 0, max: 31_000 }),
    });
    fc.assert(
      fc.property(fleet, ({ seed, sweepPhaseMs, workers, jitterMs, deadAfter }) => {
        const deadAt = DEAD_AT + deadAfter;
        const lost = heartbeats({
          ...{ workers, seconds: 240, sweepPhaseMs, phaseMs: phaseOf(seed) },
          jitterMs: (i, beat) => jitterMs * chance(seed, 2, i, beat),
          isAlive: (i, at) => i !== 0 || at < deadAt,
        });
        expect([...lost.keys()]).toEqual(['w0']);
        expect((lost.get('w0') as number) + START_MS).toBeLessThan(deadAt + MINUTE);
      }),
      { numRuns: 150 },
    );
  });

  it('is noticed within a minute where it has nothing to do either, in a fleet of fifty that has none', () => {
    const fleet = fc.record({ ...phases, deadAfter: fc.integer({ min: 0, max: 31_000 }) });
    fc.assert(
      fc.property(fleet, ({ seed, sweepPhaseMs, deadAfter }) => {
        const deadAt = DEAD_AT + deadAfter;
        const lost = heartbeats({
          ...{ workers: 50, isBusy: () => false, seconds: 240, sweepPhaseMs, phaseMs: phaseOf(seed) },
          jitterMs: (i, beat) => 200 * chance(seed, 2, i, beat),
          isAlive: (i, at) => i !== 0 || at < deadAt,
        });
        expect([...lost.keys()]).toEqual(['w0']);
        expect(lost.get('w0')).toBeLessThan(deadAt + MINUTE);
      }),
      { numRuns: 25 },
    );
  });

  it('is noticed within a minute with all of its fleet, as those that fall silent together are asked', () => {
    const fleet = fc.record({
      ...phases,
      workers: fc.integer({ min: 1, max: 12 }),
      jitterMs: fc.integer({ min: 0, max: 1_000 }),
      deadAfter: fc.integer({ min: 0, max: 31_000 }),
    });
    fc.assert(
      fc.property(fleet, ({ seed, sweepPhaseMs, workers, jitterMs, deadAfter }) => {
        const deadAt = DEAD_AT + deadAfter;
        const lost = heartbeats({
          ...{ workers, seconds: 240, sweepPhaseMs, phaseMs: phaseOf(seed), asks: true },
          jitterMs: (i, beat) => jitterMs * chance(seed, 2, i, beat),
          isAlive: (_, at) => at < deadAt,
        });
        expect(lost.size).toBe(workers);
        for (const at of lost.values()) expect(at + ANSWER_MS + START_MS).toBeLessThan(deadAt + MINUTE);
      }),
      { numRuns: 100 },
    );
  });

  it('is noticed within a minute where its heartbeats were most irregular before', () => {
    fc.assert(
      fc.property(fc.record(phases), ({ seed, sweepPhaseMs }) => {
        const lost = heartbeats({
          ...{ workers: 6, seconds: 240, sweepPhaseMs, phaseMs: phaseOf(seed) },
          jitterMs: (i, beat) => (i === 0 ? 14_000 * chance(seed, 3, beat) : 300 * chance(seed, 2, i, beat)),
          isAlive: (i, at) => i !== 0 || at < DEAD_AT,
        });
        expect([...lost.keys()]).toEqual(['w0']);
        expect((lost.get('w0') as number) + START_MS).toBeLessThan(DEAD_AT + MINUTE);
      }),
      { numRuns: 100 },
    );
  });
});

describe('no worker that lives is lost', () => {
  it('for any heartbeats that do not get through, as long as no three of it in a row', () => {
    const fleet = fc.record({ ...phases, workers: fc.integer({ min: 2, max: 20 }), isBusy: fc.boolean() });
    fc.assert(
      fc.property(fleet, ({ seed, sweepPhaseMs, workers, isBusy }) => {
        const lost = heartbeats({
          ...{ workers, isBusy: () => isBusy, seconds: 300, sweepPhaseMs, phaseMs: phaseOf(seed) },
          jitterMs: (i, beat) => 1_000 * chance(seed, 2, i, beat),
          isMissed: (i, beat) => beat % 3 !== 0 && chance(seed, 4, i, beat) < 0.5,
        });
        expect([...lost]).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('for an outage of half a minute where it is the only one', () => {
    const fleet = fc.record({
      ...phases,
      isBusy: fc.boolean(),
      outageMs: fc.integer({ min: 1_000, max: 30_000 }),
      from: fc.integer({ min: 100_000, max: 131_000 }),
    });
    fc.assert(
      fc.property(fleet, ({ seed, sweepPhaseMs, isBusy, outageMs, from }) => {
        const lost = heartbeats({
          ...{ workers: 1, isBusy: () => isBusy, seconds: 240, sweepPhaseMs, phaseMs: phaseOf(seed) },
          jitterMs: (i, beat) => 300 * chance(seed, 2, i, beat),
          isWell: (at) => at < from || at >= from + outageMs,
          asks: true,
          isSwept: () => true,
        });
        expect([...lost]).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('for an outage of any length at any time, whether sweeps go on meanwhile or not', () => {
    const fleet = fc.record({
      ...phases,
      workers: fc.integer({ min: 2, max: 20 }),
      isBusy: fc.boolean(),
      outageMs: fc.integer({ min: 1_000, max: 90_000 }),
      from: fc.integer({ min: 100_000, max: 131_000 }),
      isSwept: fc.boolean(),
    });
    fc.assert(
      fc.property(fleet, ({ seed, sweepPhaseMs, workers, isBusy, outageMs, from, isSwept }) => {
        const lost = heartbeats({
          ...{ workers, isBusy: () => isBusy, seconds: 360, sweepPhaseMs, phaseMs: phaseOf(seed) },
          jitterMs: (i, beat) => 300 * chance(seed, 2, i, beat),
          isWell: (at) => at < from || at >= from + outageMs,
          asks: true,
          ...(isSwept ? { isSwept: () => true } : {}),
        });
        expect([...lost]).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
