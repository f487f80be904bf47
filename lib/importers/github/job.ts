import type { Path } from '../../core/dag/check/problems';
import { shellQuote } from '../../core/dag/shell/word';
import { LIMITS } from '../../core/limits';
import { nodeOf } from '../finish';
import { type Place, refusal } from '../foreign';
import type { ImportedNode } from '../imported';
import { joinBlocks, runnerFiles } from './command';
import { environment, type Tell } from './env';
import { isTruthy, type Scope } from './evaluate';
import { resolveValue, variableOf } from './interpolate';
import type { JobRule } from './job-rules';
import type { Combination } from './matrix';
import { labelsOf, osOf, timeoutOf } from './runner';
import type { Workflow, WorkflowJob } from './schema';
import { type Knowledge, scopeOf } from './scope';
import { stepBlocks } from './steps';
import { testText } from './test-code';
import type { DeclaredInput } from './told';

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
  readonly rule: JobRule;
  /** What nodes of the job are counted under, where no more than some may run at once. */
  readonly group: string;
  readonly given: ReadonlyMap<string, string>;
  /** The inputs that the workflow declares. */
  readonly inputs: ReadonlyMap<string, DeclaredInput>;
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
  const run = commandOf(instance, context, { labels, path, tell: hear });
  if (run.length > LIMITS.runLength) {
    const message = `the steps come to a command of ${run.length} characters, more than ${LIMITS.runLength}: move scripts into files`;
    throw refusal([...path, 'steps'], message, at);
  }
  const { trigger, when } = context.rule;
  return nodeOf({
    id: instance.id,
    run,
    needs: [...needs],
    trigger: trigger === 'all_success' ? undefined : trigger,
    when: when === true ? undefined : testText(when),
    allowFailure: mayFail(job['continue-on-error'], [...path, 'continue-on-error'], before, tell),
    matrix: instance.template,
    concurrency: concurrencyOf(context, [...path, 'strategy', 'max-parallel'], before, tell),
    labels,
    secrets: [...secrets],
    timeout: timeoutOf(job['timeout-minutes'], [...path, 'timeout-minutes'], before, tell),
  });
}

/** Inputs that the job reads have the default that the workflow declares, unless their variable is set. */
function inputLines({ job, workflow, inputs, given }: JobContext, path: Path, tell: Tell): string[] {
  const texts = JSON.stringify([workflow.env, job.env, job.steps]).toLowerCase();
  return [...inputs].flatMap(([name, { default: usual }]) => {
    const variable = variableOf(['inputs', name]);
    const isRead = texts.includes(`inputs.${name}`) && !given.has(`inputs.${name}`);
    if (usual === undefined || variable === undefined || !isRead) return [];
    const message = `inputs.${name} is its default, ${JSON.stringify(usual)}, unless ${variable} is set where the graph runs (\`--env ${variable}\` passes it on)`;
    tell('info', path, message);
    return [`[ "\${${variable}+set}" ] || export ${variable}=${shellQuote(usual)}`];
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
  const { given, inputs } = context;
  const { combination: matrix, isMatrixWhole, variables } = instance;
  const known = { given, inputs, facts };
  return variables ? { ...known, matrixVariables: variables } : { ...known, matrix, isMatrixWhole };
}

function commandOf(
  instance: JobInstance,
  context: JobContext,
  { labels, path, tell }: { labels: readonly string[]; path: Path; tell: Tell },
): string {
  const { job, workflow } = context;
  const base = knowledge(instance, context, labels);
  const scopeWith = (env: ReadonlyMap<string, string>) => scopeOf({ ...base, env });
  const outer = environment(workflow.env, {
    path: ['env'],
    scope: scopeWith(new Map()),
    outer: new Map(),
    tell,
  });
  const own = environment(job.env, {
    path: [...path, 'env'],
    scope: scopeWith(outer.known),
    outer: outer.known,
    tell,
  });
  const defaults = { ...workflow.defaults?.run, ...job.defaults?.run };
  const steps = job.steps ?? [];
  const blocks = stepBlocks(steps, {
    path,
    scopeWith,
    env: own.known,
    shell: defaults.shell ?? (osOf(labels) === 'Windows' ? 'pwsh' : undefined),
    directory: defaults['working-directory'] ?? undefined,
    tell,
  });
  const files = runnerFiles(
    steps.flatMap(({ run }) => (run ? [run] : [])),
    path,
    tell,
  );
  if (blocks.length === 0) {
    tell('changed', [...path, 'steps'], 'no step of it runs under these conditions: the node does nothing');
    return 'true';
  }
  const inputs = inputLines(context, path, tell);
  return joinBlocks([...inputs, ...outer.exports, ...own.exports, ...files], blocks);
}
