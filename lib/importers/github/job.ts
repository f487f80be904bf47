import type { Path } from '../../core/dag/check/problems';
import { LIMITS } from '../../core/limits';
import { nodeOf } from '../finish';
import { type Place, refusal } from '../foreign';
import type { ImportedNode } from '../imported';
import { joinSteps } from './command';
import { type Environment, environment, NO_VARIABLES, type Tell } from './env';
import { isSure } from './equivalents';
import { isTruthy, type Scope } from './evaluate';
import { resolveValue } from './interpolate';
import type { JobRule } from './job-rules';
import type { Combination } from './matrix';
import type { NeededJobs } from './needed-jobs';
import { outputLines } from './outputs';
import { type Reading, reader } from './read';
import { labelsOf, osOf, timeoutOf } from './runner';
import { createRuntime, type Hearing } from './runtime';
import type { Workflow, WorkflowJob } from './schema';
import { type Knowledge, scopeOf } from './scope';
import { stepScripts } from './steps';
import { testText } from './test-code';
import { type DeclaredInput, toldText } from './told';

/** One node that a job becomes. */
export interface JobInstance {
  readonly id: string;
  /** Its own, or those that the graph's `matrix` makes of it. */
  readonly ids: readonly string[];
  readonly combination: Combination;
  readonly isMatrixWhole: boolean;
  readonly template: ImportedNode['matrix'];
  /** The variables of the template's names, as the workflow calls them. */
  readonly variables?: ReadonlyMap<string, string>;
  /** Place among the job's combinations, and how many there are. */
  readonly index: number;
  readonly total: number;
}

/** What the command of a job is made with. */
export interface CommandContext {
  readonly key: string;
  readonly job: WorkflowJob;
  readonly workflow: Workflow;
  /** What of the `needs` context a command can be given. */
  readonly needed: NeededJobs;
  readonly given: ReadonlyMap<string, string>;
  /** The inputs that the workflow declares. */
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
}

/** What a job is imported with. */
export interface JobContext extends CommandContext {
  readonly needs: readonly string[];
  readonly rule: JobRule;
  /** What nodes of the job are counted under, where no more than some may run at once. */
  readonly group: string;
  readonly at: Place;
}

/** The outputs that a node of the job hands on. */
export function outputsOf(instance: JobInstance, context: CommandContext): ReadonlySet<string> {
  if (!context.job.outputs) return new Set();
  const path = ['jobs', context.key];
  const silent: Tell = () => {};
  const scope = scopeOf(knowledge(instance, context, []));
  const labels = labelsOf(context.job['runs-on'], [...path, 'runs-on'], scope, silent);
  return commandOf(instance, context, { labels, path, tell: silent }).outputs;
}

/** @throws RepriseError INPUT_INVALID when the command is too long to be a node's */
export function importJob(instance: JobInstance, context: JobContext, tell: Tell): ImportedNode {
  const { job, key, needs, at } = context;
  const path = ['jobs', key];
  const before = scopeOf(knowledge(instance, context, []));
  const labels = labelsOf(job['runs-on'], [...path, 'runs-on'], before, tell);
  const secrets = new Set<string>();
  const hear: Tell = Object.assign((...note: Parameters<Tell>) => tell(...note), {
    secret: (name: string) => void secrets.add(name),
  });
  const { run, given } = commandOf(instance, context, { labels, path, tell: hear });
  if (run.length > LIMITS.runLength) {
    const message = `the steps come to a command of ${run.length} characters, more than ${LIMITS.runLength}: move scripts into files`;
    throw refusal([...path, 'steps'], message, at);
  }
  if (run.includes('\0')) throw refusal([...path, 'steps'], 'hold a NUL, which no command can', at);
  const { trigger, when } = context.rule;
  return nodeOf({
    id: instance.id,
    run,
    needs: [...needs],
    trigger: trigger === 'all_success' ? undefined : trigger,
    when: when === true ? undefined : testText(when),
    with: given.size === 0 ? undefined : Object.fromEntries(given),
    allowFailure: mayFail(job['continue-on-error'], [...path, 'continue-on-error'], before, tell),
    matrix: instance.template,
    concurrency: concurrencyOf(context, [...path, 'strategy', 'max-parallel'], before, tell),
    labels,
    secrets: [...secrets],
    timeout: timeoutOf(job['timeout-minutes'], [...path, 'timeout-minutes'], before, tell),
  });
}

/** A failure that is allowed counts as success, for the jobs behind it too. */
function mayFail(
  given: WorkflowJob['continue-on-error'],
  path: Path,
  scope: Scope,
  tell: Tell,
): true | undefined {
  if (given === undefined || given === null) return undefined;
  const known = resolveValue(given, scope);
  if (!known) {
    tell('left-out', path, `${given} is only known on GitHub: a failure of the job counts as one`);
    return undefined;
  }
  return isTruthy(known.value) && known.value !== 'false' ? true : undefined;
}

