import { sampleBreakers, sampleLetters, samplePool } from '../../../../lib/core/projections/samples';
import { initialPool } from '../../../../lib/core/scheduler/state';

const valuesOf = (measurements: ReturnType<typeof samplePool>) =>
  Object.fromEntries(
    measurements.map(({ name, value, dimensions }) => [
      [name, ...Object.entries(dimensions).flatMap(([key, of]) => (key === 'pool' ? [] : [of]))].join(' '),
      value,
    ]),
  );

const worker = (workerId: string, slots: number, free: number, status = 'active') =>
  ({ workerId, labels: '*', slots, free, freeResources: {}, jobs: new Map(), status }) as never;

describe('a sample of a pool', () => {
  it('says how long the oldest waits, and what share of the slots of workers that take work is taken', () => {
    const pool = initialPool();
    pool.workers.set('a', worker('a', 4, 1));
    pool.workers.set('b', worker('b', 2, 0, 'draining'));
    pool.workers.set('c', worker('c', 2, 2));
    pool.cordons.cordoned.set('c', { reason: 'r' } as never);
    pool.queued.set('j/n/1', { readyAt: 4_000 } as never);
    pool.queued.set('j/m/1', { readyAt: 6_000 } as never);
    pool.admission.waiting.set('j2', { queuedAt: 7_000 } as never);
    expect(valuesOf(samplePool('default', pool, 10_000))).toEqual({
      ...{ JobsWaiting: 1, JobsRunning: 0, OldestJobWait: 3, AttemptsWaiting: 2, OldestAttemptWait: 6 },
      ...{ AttemptsLeased: 0, Slots: 4, SlotsTaken: 3, SlotUtilisation: 0.75 },
      ...{ 'Workers active': 1, 'Workers cordoned': 1, 'Workers draining': 1 },
    });
  });

  it('is of a pool without workers no division by zero', () => {
    expect(valuesOf(samplePool('default', initialPool(), 1))).toMatchObject({
      SlotUtilisation: 0,
      OldestJobWait: 0,
    });
  });
});

it('a sample of breakers says how many stand how, and how each stands', () => {
  const listed = [
    { name: 'payments', status: 'open' },
    { name: 'mail', status: 'halfOpen' },
    { name: 'search', status: 'closed' },
  ] as const;
  const said = sampleBreakers(listed).map(({ name, value, dimensions }) => [
    name,
    ...Object.values(dimensions),
    value,
  ]);
  expect(said).toEqual([
    ['Breakers', 'closed', 1],
    ['Breakers', 'open', 1],
    ['Breakers', 'halfOpen', 1],
    ['BreakerOpen', 'payments', 1],
    ['BreakerOpen', 'mail', 0.5],
    ['BreakerOpen', 'search', 0],
  ]);
});

it('a sample of letters counts those that are not resolved, and knows the age of the oldest', () => {
  const groups = [
    { open: 2, oldestAt: 5_000 },
    { open: 1, oldestAt: 2_000 },
    { open: 0, oldestAt: 1_000 },
  ];
  expect(sampleLetters(groups, 10_000).map(({ value }) => value)).toEqual([3, 8]);
});
