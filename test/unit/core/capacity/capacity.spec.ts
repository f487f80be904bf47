import { planCapacity } from '../../../../lib/core/capacity/capacity';
import { serversFor, waitQuantile } from '../../../../lib/core/capacity/capacity-erlang';
import { fleetHourUsd, parsePrices } from '../../../../lib/core/capacity/capacity-fleet';
import { forecast } from '../../../../lib/core/capacity/capacity-forecast';
import { measuresOf } from '../../../../lib/core/capacity/load-measures';
import { seededRandom } from '../../../support/graphs';
import { machine, nodeOf, ranAs } from '../../../support/loads';
import { atOnce } from '../../../support/steps';

const HOUR_MS = 3_600_000;
const OPTIONS = { at: 10 * HOUR_MS, targetWaitMs: 60_000, horizonHours: 24, prices: {} };

/** Poisson arrivals of jobs of one node whose time is exponential. */
function poissonLoad(
  seed: number,
  queue: { jobs: number; everyMs: number; serviceMs: number; slots: number },
) {
  const random = seededRandom(seed);
  const exponential = (mean: number) => -mean * Math.log(1 - random());
  const times: number[] = [];
  for (let i = 0; i < queue.jobs; i++) times.push((times[i - 1] ?? 0) + exponential(queue.everyMs));
  // Nobody goes first for being long: Erlang's queue has one order, that of arrival.
  const jobs = times.map(() => [{ ...nodeOf('n', { ms: exponential(queue.serviceMs) }), rank: 0 }]);
  return ranAs(jobs, [machine(queue.slots)], { at: (i) => times[i]! });
}

describe('Erlang C', () => {
  it('knows the table of telephone engineers', () => {
    // 10 erlang offered to 14 servers: 17.4 % wait (Erlang C tables).
    const queue = { arrivals: 10, meanServiceMs: 1, servers: 14 };
    expect(waitQuantile(queue, 0.95)).toBeCloseTo(Math.log(0.1741 / 0.05) / 4, 3);
  });

  it('agrees with the replay of Poisson arrivals about what 95 in 100 wait', () => {
    const queue = { jobs: 2_500, everyMs: 10_000, serviceMs: 70_000, slots: 9 };
    const measured = [1, 2, 3].map((seed) => measuresOf(poissonLoad(seed, queue)).waitMs.p95);
    const expected = waitQuantile({ arrivals: 1 / queue.everyMs, meanServiceMs: 70_000, servers: 9 }, 0.95);
    const mean = measured.reduce((sum, ms) => sum + ms, 0) / measured.length;
    expect(Math.abs(mean / expected - 1)).toBeLessThan(0.15);
  });

  it('asks for more servers, the shorter the wait', () => {
    const queue = { arrivals: 1 / 10_000, meanServiceMs: 80_000 };
    const servers = [600_000, 60_000, 1_000].map((waitMs) => serversFor(queue, { share: 0.95, waitMs }));
    expect(servers).toEqual([9, 11, 14]);
  });
});

