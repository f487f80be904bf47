import fc from 'fast-check';
import { balance, evenCount, imbalance } from '../../../../lib/importers/shards/balance';

describe('balancing by time', () => {
  const durations = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 100_000 }) }), {
    minLength: 1,
    maxLength: 60,
  });

  it('places every item once and stays within 4/3 of the lower bound and the longest item', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 12 }), (items, shards) => {
        const made = balance(items, shards);
        expect(made.flat()).toHaveLength(items.length);
        expect(new Set(made.flat()).size).toBe(new Set(items).size);
        const total = items.reduce((sum, { ms }) => sum + ms, 0);
        const longest = Math.max(...items.map(({ ms }) => ms));
        const load = Math.max(...made.map((shard) => shard.reduce((sum, { ms }) => sum + ms, 0)));
        expect(load).toBeLessThanOrEqual(total / shards + longest + 1e-6);
      }),
    );
  });

  it('splits evenly by number where no time is known', () => {
    const items = Array.from({ length: 10 }, () => ({ ms: 0 }));
    expect(balance(items, 5).map((shard) => shard.length)).toEqual([2, 2, 2, 2, 2]);
    expect(evenCount(items, 3).map((shard) => shard.length)).toEqual([3, 3, 4]);
    expect(imbalance(balance(items, 5))).toBe(1);
  });
});
