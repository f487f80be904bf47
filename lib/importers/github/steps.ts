import type { Path } from '../../core/dag/check/problems';
import { shellQuote, shellWord } from '../../core/dag/shell/word';
import { conditionTree } from './condition';
import { type Environment, environment, expression, type Read, type Tell, wanting } from './env';
import { equivalentOf, isFromGit, namedVariables } from './equivalents';
import { isTruthy, type Scope } from './evaluate';
import { resolveValue } from './interpolate';
import { type Reading, reader } from './read';
import type { Runtime } from './runtime';
import type { WorkflowStep } from './schema';
import { type Script, type StepShell, shellProblem } from './script';
import { type Look, stepTest, type Word } from './shell';
import { filledScript, partsOf, UNKNOWN, wordOfParts } from './texts';

/** What the steps of a job share. */
export interface JobSurroundings {
  readonly path: Path;
  readonly runtime: Runtime;
  readonly reading: Reading;
  /** A scope in which these variables are known. */
  readonly scopeWith: (env: ReadonlyMap<string, string>) => Scope;
  readonly env: Environment;
  readonly shell: string | undefined;
  readonly directory: string | undefined;
  readonly tell: Tell;
}

/** A step that runs something. */
export interface StepScript extends Omit<Script, 'keep'> {
  /** Its place among the steps of the job. */
  readonly index: number;
  /** It runs after a cancellation too. */
  readonly outlivesCancel: boolean;
}

/** The steps of a job that run something. */
export function stepScripts(steps: readonly WorkflowStep[], job: JobSurroundings): StepScript[] {
  return steps.flatMap((step, index) => {
    const path = [...job.path, 'steps', index];
    if (step.run === undefined || step.run === null) {
      tellUses(step, path, job.tell);
      return [];
    }
    if (step.uses) {
      const message = `${step.uses}: a command in its place looks at the results of the jobs`;
      job.tell('info', [...path, 'uses'], message);
    }
    if (step.run.includes('::set-output')) job.tell('changed', [...path, 'run'], SET_OUTPUT);
    const made = scriptOf(step, { index, path, job });
    if (!made) job.runtime.drop(index);
    return made ? [made] : [];
  });
}

const SET_OUTPUT =
  '`::set-output` is text that nobody reads here, and the output stays empty: write `NAME=VALUE` to $GITHUB_OUTPUT, as GitHub itself asks for';

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

interface Here {
  readonly index: number;
  readonly path: Path;
  readonly job: JobSurroundings;
}

function scriptOf(step: WorkflowStep, here: Here): StepScript | undefined {
  const { path, index, job } = here;
  const { tell, runtime } = job;
  const condition = conditionOf(step, here);
  if (!condition) return undefined;
  const own = ownEnvironment(step, here, job.reading);
  const scope = job.scopeWith(own.known);
  const read = reader((hear) => runtime.look(scope, index, 'text', hear), job.reading);
  if (step['timeout-minutes'] !== undefined && step['timeout-minutes'] !== null) {
    tell('left-out', [...path, 'timeout-minutes'], 'a step has no time limit of its own, the job has');
  }
  const { shell, problem } = shellOf(step, job, scope);
  const { parts, wants } = read(step.run ?? '', [...path, 'run']);
  const script = filledScript(parts, isForShell(shell));
  const directory = directoryOf(step, here, read);
  const named = [...own.wants].filter(([name]) => isNamed(name, step)).flatMap(([, names]) => names);
  const asked = namedVariables([step.run ?? ''], new Set(own.words.keys()));
  const fromGit = asked.filter((name) => isFromGit(name, job.reading.facts) && !hasDefault(name, step));
  const unknown = [...new Set([...directory.unknown, ...script.stays.map(({ source }) => source)])];
  for (const { source, why } of script.stays) tell('changed', [...path, 'run'], staysMessage(source, why));
  if (unknown.length > 0) runtime.helpers.add('unknown');
  return {
    index,
    title: titleOf(step, runtime.look(scope, index, 'condition')),
    ...condition,
    text: script.text.trimEnd(),
    shell,
    setup: [
      ...(problem === undefined ? [] : [`echo ${shellQuote(problem)} >&2; exit 1`]),
      ...unknown.map((source) => `unknown ${shellQuote(expression(source))}`),
      ...[...new Set([...named, ...fromGit, ...directory.wants, ...wants])].map(wanting),
      ...directory.lines,
      ...own.exports,
      ...script.exports,
    ],
    mayFail: mayFail(step, path, scope, tell),
  };
}

function staysMessage(source: string, why: string): string {
  return `${expression(source)} ${why} and stays in the command: the node fails where it comes to this step, until a value stands there`;
}

function isNamed(name: string, { env, run }: WorkflowStep): boolean {
  const isOwn = typeof env === 'object' && env !== null && Object.hasOwn(env, name);
  return isOwn || new RegExp(`\\b${name}\\b`).test(run ?? '');
}

