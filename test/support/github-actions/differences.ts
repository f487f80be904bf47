import type { ImportedGraph } from '../../../lib/importers/imported';
import { seededRandom } from '../graphs';
import { githubCase } from './cases';
import { importedOutcomes, workflowOf } from './imported-run';
import { type GithubCase, githubVerdict } from './verdict';

export interface Difference {
  readonly seed: number;
  /** The first job that came out otherwise than on GitHub, and how. */
  readonly told: string;
  readonly workflow: string;
  readonly nodes: readonly string[];
}

/** How many jobs were compared, and how many were not, as the importer's notes tell of them or of one before them. */
export interface Compared {
  readonly jobs: number;
  readonly noted: number;
  readonly differences: readonly Difference[];
}

/** Imports and runs a workflow for each seed, and holds it against what GitHub would have made of it. */
export async function compareSeeds(first: number, count: number): Promise<Compared> {
  const differences: Difference[] = [];
  let [jobs, noted] = [0, 0];
  for (let seed = first; seed < first + count; seed++) {
    const given = githubCase(seededRandom(seed));
    const [expected, { outcomes, imported }] = [await githubVerdict(given), await importedOutcomes(given)];
    const open = notedJobs(given, imported);
    const compared = given.jobs.filter(({ key, isVirtual }) => !isVirtual && !open.has(key));
    noted += open.size;
    jobs += compared.length;
    const wrong = compared.find(({ key }) => !expected[key]!.includes(outcomes[key]!));
    if (!wrong) continue;
    const told = `${wrong.key} is ${outcomes[wrong.key]}, and on GitHub ${expected[wrong.key]!.join(' or ')}`;
    const nodes = imported.graph.nodes.map(
      ({ id, trigger, when }) => `${id}: ${trigger ?? ''} ${when ?? ''}`,
    );
    differences.push({ seed, told, workflow: workflowOf(given), nodes });
  }
  return { jobs, noted, differences };
}

/** Jobs of whose condition a note says that it is left out, or not asked again, and those behind them. */
function notedJobs({ jobs, cancelAfter }: GithubCase, { notes }: ImportedGraph): Set<string> {
  const found = new Set<string>();
  for (const { key, needs } of jobs) {
    const own = notes.some(({ kind, path, message }) => {
      const isOpen =
        kind === 'left-out' || (cancelAfter !== undefined && message.includes('not asked again'));
      return isOpen && path === `jobs.${key}.if`;
    });
    if (own || needs.some((need) => found.has(need))) found.add(key);
  }
  return found;
}
