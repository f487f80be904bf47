import fc from 'fast-check';
import { createMemoryHistory } from '../../../../lib/adapters/memory/history';
import { flakeRate, type Observation } from '../../../../lib/core/history/flakes';
import { shareInterval } from '../../../../lib/core/history/interval';
import type { AttemptSample, HistoryUpdate, RetrySample } from '../../../../lib/core/history/samples';
import { seededRandom } from '../../../support/graphs';

const SHARES = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.9];

describe('the 95 % interval of a share', () => {
  it.each([10, 25, 50, 100, 200])(
    'holds the true share in 95 of 100 samples of %i, over shares',
    (trials) => {
      const random = seededRandom(trials);
      let [held, all] = [0, 0];
      for (const share of SHARES) {
        for (let run = 0; run < 2_000; run++) {
          let hits = 0;
          for (let i = 0; i < trials; i++) if (random() < share) hits += 1;
          const { low, high } = shareInterval(hits, trials);
          all += 1;
          if (low <= share && share <= high) held += 1;
        }
      }
      expect(held / all).toBeGreaterThanOrEqual(0.94);
      expect(held / all).toBeLessThanOrEqual(0.98);
    },
  );

  it('lies within 0 and 1, around what was seen, and narrows with more of the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, part) => {
          const hits = Math.round(part * n);
          const { low, high } = shareInterval(hits, n);
          expect(0 <= low && low <= hits / n && hits / n <= high && high <= 1).toBe(true);
          const more = shareInterval(4 * hits, 4 * n);
          expect(more.high - more.low).toBeLessThan(high - low);
        },
      ),
    );
  });
});

/** Jobs of one node whose every attempt fails with the same chance, each tried three times at most. */
function flakyWindow(chance: number, size: number, random: () => number): Observation[] {
  const window: Observation[] = [];
  for (let job = 0; window.length < size; job++) {
    for (let attempt = 1; attempt <= 3; attempt++) {
      const passed = random() >= chance;
      window.push({ jobId: `j${job}`, nodeId: 'n', attempt, input: 'i', at: window.length, passed });
      if (passed) break;
    }
  }
  return window.slice(-size);
}

describe('the flake rate', () => {
  it('holds the true chance of a failure in 95 of 100 windows, though failures are what is retried', () => {
    const random = seededRandom(7);
    let [held, all] = [0, 0];
    for (const chance of [0.05, 0.1, 0.2, 0.3, 0.5]) {
      for (let run = 0; run < 2_000; run++) {
        const { low, high } = flakeRate(flakyWindow(chance, 50, random));
        all += 1;
        if (low <= chance && chance <= high) held += 1;
      }
    }
    expect(held / all).toBeGreaterThanOrEqual(0.94);
  });

  it('never calls flaky what fails for good from some job on, and never stable what has failed', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 10 }), (passes, failures) => {
        const all = [...Array(passes).fill(true), ...Array(failures).fill(false), true].map(
          (passed, i): Observation => ({
            jobId: `j${i}`,
            nodeId: 'n',
            attempt: 1,
            input: 'i',
            at: i,
            passed,
          }),
        );
        expect(flakeRate(all).verdict).toBe('unknown');
        expect(flakeRate(all.slice(0, -1)).verdict).not.toBe('flaky');
      }),
    );
  });
});

const ofAttempt = {
  jobId: fc.constantFrom('j1', 'j2', 'j3'),
  nodeId: fc.constantFrom('n1', 'n2'),
  attempt: fc.integer({ min: 1, max: 40 }),
};
const attemptOf = fc.record(ofAttempt).map(
  (each): AttemptSample => ({
    ...each,
    node: (each.nodeId === 'n1' ? 'a' : 'b').repeat(16),
    // An attempt is what it is, whoever tells of it.
    ...{
      input: 'd'.repeat(16),
      passed: each.attempt % 3 > 0,
      durationMs: each.attempt,
      at: each.attempt % 7,
    },
  }),
);
const retryOf = fc.record(ofAttempt).map(
  (each): RetrySample => ({
    ...each,
    signature: (each.attempt % 2 ? 'a' : 'b').repeat(16),
    ...{ class: 'network', strategy: `s${each.attempt % 2}`, resolved: each.attempt % 3 > 0 },
    ...{ waitedMs: 1, spentMs: 2, slotMs: 3, at: each.attempt % 7 },
  }),
);
const updateOf: fc.Arbitrary<HistoryUpdate> = fc.record({
  jobId: fc.constantFrom('j1', 'j2', 'j3'),
  owner: fc.constant('ana'),
  attempts: fc.array(attemptOf, { maxLength: 60 }),
  retries: fc.array(retryOf, { maxLength: 60 }),
});

async function known(updates: readonly HistoryUpdate[]) {
  const history = createMemoryHistory();
  for (const update of updates) await history.learn(update);
  const of = async (name: string) => [await history.ofNode('ana', name), await history.ofSignature(name)];
  const digests = [...'abc'].map((letter) => letter.repeat(16));
  return [await Promise.all(digests.map(of)), await history.failures('ana'), await history.retries()];
}

describe('what a history has learned', () => {
  it('is the same in whatever order jobs end, and however often they are told', async () => {
    const updates = fc.array(updateOf, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(updates, fc.nat(), async (all, seed) => {
        const random = seededRandom(seed);
        const shuffled = [...all, ...all.filter(() => random() < 0.5)].sort(() => random() - 0.5);
        expect(await known(shuffled)).toEqual(await known(all));
      }),
      { numRuns: 100 },
    );
  });
});