/** The script says itself what counts where the variable is not set. */
function hasDefault(name: string, { run }: WorkflowStep): boolean {
  return new RegExp(`\\$\\{${name}:?[-+=]`).test(run ?? '');
}

function ownEnvironment(step: WorkflowStep, { path, index, job }: Here, reading: Reading): Environment {
  const scope = job.scopeWith(job.env.known);
  const read = reader((hear) => job.runtime.look(scope, index, 'text', hear), reading);
  return environment(step.env, { path: [...path, 'env'], read, outer: job.env, tell: reading.tell });
}

/** Whether a step's `if` lets it run; undefined where it never does. What differs is told. */
function conditionOf(
  step: WorkflowStep,
  here: Here,
): Pick<StepScript, 'condition' | 'outlivesCancel'> | undefined {
  const { path, index, job } = here;
  const afterSuccess = { condition: undefined, outlivesCancel: false };
  if (step.if === undefined || step.if === null) return afterSuccess;
  const tree = conditionTree(step.if);
  const what = String(step.if).trim().replace(/\s+/g, ' ');
  const undecided = `the step runs whether or not this holds, as only GitHub knows it (or tell it with --set): ${what}`;
  if (!tree) {
    job.tell('changed', [...path, 'if'], undecided);
    return afterSuccess;
  }
  // Its own variables are known to its condition. Should it never run, nothing is to be said of them.
  const own = ownEnvironment(step, here, { ...job.reading, told: new Set(), tell: () => {} });
  const scope = job.scopeWith(own.known);
  const lookIn = (within: Scope): Look => {
    const look = job.runtime.look(within, index, 'condition');
    return { ...look, word: (path) => (isOwn(path, own) ? ownWord(path, own) : look.word(path)) };
  };
  const inRun = (run: string) =>
    lookIn({ ...scope, status: (name) => ({ value: name === 'always' || name === run }) });
  const { test, isPartial, unsure, outlivesCancel } = stepTest(tree, lookIn(scope), inRun);
  if (test === false) return undefined;
  if (isPartial) job.tell('changed', [...path, 'if'], undecided);
  else if (unsure.length > 0) tellUnsure(unsure, [...path, 'if'], job.reading);
  return { condition: test === 'success' ? undefined : String(test), outlivesCancel };
}

function tellUnsure(names: readonly string[], path: Path, { facts, told, tell }: Reading): void {
  for (const name of new Set(names)) {
    const source = equivalentOf(name, facts) === undefined ? '' : ', or from git';
    if (source === '') told.add(name);
    const message = `this asks for the variable ${name}${source}: while it is not set (\`--env ${name}\` passes it on), what asks for it counts as true`;
    tell('changed', path, message);
  }
}

function isOwn([root, name = '']: readonly string[], { words }: Environment): boolean {
  return root?.toLowerCase() === 'env' && words.has(name);
}

function ownWord([, name = '', ...rest]: readonly string[], { words }: Environment): Word | undefined {
  const text = rest.length === 0 ? words.get(name) : undefined;
  return text === undefined ? undefined : { text };
}

function titleOf({ name }: WorkflowStep, look: Look): string | undefined {
  if (name === undefined || name === null) return undefined;
  return partsOf(String(name), look)
    .map((part) => (part.kind === 'text' ? part.text : `(${part.source})`))
    .join('')
    .replaceAll('{{', '{ {');
}

function shellOf(
  step: WorkflowStep,
  job: JobSurroundings,
  scope: Scope,
): { readonly shell: StepShell; readonly problem: string | undefined } {
  const given = step.shell ?? job.shell;
  if (given === undefined || given === null) return { shell: { kind: 'default' }, problem: undefined };
  const known = resolveValue(given, scope);
  if (!known) return { shell: { kind: 'default' }, problem: `the shell ${given} is only known on GitHub` };
  const shell: StepShell = { kind: 'named', name: String(known.value) };
  return { shell, problem: shellProblem(shell) };
}

/** Whether what it reads puts variables in. */
function isForShell(shell: StepShell): boolean {
  return shell.kind === 'default' || /^(\S*\/)?(ba|z|da|k)?sh\b/.test(shell.name);
}

interface Directory {
  readonly lines: readonly string[];
  readonly wants: readonly string[];
  readonly unknown: readonly string[];
}

function directoryOf(step: WorkflowStep, { path, job }: Here, read: Read): Directory {
  const given = step['working-directory'] ?? job.directory;
  if (given === undefined || given === '' || given === '.') return { lines: [], wants: [], unknown: [] };
  const at = [...path, 'working-directory'];
  const { parts, wants } = read(given, at);
  const unknown = parts.flatMap((part) => (part.kind === 'unknown' ? [part.source] : []));
  for (const source of unknown) job.tell('changed', at, staysMessage(source, UNKNOWN));
  const [only] = parts;
  const word = parts.length === 1 && only?.kind === 'text' ? shellWord(only.text) : wordOfParts(parts);
  return { lines: word === undefined ? [] : [`cd -- ${word} || exit`], wants, unknown };
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
