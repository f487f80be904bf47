import { LIMITS } from '../../core/limits';
import { checkItems, contract } from '../edges';
import { finish } from '../finish';
import { type Place, parseForeign, readForeign, refusal } from '../foreign';
import { createIds, sanitiseId } from '../ids';
import type { ForeignFile, ImportedGraph } from '../imported';
import { createNotes } from '../notes';
import { withGates } from './all-green';
import type { Tell } from './env';
import { instancesOf } from './instances';
import { type CommandContext, importJob, type JobInstance, outputsOf } from './job';
import { jobFacts } from './job-facts';
import { JobRules } from './job-rules';
import { hasCommand, tellJob, tellWorkflow } from './leftovers';
import type { NeededJobs } from './needed-jobs';
import { inOrder } from './order';
import { type Workflow, type WorkflowJob, workflowSchema } from './schema';
import { scopeOf } from './scope';
import { tellCondition } from './tell-condition';
import { declaredInputs, toldOf } from './told';

export interface GithubOptions {
  /** The graph's name when the workflow has none. */
  readonly name: string;
  /** Values of contexts that GitHub would know, by path: `github.event_name` to `push`. */
  readonly given?: ReadonlyMap<string, string>;
}

/** How long a job of GitHub Actions may run when it says nothing. */
const DEFAULT_TIMEOUT = '6h';

/**
 * The graph of a GitHub Actions workflow: a node per job, or per combination of a job's matrix, whose command is
 * the job's `run` steps.
 * @throws RepriseError INPUT_INVALID
 */
export function importGithubActions(file: ForeignFile, options: GithubOptions): ImportedGraph {
  const { value, locate } = readForeign(file);
  const at: Place = { source: file.source, locate };
  const workflow = withGates(parseForeign(workflowSchema, value, at));
  const notes = createNotes(locate);
  const given = new Map([...(options.given ?? [])].map(([path, text]) => [path.toLowerCase(), text]));
  tellWorkflow(workflow, (kind, path, message) => notes.add(kind, path, message));

  const jobs = Object.entries(workflow.jobs);
  const items = jobs.map(([key, job]) => ({
    key,
    needs: [job.needs ?? []].flat().map((need, i) => ({
      key: need,
      path: ['jobs', key, 'needs', ...(Array.isArray(job.needs) ? [i] : [])],
    })),
  }));
  checkItems(items, at);
  const needsOf = contract(items, (key) => !hasCommand(workflow.jobs[key]!), at);
  if (needsOf.size === 0) throw refusal(['jobs'], 'no job has a `run` step: there is nothing to run', at);

  const name = workflow.name ? sanitiseId(String(workflow.name), options.name) : options.name;
  // A note of a job belongs to its first node; what the workflow says for all jobs belongs to none.
  const tellOf = (key: string, node?: string): Tell => {
    return (kind, path, message) => notes.add(kind, path, message, path[1] === key ? node : undefined);
  };
  const nodesOf = instances(workflow, [...needsOf.keys()], { given, at }, tellOf);
  const inputs = declaredInputs(workflow);
  const handedOn = outputsOfAll(workflow, nodesOf, { given, inputs });
  const told = (path: readonly string[]) => toldOf(path, inputs);
  const rules = new JobRules(
    jobFacts(jobs, nodesOf, handedOn),
    scopeOf({ given, inputs }),
    (path) => told(path)?.leaf,
    () => refusal(['jobs'], 'too many jobs stand behind each other to follow their conditions', at),
  );
  for (const [key, job] of jobs) {
    const tell = tellOf(key, nodesOf.get(key)?.[0]?.id);
    tellJob(key, job, tell);
    tellCondition(key, job, { rules, told, isNode: needsOf.has(key) }, tell);
  }
  const nodes = [...needsOf].flatMap(([key, needs]) =>
    nodesOf.get(key)!.map((instance) =>
      importJob(
        instance,
        {
          key,
          job: workflow.jobs[key]!,
          workflow,
          needs: needs.flatMap((need) => nodesOf.get(need)!.map(({ id }) => id)),
          needed: neededBy(workflow.jobs[key]!, workflow.jobs, nodesOf, { handedOn, rules }),
          rule: rules.ruleOf(key),
          group: `${name}/${key}`.slice(0, LIMITS.concurrencyKeyLength),
          given,
          inputs,
          at,
        },
        tellOf(key, nodesOf.get(key)![0]!.id),
      ),
    ),
  );
  return finish({ name, defaults: { timeout: DEFAULT_TIMEOUT }, nodes }, notes);
}

type NodesOf = ReadonlyMap<string, readonly JobInstance[]>;
type Outputs = ReadonlyMap<string, ReadonlySet<string>>;

/** What a command can be given of the jobs that its own needs. One that is no node hands nothing on. */
function neededBy(
  { needs }: WorkflowJob,
  jobs: Workflow['jobs'],
  nodesOf: NodesOf,
  { handedOn, rules }: { readonly handedOn: Outputs; readonly rules?: JobRules },
): NeededJobs {
  return new Map(
    [needs ?? []].flat().map((key) => {
      const instances = nodesOf.get(key);
      const nodes = (instances ?? []).flatMap(({ ids }) => ids);
      const counts = instances ? undefined : rules?.countsWhere(key);
      const ran = counts?.unknown === 0 ? counts.test : undefined;
      const { uses, outputs: declared } = jobs[key]!;
      const names = new Set(Object.keys(declared ?? {}).map((name) => name.toLowerCase()));
      // What a reusable workflow hands on stands in another file.
      const isOpen = (output: string) => Boolean(uses) || names.has(output.toLowerCase());
      return [key, { nodes, ran, outputs: handedOn.get(key) ?? new Set<string>(), isOpen }];
    }),
  );
}

/** The outputs that the nodes of each job hand on, which may depend on those of the jobs before it. */
function outputsOfAll(
  workflow: Workflow,
  nodesOf: NodesOf,
  shared: Pick<CommandContext, 'given' | 'inputs'>,
): Outputs {
  const found = new Map<string, ReadonlySet<string>>();
  const jobs = Object.entries(workflow.jobs).map(([key, job]) => ({
    ...{ key, job },
    needs: [job.needs ?? []].flat(),
  }));
  for (const { key, job } of inOrder(jobs)) {
    const [first] = nodesOf.get(key) ?? [];
    const needed = neededBy(job, workflow.jobs, nodesOf, { handedOn: found });
    if (first) found.set(key, outputsOf(first, { key, job, workflow, needed, ...shared }));
  }
  return found;
}

/** The nodes of each job. Jobs without a matrix keep their name as it is, so they choose first. */
function instances(
  workflow: Workflow,
  keys: readonly string[],
  shared: { given: ReadonlyMap<string, string>; at: Place },
  tellOf: (key: string, node?: string) => Tell,
): Map<string, JobInstance[]> {
  const makeId = createIds();
  const found = new Map<string, JobInstance[]>();
  const hasMatrix = (key: string) => Boolean(workflow.jobs[key]!.strategy?.matrix);
  for (const key of [...keys].sort((a, b) => Number(hasMatrix(a)) - Number(hasMatrix(b)))) {
    const pending: Parameters<Tell>[] = [];
    const made = instancesOf(key, workflow.jobs[key]!, { makeId, ...shared }, (...note) =>
      pending.push(note),
    );
    found.set(key, made);
    for (const note of pending) tellOf(key, made[0]?.id)(...note);
  }
  return found;
}
