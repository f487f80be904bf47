import { derivedSeed } from '../../../lib/chaos/draw';
import { FAULT_KINDS } from '../../../lib/chaos/faults';
import { play } from '../../../lib/chaos/play';
import { runChaos } from '../../../lib/chaos/run';
import { createScenario } from '../../../lib/chaos/workload/scenario';

const WORLDS = 200;
const JOBS = 5;

describe('the engine', () => {
  it(`keeps every promise in ${WORLDS} worlds in which everything goes wrong`, async () => {
    const struck = new Set<string>();
    for (let world = 1; world <= WORLDS; world++) {
      const seed = derivedSeed(2026, `world ${world}`);
      const { violations, faults } = await play({ scenario: createScenario({ seed, jobs: JOBS }) });
      for (const { kind } of faults) struck.add(kind);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
    // A kind that never strikes is not tried.
    expect([...struck].sort()).toEqual([...FAULT_KINDS].sort());
  }, 240_000);
});

describe('a run', () => {
  const traced = async (seed: number) => {
    const lines: string[] = [];
    const report = await runChaos({ seed, jobs: 8, onLine: (line) => lines.push(line) });
    return JSON.stringify({ report, lines });
  };

  it('is the same for the same seed, byte for byte and line by line', async () => {
    expect(await traced(7)).toBe(await traced(7));
  }, 120_000);

  it('is another one for another seed', async () => {
    expect(await traced(7)).not.toBe(await traced(8));
  }, 120_000);

  it('has no faults but those that were asked for', async () => {
    const { faults } = await runChaos({ seed: 1, jobs: 30, faults: ['crash', 'duplicate'] });
    expect(Object.keys(faults)).toContain('crash');
    expect(Object.keys(faults).filter((kind) => kind !== 'crash' && kind !== 'duplicate')).toEqual([]);
    expect((await runChaos({ seed: 1, jobs: 5, faults: [] })).faults).toEqual({});
  }, 120_000);
});
