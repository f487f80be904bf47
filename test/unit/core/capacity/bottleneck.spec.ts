import { findBottlenecks } from '../../../../lib/core/capacity/bottleneck';
import { BOUND_KINDS } from '../../../../lib/core/capacity/bottleneck-bound';
import { bottleneckTrial } from '../../../support/bottleneck-trial';
import { machine, nodeOf, ranAs } from '../../../support/loads';
import { atOnce } from '../../../support/steps';

const LOADS = 2;

describe('the detector of bottlenecks', () => {
  it.each(BOUND_KINDS)('names a planted one of kind %s', async (kind) => {
    // `npm run bench -- bottlenecks` tries more of them: docs/capacity.md has the table.
    for (let seed = 1; seed <= LOADS; seed++) {
      const { said, planted } = await bottleneckTrial(kind, seed);
      expect([seed, said?.kind, said?.name]).toEqual([seed, planted.kind, planted.name]);
    }
  });

  it('says what one unit more would win', () => {
    // Four nodes of a minute each, one at a time under a key: with two at a time they take two minutes.
    const demand = { labels: [], slots: 1, concurrency: { key: 'db', limit: 1 } };
    const nodes = ['a', 'b', 'c', 'd'].map((id) => nodeOf(id, { minutes: 1, demand }));
    const { bottlenecks, makespanMs, replayedMs } = atOnce(findBottlenecks(ranAs([nodes], [machine(8)])));
    expect([makespanMs, replayedMs]).toEqual([240_000, 240_000]);
    expect(bottlenecks[0]).toMatchObject({
      ...{ kind: 'lock', name: 'db', wonMs: 120_000, blamedMs: 180_000, utilization: 1 },
      ...{ arrivalsPerHour: 60, meanWaitMs: 90_000, meanQueue: 1.5 },
      change: 'one more at a time under the key db',
    });
  });

  it('blames a slow node where nothing waits', () => {
    const nodes = [nodeOf('slow', { minutes: 10 }), nodeOf('quick', { minutes: 1 })];
    const { bottlenecks } = atOnce(findBottlenecks(ranAs([nodes], [machine(8)])));
    expect(bottlenecks[0]).toMatchObject({ kind: 'node', name: 'g/slow', wonMs: 300_000, blamedMs: 600_000 });
  });

  it('finds nothing where nothing ran', () => {
    expect(atOnce(findBottlenecks(ranAs([], [machine(1)])))).toEqual({
      ...{ jobs: 0, makespanMs: 0, replayedMs: 0, bottlenecks: [] },
    });
  });
});