function concurrencyOf(
  { job: { strategy }, group }: JobContext,
  path: Path,
  scope: Scope,
  tell: Tell,
): ImportedNode['concurrency'] {
  const given = strategy?.['max-parallel'];
  if (given === undefined || given === null || !strategy?.matrix) return undefined;
  const limit = Number(resolveValue(given, scope)?.value);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMITS.slots) {
    tell('left-out', path, `no more than ${given} at a time: the number of workers decides here`);
    return undefined;
  }
  tell('changed', path, `no more than ${limit} at a time in all jobs of the pool together, not in each`);
  return { key: group, limit };
}

function knowledge(instance: JobInstance, context: CommandContext, labels: readonly string[]): Knowledge {
  const os = osOf(labels);
  const isTemplate = instance.template !== undefined;
  const facts = new Map<string, unknown>([
    ['github.job', context.key],
    ...(context.workflow.name ? [['github.workflow', String(context.workflow.name)] as const] : []),
    ...(os === undefined ? [] : [['runner.os', os] as const]),
    ...(isTemplate
      ? []
      : ([
          ['strategy.job-index', instance.index],
          ['strategy.job-total', instance.total],
        ] as const)),
  ]);
  const { given, inputs } = context;
  const { combination: matrix, isMatrixWhole, variables } = instance;
  const known = { given, inputs, facts };
  return variables ? { ...known, matrixVariables: variables } : { ...known, matrix, isMatrixWhole };
}

function hearingOf(path: Path, tell: Tell): Hearing {
  const inputs = new Set<string>();
  return {
    onGone(job) {
      const message = `${job} is no node, and nobody here knows whether it would have run: it has neither failed nor been cancelled, its result as text is success, and a step that asks which it is runs`;
      tell('changed', [...path, 'needs'], message);
    },
    onInput(input, told) {
      if (!inputs.has(told.parameter)) tell('info', [...path, 'steps'], toldText(input, told));
      inputs.add(told.parameter);
    },
  };
}

interface JobCommand {
  readonly run: string;
  /** Expressions for the node's `with`, by variable. */
  readonly given: ReadonlyMap<string, string>;
  /** The outputs of the job that it hands on. */
  readonly outputs: ReadonlySet<string>;
}

function commandOf(
  instance: JobInstance,
  context: CommandContext,
  { labels, path, tell }: { labels: readonly string[]; path: Path; tell: Tell },
): JobCommand {
  const { job, workflow } = context;
  const base = knowledge(instance, context, labels);
  const scopeWith = (env: ReadonlyMap<string, string>) => scopeOf({ ...base, env });
  const steps = job.steps ?? [];
  const { key, given } = context;
  const name = workflow.name ? String(workflow.name) : undefined;
  const facts = { key, workflow: name, os: osOf(labels), given };
  const runtime = createRuntime(
    steps.map(({ id, run }) => ({ id: id ?? undefined, isRun: typeof run === 'string' })),
    { ...context, isSet: (variable) => isSure(variable, facts) },
    hearingOf(path, tell),
  );
  const reading: Reading = { facts, tell, told: new Set() };
  const readWith = (known: Environment['known'], index: number) =>
    reader((hear) => runtime.look(scopeWith(known), index, 'text', hear), reading);
  const outer = environment(workflow.env, {
    path: ['env'],
    read: readWith(new Map(), 0),
    outer: NO_VARIABLES,
    tell,
  });
  const own = environment(job.env, {
    path: [...path, 'env'],
    read: readWith(outer.known, 0),
    outer,
    tell,
  });
  // What a step may set for those after it is known to nobody before.
  const env = steps.some(({ run }) => run?.includes('GITHUB_ENV')) ? { ...own, known: new Map() } : own;
  const defaults = { ...workflow.defaults?.run, ...job.defaults?.run };
  const scripts = stepScripts(steps, {
    path,
    runtime,
    reading,
    scopeWith,
    env,
    shell: defaults.shell ?? (osOf(labels) === 'Windows' ? 'pwsh' : undefined),
    directory: defaults['working-directory'] ?? undefined,
    tell,
  });
  const outputs = outputLines(job, { path, read: readWith(env.known, steps.length), runtime, tell });
  if (scripts.length === 0 && outputs.size === 0) {
    tell('changed', [...path, 'steps'], 'no step of it runs under these conditions: the node does nothing');
    return { run: 'true', given: runtime.given, outputs: new Set() };
  }
  const exports = [...outer.exports, ...own.exports];
  const set = new Set([...reading.told, ...own.known.keys(), ...outer.words.keys(), ...own.words.keys()]);
  const lines = [...outputs.values()].flat();
  const run = joinSteps({ exports, scripts, outputs: lines, runtime }, { facts, own: set, path, tell });
  return { run, given: runtime.given, outputs: new Set(outputs.keys()) };
}
