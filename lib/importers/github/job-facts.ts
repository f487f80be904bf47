import { conditionTree } from './condition';
import type { JobInstance } from './job';
import type { JobFacts } from './job-rules';
import { constant, type Leaf, outputLeaf } from './leaves';
import type { JobNodes } from './results';
import type { WorkflowJob } from './schema';

/**
 * What rules are to know of each job.
 * @param instances the nodes of the jobs that have any
 * @param handedOn the outputs that nodes hand on, by job
 */
export function jobFacts(
  jobs: readonly (readonly [string, WorkflowJob])[],
  instances: ReadonlyMap<string, readonly JobInstance[]>,
  handedOn: ReadonlyMap<string, ReadonlySet<string>>,
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
      // What a reusable workflow hands on stands in another file.
      outputs: job.uses ? undefined : Object.keys(job.outputs ?? {}),
      output: (name) => outputOf(job, nodes, handedOn.get(key) ?? new Set(), name),
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

/** An output of a job that its node hands on. Nobody tells which of several nodes wrote last. */
function outputOf(
  job: WorkflowJob,
  nodes: JobNodes | undefined,
  handedOn: ReadonlySet<string>,
  name: string,
): Leaf | undefined {
  if (nodes?.ids.length !== 1) return undefined;
  const given = job.outputs?.[name];
  if (given === null || given === '') return constant('');
  return handedOn.has(name) ? outputLeaf(nodes.ids[0]!, name) : undefined;
}
