import type { Path } from '../../core/dag/check/problems';
import type { Tell } from './env';
import { namedVariables, type RunnerFacts, runnerVariables } from './equivalents';
import { epilogue, type Needs, prelude, type RunnerFile } from './prelude';
import type { Runtime } from './runtime';
import { scriptLines } from './script';
import type { StepScript } from './steps';

/** What a command is made of. */
export interface CommandParts {
  /** Lines that set the variables of the workflow and of the job. */
  readonly exports: readonly string[];
  readonly scripts: readonly StepScript[];
  /** Lines that hand the outputs of the job on. */
  readonly outputs: readonly string[];
  readonly runtime: Runtime;
}

const notSet = (name: string) => `is not set here: pass it on with \`--env ${name}\``;

const MISSING: Readonly<Record<string, string>> = {
  GITHUB_ACTIONS:
    'is not set, as this is not GitHub: tools that see it write commands for its logs and look for its files. `--env GITHUB_ACTIONS=true` sets it all the same',
};

const OUTPUT = 'GITHUB_OUTPUT';

/** Files whose lines reach the steps after the one that wrote them. */
const READ = ['GITHUB_ENV', OUTPUT, 'GITHUB_PATH'] as const;

/**
 * Steps as one command. Where none asks about another one, each runs after the one before unless that failed; else they
 * note how they ended.
 * @param own variables that are set already: those of the workflow, and what a note has been made of
 */
export function joinSteps(
  { exports, scripts, outputs, runtime }: CommandParts,
  { facts, own, path, tell }: { facts: RunnerFacts; own: ReadonlySet<string>; path: Path; tell: Tell },
): string {
  const full = scripts.map((script) => scriptLines({ ...script, keep: runtime.keep(script.index) }, true));
  const all = [...exports, ...full.flat(), ...outputs];
  const set = new Set([...own, ...all.flatMap((line) => /^export (\w+)=/.exec(line)?.[1] ?? [])]);
  const { variables, missing, ...named } = runnerVariables(namedVariables(all, set), facts);
  const files = new Set<RunnerFile>(named.files);
  if (runtime.helpers.has('output')) files.add(OUTPUT);
  for (const name of missing)
    tell('changed', [...path, 'steps'], `$${name} ${MISSING[name] ?? notSet(name)}`);
  if (files.has('GITHUB_STEP_SUMMARY')) {
    tell('changed', [...path, 'steps'], 'nobody reads what is written to $GITHUB_STEP_SUMMARY');
  }
  const isTold =
    outputs.length > 0 ||
    READ.some((name) => files.has(name)) ||
    scripts.some(({ index, condition }) => condition !== undefined || runtime.keep(index).length > 0) ||
    all.some((line) => line.includes('JOB_STATUS'));
  const needs: Needs = {
    isTold,
    outlivesCancel: scripts.some((script) => script.outlivesCancel),
    hasMayFail: scripts.some(({ mayFail }) => mayFail),
    helpers: runtime.helpers,
    files,
    variables,
  };
  const blocks = isTold ? full : scripts.map((script) => scriptLines({ ...script, keep: [] }, false));
  const after = outputs.length === 0 ? [] : ['', ...outputs];
  return [...prelude(needs), ...exports, ...blocks.flat(), ...after, ...epilogue(needs)].join('\n');
}
