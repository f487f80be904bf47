import type { Path } from '../../core/dag/check/problems';
import { LIMITS } from '../../core/limits';
import { nodeOf } from '../finish';
import { type Place, refusal } from '../foreign';
import type { ImportedNode } from '../imported';
import { joinSteps } from './command';
import { conditionTree, jobCondition } from './condition';
import { type Environment, environment, NO_VARIABLES, type Tell } from './env';
import type { Scope } from './evaluate';
import type { Combination } from './matrix';
import type { NeededJobs } from './needed-jobs';
import { outputLines } from './outputs';
import { type Reading, reader } from './read';
import { labelsOf, osOf, timeoutOf } from './runner';
import { createRuntime } from './runtime';
import type { Workflow, WorkflowJob } from './schema';
import { type Knowledge, scopeOf } from './scope';
import { stepScripts } from './steps';

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

/** What a job is imported with. */
export interface JobContext {
  readonly key: string;
  readonly job: WorkflowJob;
  readonly workflow: Workflow;
  readonly needs: readonly string[];
  /** What of the `needs` context a command can be given. */
  readonly needed: NeededJobs;
  readonly nodeOfJob: (job: string) => string | undefined;
  readonly given: ReadonlyMap<string, string>;
  readonly at: Place;
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
  const { trigger, when } = triggerOf(context, before, path, tell);
  return nodeOf({
    id: instance.id,
    run,
    needs: [...needs],
    trigger: trigger === 'all_success' || needs.length === 0 ? undefined : trigger,
    when,
    with: given.size === 0 ? undefined : Object.fromEntries(given),
    matrix: instance.template,
    labels,
    secrets: [...secrets],
    timeout: timeoutOf(job['timeout-minutes'], [...path, 'timeout-minutes'], before, tell),
  });
}

function knowledge(instance: JobInstance, context: JobContext, labels: readonly string[]): Knowledge {
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
  const { given } = context;
  const { combination: matrix, isMatrixWhole, variables } = instance;
  return variables ? { given, matrixVariables: variables, facts } : { given, matrix, isMatrixWhole, facts };
}

function commandOf(
  instance: JobInstance,
  context: JobContext,
  { labels, path, tell }: { labels: readonly string[]; path: Path; tell: Tell },
): { readonly run: string; readonly given: ReadonlyMap<string, string> } {
  const { job, workflow } = context;
  const base = knowledge(instance, context, labels);
  const scopeWith = (env: ReadonlyMap<string, string>) => scopeOf({ ...base, env });
  const steps = job.steps ?? [];
  const runtime = createRuntime(
    steps.map(({ id, run }) => ({ id: id ?? undefined, isRun: typeof run === 'string' })),
    context.needed,
    (gone) => {
      const message = `${gone} is no node: it counts as neither failed nor cancelled, its result as text is skipped, and what asks whether it succeeded runs`;
      tell('changed', [...path, 'needs'], message);
    },
  );
  const name = workflow.name ? String(workflow.name) : undefined;
  const facts = { key: context.key, workflow: name, os: osOf(labels), given: context.given };
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
  if (scripts.length === 0 && outputs.length === 0) {
    tell('changed', [...path, 'steps'], 'no step of it runs under these conditions: the node does nothing');
    return { run: 'true', given: runtime.given };
  }
  const exports = [...outer.exports, ...own.exports];
  const set = new Set([...reading.told, ...own.known.keys(), ...outer.words.keys(), ...own.words.keys()]);
  const run = joinSteps({ exports, scripts, outputs, runtime }, { facts, own: set, path, tell });
  return { run, given: runtime.given };
}

function triggerOf(context: JobContext, scope: Scope, path: Path, tell: Tell) {
  const given = context.job.if;
  if (given === undefined || given === null) return { trigger: 'all_success' as const, when: undefined };
  const at = [...path, 'if'];
  const text = String(given).trim().replace(/\s+/g, ' ');
  const tree = conditionTree(given);
  if (!tree) {
    tell('left-out', at, `the condition is not an expression that is known here: ${text}`);
    return { trigger: 'all_success' as const, when: undefined };
  }
  const { trigger, when, isPartial } = jobCondition(tree, scope, context.nodeOfJob);
  if (isPartial) {
    const rule = trigger === 'all_success' ? '' : `, with \`trigger: ${trigger}\` from it`;
    const message = `the job runs whether or not this holds, as it is only known on GitHub (or tell it with --set)${rule}: ${text}`;
    tell('left-out', at, message);
  }
  if (when === 'false') tell('info', at, `the job never runs: ${text}`);
  return { trigger, when };
}
