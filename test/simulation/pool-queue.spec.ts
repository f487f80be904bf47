import { runPool } from '../../bench/pool-queue';
import { LANES } from '../../lib/core/messages/lane';

const LOAD = { jobs: 400, nodes: 3, owners: 8, workers: 8, slots: 50, meanMs: 300 };
const GROUP = { lanes: 1, takesMore: false, invocations: 10, decideMs: 0.2 };
const LANED = { lanes: LANES.pool, takesMore: true, invocations: 2, decideMs: 0.2 };

describe('a pool behind its queue', () => {
  it('takes five times as much and more in lanes as in one group, and shares as fairly', async () => {
    const [group, laned] = [await runPool(LOAD, GROUP), await runPool(LOAD, LANED)];
    expect(group.rate).toBeGreaterThan(40);
    expect(group.rate).toBeLessThan(55);
    expect(laned.rate).toBeGreaterThan(5 * group.rate);
    expect(laned.counts.appends).toBeLessThan(group.counts.appends / 2);
    // Of eight owners with as many jobs each, none gets much less than another.
    for (const { fairness } of [group, laned]) expect(fairness).toBeGreaterThan(0.6);
  }, 60_000);
});
