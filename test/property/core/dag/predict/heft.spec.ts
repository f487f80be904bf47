import type { Graph } from '../../../../../lib/core/dag/graph';
import { indexGraph } from '../../../../../lib/core/dag/graph-index';
import { uniformFleet } from '../../../../../lib/core/dag/predict/simulate-fleet';
import { planSchedule } from '../../../../../lib/core/dag/predict/simulate-plan';
import {
  grid,
  ladder,
  layered,
  randomDag,
  seededRandom,
  seriesParallel,
  sparseDag,
} from '../../../../support/graphs';
import { heftMakespan } from '../../../../support/heft';

type Random = () => number;

const FAMILIES: Record<string, (size: number, random: Random) => Graph> = {
  sparse: (size, random) => sparseDag(size, 3, random),
  random: (size, random) => randomDag(size, 4 / size, random),
  layered: (size, random) => layered(Math.ceil(size / 12), 12, 0.25, random),
  'fork-join': (size) => ladder(Math.ceil(size / 13), 12),
  grid: (size) => grid(Math.ceil(Math.sqrt(size)), Math.ceil(Math.sqrt(size))),
  'series-parallel': (size, random) => seriesParallel(Math.min(size, 80), random),
};

/** Milliseconds. */
const SPREADS: Record<string, (random: Random) => number> = {
  narrow: (random) => 9_000 + random() * 2_000,
  uniform: (random) => 1_000 + random() * 9_000,
  logarithmic: (random) => 100 * Math.exp(random() * 7),
  'heavy-tailed': (random) => (random() < 0.1 ? 60_000 + random() * 60_000 : 500 + random() * 3_000),
};

const SIZES = [30, 60, 120, 200];
const WORKERS = [2, 4, 8, 16];
const SEEDS = 2;

/** Makespan over that of HEFT, for every size, number of workers and seed. */
function ratios(
  make: (size: number, random: Random) => Graph,
  duration: (random: Random) => number,
): number[] {
  const result: number[] = [];
  for (const size of SIZES) {
    for (const workers of WORKERS) {
      for (let seed = 1; seed <= SEEDS; seed++) {
        const random = seededRandom(size * 1_000 + workers * 10 + seed);
        const graph = make(size, random);
        const nodes = graph.nodes.map((node) => ({ ...node, durationMs: Math.round(duration(random)) }));
        const index = indexGraph({ ...graph, nodes }, '');
        const { simulation } = planSchedule(index, uniformFleet(workers));
        result.push(simulation.makespanMs / heftMakespan(index, workers));
      }
    }
  }
  return result;
}

describe('against HEFT with insertion', () => {
  const all: number[] = [];
  const irregular: number[] = [];

  describe.each(Object.entries(FAMILIES))('on %s graphs', (family, make) => {
    it.each(Object.entries(SPREADS))('with %s durations the mean is no worse', (__, duration) => {
      const found = ratios(make, duration);
      all.push(...found);
      if (['sparse', 'random', 'layered'].includes(family)) irregular.push(...found);
      const mean = found.reduce((sum, ratio) => sum + ratio, 0) / found.length;
      expect(mean).toBeLessThanOrEqual(1.0005);
    });
  });

  it('the mean over all of them is better by 4 in 1,000', () => {
    expect(all.reduce((sum, ratio) => sum + ratio, 0) / all.length).toBeLessThan(0.996);
  });

  it('no irregular graph is worse by 2 percent', () => {
    expect(Math.max(...irregular)).toBeLessThan(1.02);
  });

  it('99 of 100 graphs are within 2 percent, and none is worse by a tenth', () => {
    expect(all.filter((ratio) => ratio > 1.02).length / all.length).toBeLessThan(0.01);
    expect(Math.max(...all)).toBeLessThan(1.1);
  });
});