describe('the plan of capacity', () => {
  it('recommends as many slots as Erlang, give or take one, where arrivals are Poisson', () => {
    const plan = atOnce(
      planCapacity(poissonLoad(5, { jobs: 1_000, everyMs: 10_000, serviceMs: 80_000, slots: 9 }), {
        ...OPTIONS,
        // Before a whole hour is over, the recorded demand is what is planned for.
        at: 0,
      }),
    );
    expect(plan.rate).toBe(1);
    expect(Math.abs(plan.recommended.slots - plan.erlangSlots)).toBeLessThanOrEqual(1);
    expect(plan.recommended.waitP95Ms).toBeLessThanOrEqual(60_000);
    expect(plan.current.waitP95Ms).toBeGreaterThan(60_000);
  });

  it('adds the workers that are missing, and no others', () => {
    const nodes = Array.from({ length: 8 }, (_, i) =>
      nodeOf(`gpu${i}`, { minutes: 10, demand: { labels: ['gpu'], slots: 1 } }),
    );
    const plain = { workerId: 'p', labels: ['linux'], slots: 1 };
    const gpu = { workerId: 'g', labels: ['gpu'], slots: 1 };
    const prices = parsePrices('0.10,gpu=0.90');
    const { current, recommended } = atOnce(
      planCapacity(ranAs([nodes], [plain, gpu]), { ...OPTIONS, prices }),
    );
    expect(current).toMatchObject({ workers: 2, hourUsd: 1 });
    // All eight have to begin at once; nobody asked for a worker without the label.
    expect(recommended.kinds.map(({ labels, count }) => [labels, count])).toEqual([
      [['linux'], 0],
      [['gpu'], 8],
    ]);
    expect(recommended.hourUsd).toBeCloseTo(7.2);
  });

  it('has a machine that is the whole pool grow by slots: it is one worker, and paid by its size', () => {
    const nodes = Array.from({ length: 6 }, (_, i) => nodeOf(`n${i}`, { minutes: 10 }));
    const { current, recommended } = atOnce(
      planCapacity(ranAs([nodes], [machine(3)]), { ...OPTIONS, prices: parsePrices('0.30') }),
    );
    expect(current).toMatchObject({ workers: 1, slots: 3, kinds: [{ labels: '*', slots: 3, count: 1 }] });
    expect(current.hourUsd).toBeCloseTo(0.3);
    expect(recommended).toMatchObject({ workers: 1, slots: 6, kinds: [{ labels: '*', slots: 6, count: 1 }] });
    expect(recommended.hourUsd).toBeCloseTo(0.6);
  });

  it('adds workers to one that is the whole pool, where some work takes several slots', () => {
    const nodes = ['a', 'b'].map((id) => nodeOf(id, { minutes: 10, demand: { labels: [], slots: 2 } }));
    const { current, recommended } = atOnce(planCapacity(ranAs([nodes], [machine(3)]), OPTIONS));
    expect(current).toMatchObject({ workers: 1, slots: 3 });
    expect(recommended).toMatchObject({ workers: 2, slots: 6 });
  });

  it('says what no number of workers mends', () => {
    const demand = { labels: [], slots: 1, concurrency: { key: 'db', limit: 1 } };
    const nodes = ['a', 'b', 'c', 'd'].map((id) => nodeOf(id, { minutes: 5, demand }));
    const plan = atOnce(planCapacity(ranAs([nodes], [machine(1)]), OPTIONS));
    expect(plan.isReachable).toBe(false);
    expect(plan.recommended.slots).toBe(1);
    expect(plan.floorWaitMs).toBeGreaterThan(10 * 60_000);
  });

  it('grows with the demand that is forecast', () => {
    // Twice as much in the second half of the days that are recorded as in the first.
    const starts = Array.from({ length: 96 }, (_, i) => i).flatMap((hour) =>
      Array.from({ length: hour < 48 ? 2 : 4 }, () => hour * HOUR_MS),
    );
    const jobs = starts.map(() => [nodeOf('n', { minutes: 30 })]);
    const load = ranAs(jobs, [machine(4)], { at: (i) => starts[i]! });
    const { demand } = atOnce(planCapacity(load, { ...OPTIONS, at: 96 * HOUR_MS }));
    expect(demand).toMatchObject({ hours: 96, season: 'day', peakSlots: 2 });
    expect(demand.expectedPeakSlots).toBeCloseTo(2);
  });

  it('looks back half a year, however old the record is', () => {
    const load = ranAs([[nodeOf('n')]], [machine(1)]);
    const { demand } = atOnce(planCapacity(load, { ...OPTIONS, at: 50 * 365 * 24 * HOUR_MS }));
    expect(demand).toMatchObject({ hours: 26 * 7 * 24, peakSlots: 0, highPeakSlots: 0 });
  });

  it('has nothing to say where no job is over', () => {
    expect(() => atOnce(planCapacity(ranAs([], [machine(1)]), OPTIONS))).toThrow(
      'no job that is over was found',
    );
  });
});

describe('a forecast', () => {
  const week = 7 * 24;
  const usual = (hour: number) => (hour % 24 < 8 ? 1 : 10) * (Math.floor(hour / 24) % 7 < 5 ? 1 : 0.2);

  it('repeats the week, whatever one odd day was', () => {
    const series = Array.from({ length: 4 * week }, (_, hour) => usual(hour));
    for (let hour = 200; hour < 224; hour++) series[hour] = 500;
    const { season, expected } = forecast(series, 24);
    expect(season).toBe('week');
    expect(expected).toEqual(Array.from({ length: 24 }, (_, hour) => usual(hour)));
  });

  it('follows a level that has doubled', () => {
    const series = Array.from({ length: 3 * week }, (_, hour) => usual(hour) * (hour < 2 * week ? 1 : 2));
    expect(forecast(series, 12).expected[11]).toBeCloseTo(20);
  });

  it('is above what comes in 95 of 100 hours', () => {
    const random = seededRandom(3);
    const noisy = (hour: number) => usual(hour) * (0.5 + random());
    const series = Array.from({ length: 6 * week }, (_, hour) => noisy(hour));
    const { high } = forecast(series, week);
    const within = high.filter((most, h) => noisy(6 * week + h) <= most).length / week;
    expect(within).toBeGreaterThanOrEqual(0.9);
  });

  it('of nothing is nothing', () => {
    expect(forecast([], 2)).toEqual({ season: 'none', expected: [0, 0], high: [0, 0] });
  });
});

describe('prices of workers', () => {
  it('are one for all, and one by label', () => {
    const kind = { slots: 1, count: 2 };
    const fleet = [
      { ...kind, labels: ['linux', 'gpu'] },
      { ...kind, labels: ['linux'] },
    ];
    expect(fleetHourUsd(fleet, parsePrices('0.10, gpu=0.90'))).toBeCloseTo(2);
    expect(fleetHourUsd(fleet, parsePrices('gpu=0.90'))).toBeUndefined();
  });

  it.each(['', 'x', '-1', 'gpu=', '0.1;0.2', '1e99'])('that cannot be read are refused: %j', (text) => {
    expect(() => parsePrices(text)).toThrow('a price of an hour of a worker is an amount in dollars');
  });
});
