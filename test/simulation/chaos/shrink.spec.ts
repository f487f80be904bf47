import { runChaos } from '../../../lib/chaos/run';
import { minimise } from '../../../lib/chaos/shrink';
import { MUTANTS } from './mutants';

describe('a world that fails', () => {
  it('is made small, and its trace tells what happened', async () => {
    const { alteration } = MUTANTS.find(({ name }) => /keeps its leases/.test(name))!;
    const { violations } = await runChaos({ seed: 5, jobs: 60, alteration, plays: 60 });
    const [finding] = violations;
    expect(finding?.invariant).toBe('leasesOfQueuedWork');
    expect(finding?.jobs.length).toBeLessThanOrEqual(3);
    expect(finding?.faults.length).toBeLessThanOrEqual(4);
    expect(finding?.trace.at(-1)).toMatch(
      /^\+00:\d\d:\d\d\.\d{3} {2}broken {4}leasesOfQueuedWork: .*stay with it/,
    );
  }, 120_000);
});

describe('the smallest part that will do', () => {
  const needs = (...wanted: number[]) => ({
    asked: 0,
    async isEnough(this: { asked: number }, part: readonly number[]) {
      this.asked += 1;
      return wanted.every((each) => part.includes(each));
    },
  });

  it.each([[[]], [[3]], [[0, 99]], [[17, 18, 64]]])('is found where it is %j', async (wanted) => {
    const all = Array.from({ length: 100 }, (_, i) => i);
    const oracle = needs(...wanted);
    expect(await minimise(all, (part) => oracle.isEnough(part))).toEqual(wanted);
    expect(oracle.asked).toBeLessThan(120);
  });

  it('is the whole where nothing can be left out', async () => {
    expect(await minimise([1, 2, 3], async (part) => part.length === 3)).toEqual([1, 2, 3]);
  });
});
