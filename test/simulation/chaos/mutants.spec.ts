import { play } from '../../../lib/chaos/play';
import { createScenario } from '../../../lib/chaos/workload/scenario';
import { MUTANTS, type Mutant } from './mutants';

/** Worlds that a mutant is given to show itself. */
const WORLDS = 30;
const JOBS = 9;

/** The first promise that a mutant breaks, and in which world. */
async function firstBroken({ alteration, faults }: Mutant) {
  for (let world = 1; world <= WORLDS; world++) {
    const { violations } = await play({
      scenario: createScenario({ seed: world, jobs: JOBS, faults }),
      alteration,
    });
    const [violation] = violations;
    if (violation) return { world, ...violation };
  }
  return undefined;
}

describe('a wrong engine', () => {
  const caught: string[] = [];
  afterAll(() => {
    console.log(caught.join('\n'));
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    'is found out: %s',
    async (name, mutant) => {
      const broken = await firstBroken(mutant);
      caught.push(`${broken?.invariant ?? 'SURVIVES'} in world ${broken?.world}: ${name}`);
      expect(mutant.caughtBy).toContain(broken?.invariant);
    },
    120_000,
  );
});
