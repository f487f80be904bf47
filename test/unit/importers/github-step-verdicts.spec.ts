import { memoryConditions } from '../../../lib/adapters/memory/conditions';
import { countsAsTrue, githubValue } from '../../support/github-actions/expressions';
import { contextsOf, type StepCase, stepCase } from '../../support/github-actions/step-cases';
import { seededRandom } from '../../support/graphs';
import { createBench, imported, SHELLS } from './github-run';

/** Steps before those that are compared. */
const BEFORE = 3;

/** Conditions of one job, and values; jobs for each shell. */
const COUNT = 30;
const SEEDS = 3;

/** A job whose steps tell which of them ran, and what the values in their texts came to. */
function workflowOf({ conditions, values }: StepCase): string {
  const inputs = {
    flag: { type: 'boolean', default: false },
    level: { type: 'string', default: 'none' },
    count: { type: 'number', default: 7 },
  };
  const steps = [
    { id: 's', run: 'printf "v<<END\\n%s\\nEND\\n" "$WRITTEN" >> "$GITHUB_OUTPUT"' },
    { id: 'f', run: 'exit 1', 'continue-on-error': true },
    { id: 'n', if: false, run: 'true' },
    ...conditions.map((condition, i) => ({ if: condition, run: `echo "ran ${i}"` })),
    ...values.map((value, i) => ({
      run: `printf '%s\\n' "value ${i} \${V}" "END"; cat <<HERE\ntext ${i} \${{ ${value} }}\nEND\nHERE`,
      env: { V: `\${{ ${value} }}` },
      'continue-on-error': true,
    })),
  ];
  return JSON.stringify({
    on: { workflow_dispatch: { inputs } },
    env: { E: 'Main', W: 'v-${{ vars.WRITTEN }}' },
    jobs: {
      a: { outputs: { o: '${{ steps.x.outputs.o }}' }, steps: [{ id: 'x', run: 'true' }] },
      m: { strategy: { matrix: { leg: [1, 2] } }, steps: [{ run: 'echo ${{ matrix.leg }}' }] },
      w: { needs: 'a', uses: './.github/workflows/other.yml' },
      job: { needs: ['a', 'm', 'w'], if: 'always()', steps },
    },
  });
}

const STATUS = { success: 'succeeded', failure: 'failed', cancelled: 'cancelled', skipped: 'skipped' };

/** The variables that the engine and the worker give to the command. */
async function variablesOf(given: StepCase, variables: Readonly<Record<string, string>>) {
  const { results, handedOn, inputs, ref, variable, written } = given;
  const of = (result: keyof typeof STATUS, outputs = {}) => ({
    status: STATUS[result],
    attempts: 1,
    outputs,
  });
  const input = {
    results: {
      a: of(results.a, handedOn === '' ? {} : { o: handedOn }),
      ...{ 'm-1': of(results.m === 'skipped' ? 'skipped' : 'success'), 'm-2': of(results.m) },
    },
    parameters: {
      ...{ inputs_flag: String(inputs.flag), inputs_level: inputs.level, inputs_count: String(inputs.count) },
    },
  };
  const judged = await memoryConditions.judge({ with: variables, input });
  if (!('given' in judged)) throw new Error(JSON.stringify(judged));
  return { ...judged.given, GITHUB_REF: ref, A: variable, WRITTEN: written };
}

type Bench = ReturnType<typeof createBench>;

interface Compared {
  readonly differences: readonly unknown[];
  /** Those that a note tells of. */
  readonly noted: number;
}

async function compare(seed: number, bench: Bench, shell: readonly string[]): Promise<Compared> {
  const given = stepCase(seededRandom(seed), COUNT);
  const { node, run, notes } = imported(workflowOf(given), 'job');
  const { stdout } = bench.run(run, shell, await variablesOf(given, node.with ?? {}));
  const contexts = contextsOf(given);
  const differences: unknown[] = [];
  let noted = 0;
  for (const [i, condition] of given.conditions.entries()) {
    if (notes.includes(`steps[${BEFORE + i}].if: the step runs whether or not`)) noted += 1;
    else {
      const there = countsAsTrue(await githubValue(condition, contexts));
      if (stdout.includes(`ran ${i}\n`) !== there) differences.push({ seed, condition, there });
    }
  }
  for (const [i, value] of given.values.entries()) {
    const place = `steps[${BEFORE + COUNT + i}].run: \${{ ${value} }} is only known on GitHub and stays`;
    if (notes.includes(place)) {
      noted += 1;
      // It is not taken for empty: the step fails.
      if (stdout.includes(`value ${i} `)) differences.push({ seed, value, here: 'went on' });
      continue;
    }
    const there = String((await githubValue(value, contexts)) ?? '');
    // What is known while importing becomes a part of the script, as on GitHub.
    for (const kind of /[$`"']/.test(there) ? ['value'] : ['value', 'text']) {
      if (!stdout.includes(`${kind} ${i} ${there}\nEND\n`)) differences.push({ seed, kind, value, there });
    }
  }
  return { differences, noted };
}

describe.each(SHELLS)('steps and their texts, run by %s', (name, shell) => {
  const bench = createBench();

  it("come to what GitHub's own library says of them, whatever they ask for (actions/languageservices)", async () => {
    const first = name === 'sh' ? 1 : SEEDS + 1;
    const found: Compared[] = [];
    for (let seed = first; seed < first + SEEDS; seed++) found.push(await compare(seed, bench, shell));
    expect(found.flatMap(({ differences }) => differences)).toEqual([]);
    expect(found.reduce((sum, { noted }) => sum + noted, 0)).toBeLessThan((2 * SEEDS * COUNT) / 5);
  });
});
