import { play } from '../../../lib/chaos/play';
import { createScenario } from '../../../lib/chaos/workload/scenario';
import { MUTANTS, type Mutant } from './mutants';

/** Worlds that a mutant is given to show itself. */
const WORLDS = 30;
const JOBS = 9;

/** Where mutants that do not show themselves in the first world did last: that world is tried before the others. */
const SHOWN_IN: Readonly<Record<string, number>> = {
  'a cancellation is not heard': 2,
  'a cancelled job goes on': 2,
  'a letter does not hear that its node is mended': 2,
  'a node is tried again beyond its budget': 2,
  'a retry does not wait': 2,
  'a retry runs again what succeeded': 2,
  'one failure counts twice': 2,
  'the rest does not wait for the canary': 2,
  'a snapshot of a pool loses who was served last': 3,
  'more jobs are admitted than may run': 3,
  'there is no reconciler': 3,
  'a node that failed for good has no letter': 4,
  'a worker that is lost keeps its leases': 4,
  'a late report counts for the attempt of now': 5,
  'a paused job is given out': 5,
  'a step does not wait for those that need its node': 5,
  'a workflow that ended is of no consequence': 5,
  'what was complete first is undone first': 5,
  'who waits for a node that ran again is not answered': 5,
  'work goes to workers that are cordoned': 5,
  'a message about a node that is not there breaks the job': 6,
  'what is being redriven is redriven again': 7,
  'the owner with the most running jobs is admitted first': 8,
  'the reconciler does not believe what workers say': 8,
  'a step is tried again beyond the budget of its node': 9,
  'what could not be undone has no letter': 9,
  'losses have no bound': 16,
};

/** The first promise that a mutant breaks, and in which world. */
async function firstBroken({ name, alteration, faults }: Mutant) {
  const first = SHOWN_IN[name] ?? 1;
  const others = Array.from({ length: WORLDS }, (_, i) => i + 1).filter((world) => world !== first);
  for (const world of [first, ...others]) {
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
