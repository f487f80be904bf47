import { parseArgs } from 'node:util';
import { compareSeeds } from '../support/github-actions/differences';

/** `npx tsx test/differential/github.ts --seed 1 --cases 20000`: the importer's verdicts against GitHub's. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: '1' }, cases: { type: 'string', default: '2000' } },
  });
  const { jobs, noted, differences } = await compareSeeds(Number(values.seed), Number(values.cases));
  for (const difference of differences) console.log(JSON.stringify(difference, null, 2));
  console.log(
    `${values.cases} workflows, ${jobs} jobs compared, ${noted} noted, ${differences.length} differ`,
  );
  process.exitCode = differences.length === 0 ? 0 : 1;
}

void main();
