import type { Path } from '../../core/dag/check/problems';
import { conditionTree, holds } from './condition';
import { environment, expression, type Tell, tellVariables } from './env';
import { isTruthy, type Scope } from './evaluate';
import { resolvePieces, resolveValue } from './interpolate';
import type { WorkflowStep } from './schema';
import { type StepShell, scriptLines } from './script';

/** What the steps of a job share. */
export interface JobSurroundings {
  readonly path: Path;
  /** A scope in which these variables are known. */
  readonly scopeWith: (env: ReadonlyMap<string, string>) => Scope;
  readonly env: ReadonlyMap<string, string>;
  readonly shell: string | undefined;
  readonly directory: string | undefined;
  readonly tell: Tell;
}

/** The steps of a job that run something, each as lines of one command. */
export function stepBlocks(steps: readonly WorkflowStep[], job: JobSurroundings): string[][] {
  return steps.flatMap((step, i) => {
    const path = [...job.path, 'steps', i];
    if (step.run === undefined || step.run === null) {
      tellUses(step, path, job.tell);
      return [];
    }
    return runs(step, path, job) ? [block(step, path, job)] : [];
  });
}

function tellUses(step: WorkflowStep, path: Path, tell: Tell): void {
  const uses = step.uses ?? 'a step that runs nothing';
  const name = uses.replace(/@.*$/, '');
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : 'an action runs only on GitHub';
  const settings = step['with'] ? ` (with ${JSON.stringify(step['with']).slice(0, SETTINGS_SHOWN)})` : '';
  tell('left-out', step.uses ? [...path, 'uses'] : path, `${uses}: ${hint}${settings}`);
}

/** Characters of an action's settings that a note shows: whole scripts can stand there. */
const SETTINGS_SHOWN = 200;

/** What stands in for the actions that most workflows use. */
const HINTS: Readonly<Record<string, string>> = {
  'actions/checkout': 'the commands run in the working copy of the worker',
  'actions/setup-node': 'the worker must have Node.js',
  'actions/setup-python': 'the worker must have Python',
  'actions/setup-java': 'the worker must have Java',
  'actions/setup-go': 'the worker must have Go',
  'pnpm/action-setup': 'the worker must have pnpm',
  'actions/cache': 'the worker keeps its own caches',
  'actions/upload-artifact': 'hand files on through a place that the nodes share',
  'actions/download-artifact': 'hand files on through a place that the nodes share',
};

/** Whether a step's `if` lets it run, where everything before it went well; what differs is told. */
function runs(step: WorkflowStep, path: Path, job: JobSurroundings): boolean {
  if (step.if === undefined || step.if === null) return true;
  const at = [...path, 'if'];
  const tree = conditionTree(step.if);
  const what = String(step.if).trim().replace(/\s+/g, ' ');
  const scope = job.scopeWith(job.env);
  const onSuccess = tree && holds(tree, scope, 'success');
  const onFailure = tree && holds(tree, scope, 'failure');
  if (onSuccess === false) {
    if (onFailure !== false) job.tell('left-out', at, `the step runs only after a failure (${what})`);
    return false;
  }
  if (onSuccess === undefined) {
    const message = `the step always runs, as this is only known on GitHub (or tell it with --set): ${what}`;
    job.tell('changed', at, message);
  } else if (onFailure !== false) {
    job.tell('changed', at, `the step does not run after a step that failed (${what})`);
  }
  return true;
}

function block(step: WorkflowStep, path: Path, job: JobSurroundings): string[] {
  const { tell } = job;
  const { exports, known } = environment(step.env, {
    path: [...path, 'env'],
    scope: job.scopeWith(job.env),
    outer: job.env,
    tell,
  });
  const scope = job.scopeWith(known);
  const shell = shellOf(step.shell ?? job.shell);
  if (step['timeout-minutes'] !== undefined && step['timeout-minutes'] !== null) {
    tell('left-out', [...path, 'timeout-minutes'], 'a step has no time limit of its own, the job has');
  }
  return scriptLines({
    title: step.name === undefined || step.name === null ? undefined : String(step.name),
    text: runText(step.run ?? '', [...path, 'run'], { scope, shell, tell }),
    shell,
    directory: directoryOf(step['working-directory'] ?? job.directory, path, scope, tell),
    exports,
    mayFail: mayFail(step, path, scope, tell),
  });
}

function shellOf(name: string | null | undefined): StepShell {
  return name === undefined || name === null ? { kind: 'default' } : { kind: 'named', name };
}

/** The script with its expressions put in. Values known only later come from variables, where a shell reads it. */
function runText(text: string, path: Path, how: { scope: Scope; shell: StepShell; tell: Tell }): string {
  const { scope, shell, tell } = how;
  const hasVariables = shell.kind === 'default' || /^(ba|z|da)?sh\b/.test(shell.name);
  const parts = resolvePieces(text, scope).map((part) =>
    part.kind === 'variable' && !hasVariables ? { kind: 'unknown' as const, source: part.source } : part,
  );
  tellVariables(parts, path, tell);
  const filled = parts.map((part) => {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'variable') return `\${${part.name}}`;
    const message = `${expression(part.source)} is only known on GitHub and stays in the command, which fails until it is replaced`;
    tell('changed', path, message);
    return expression(part.source);
  });
  return filled.join('').replaceAll('\r\n', '\n').trimEnd();
}

function directoryOf(
  given: string | null | undefined,
  path: Path,
  scope: Scope,
  tell: Tell,
): string | undefined {
  if (given === undefined || given === null || given === '' || given === '.') return undefined;
  const known = resolveValue(given, scope);
  if (known) return String(known.value);
  tell(
    'left-out',
    [...path, 'working-directory'],
    `${given} is only known on GitHub: the step runs where it is`,
  );
  return undefined;
}

function mayFail(step: WorkflowStep, path: Path, scope: Scope, tell: Tell): boolean {
  const given = step['continue-on-error'];
  if (given === undefined || given === null) return false;
  const known = resolveValue(given, scope);
  if (known) return isTruthy(known.value) && known.value !== 'false';
  tell(
    'left-out',
    [...path, 'continue-on-error'],
    `${given} is only known on GitHub: a failure ends the job`,
  );
  return false;
}
