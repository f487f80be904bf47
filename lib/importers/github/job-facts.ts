import { conditionTree } from './condition';
import type { Expression } from './expression';
import { pieces } from './interpolate';
import type { JobInstance } from './job';
import type { JobFacts } from './job-rules';
import { constant, type Leaf, outputLeaf } from './leaves';
import type { JobNodes } from './results';
import type { WorkflowJob } from './schema';

/** What rules are to know of each job. @param instances the nodes of the jobs that have any */
export function jobFacts(
  jobs: readonly (readonly [string, WorkflowJob])[],
  instances: ReadonlyMap<string, readonly JobInstance[]>,
): JobFacts[] {
  const all = [...instances.values()].flatMap((own) => own.flatMap(({ ids }) => ids));
  return jobs.map(([key, job]) => {
    const own = instances.get(key);
    const nodes = own && nodesOf(own, all);
    return {
      key,
      needs: [job.needs ?? []].flat(),
      nodes,
      condition: job.if === undefined || job.if === null ? undefined : conditionTree(job.if),
      outputs: Object.keys(job.outputs ?? {}),
      output: (name) => outputOf(job, nodes, name),
    };
  });
}

function nodesOf(instances: readonly JobInstance[], all: readonly string[]): JobNodes {
  const ids = instances.flatMap((instance) => instance.ids);
  const own = new Set(ids);
  const prefix = commonPrefix(ids);
  const isOwn = prefix !== '' && ids.length > 1 && all.every((id) => own.has(id) || !id.startsWith(prefix));
  return { ids, ...(isOwn ? { prefix } : {}) };
}

function commonPrefix(ids: readonly string[]): string {
  const [first = ''] = ids;
  let length = first.length;
  for (const id of ids) while (!id.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/**
 * An output of a job: what one of its `run` steps writes under a name of its own. Nobody tells which of several nodes
 * wrote last.
 */
function outputOf(job: WorkflowJob, nodes: JobNodes | undefined, name: string): Leaf | undefined {
  const given = job.outputs?.[name];
  if (nodes?.ids.length !== 1 || given === undefined) return undefined;
  if (given === null || given === '') return constant('');
  const [only, ...more] = pieces(String(given));
  const tree = only?.kind === 'expression' && more.length === 0 ? only.tree : undefined;
  const written = tree && stepOutput(tree);
  if (!written) return undefined;
  const step = (job.steps ?? []).find(({ id }) => id?.toLowerCase() === written.step);
  const isRun = typeof step?.run === 'string' && /^[\w.-]{1,128}$/.test(written.name);
  return isRun ? outputLeaf(nodes.ids[0]!, written.name) : undefined;
}

function stepOutput(tree: Expression): { step: string; name: string } | undefined {
  if (tree.kind !== 'context' || tree.path.length !== 4) return undefined;
  const [root, step, what, name] = tree.path;
  if (root!.toLowerCase() !== 'steps' || what!.toLowerCase() !== 'outputs') return undefined;
  return { step: step!.toLowerCase(), name: name! };
}
