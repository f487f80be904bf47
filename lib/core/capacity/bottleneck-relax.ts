import { assertNever } from '../errors';
import { present } from '../model/present';
import { fits } from '../scheduler/fit';
import { type Bound, labelName, nodeName } from './bottleneck-bound';
import type { Load, LoadDemand, LoadJob, LoadNode, LoadWorker } from './load';

/** A load with a bound relaxed by one unit, and in words what that unit is. */
export interface Relaxed {
  readonly load: Load;
  readonly change: string;
}

/** @returns undefined where there is nothing that could be relaxed. */
export function relaxed(load: Load, bound: Bound): Relaxed | undefined {
  const { kind, name } = bound;
  switch (kind) {
    case 'slots':
      return withWorker(load, load.workers, 'one more worker');
    case 'label':
      return withWorker(load, labelled(load, name), `one more worker with ${name}`);
    case 'lock':
      return withDemands(
        load,
        (demand) => raisedLimit(demand, name),
        `one more at a time under the key ${name}`,
      );
    case 'resource':
      return withResource(load, name);
    case 'queue': {
      const maxRunningJobs = load.maxRunningJobs + 1;
      return { load: { ...load, maxRunningJobs }, change: 'one more job at a time' };
    }
    case 'dependency': {
      const outages = load.outages.filter(({ dependency }) => dependency !== name);
      return { load: { ...load, outages }, change: `${name} without its outages` };
    }
    case 'suite':
      return split(load, (_, { suite }) => suite === name, `each run of ${name} in two shards`);
    case 'node':
      return split(load, (job, { of }) => nodeName(job.graph, of) === name, `${name} in two shards`);
    default:
      return assertNever(kind, 'kind of bound');
  }
}

function labelled({ jobs, workers }: Load, name: string): readonly LoadWorker[] {
  const demand = demandsIn(jobs).find(({ labels }) => labelName(labels) === name);
  return demand === undefined
    ? []
    : workers.filter((worker) => fits(worker, { ...demand, slots: 0, resources: {} }));
}

function demandsIn(jobs: readonly LoadJob[]): LoadDemand[] {
  return jobs.flatMap(({ nodes }) => nodes.map(({ demand }) => demand));
}

/** Of a machine that is the whole pool a unit is a slot; of a fleet a worker, as most of these are. */
function withWorker(load: Load, like: readonly LoadWorker[], change: string): Relaxed | undefined {
  const [first] = like;
  if (first === undefined) return undefined;
  if (load.workers.length === 1) {
    return { load: { ...load, workers: [{ ...first, slots: first.slots + 1 }] }, change: 'one more slot' };
  }
  const kindOf = ({ labels, slots, resources }: LoadWorker) => JSON.stringify([labels, slots, resources]);
  const counts = new Map<string, number>();
  for (const worker of like) counts.set(kindOf(worker), (counts.get(kindOf(worker)) ?? 0) + 1);
  const most = like.reduce((a, b) => (counts.get(kindOf(b))! > counts.get(kindOf(a))! ? b : a));
  const { labels, slots, resources } = most;
  const added = { workerId: 'one-more', labels, slots, ...present({ resources }) };
  return { load: { ...load, workers: [...load.workers, added] }, change };
}

function raisedLimit(demand: LoadDemand, key: string): LoadDemand {
  if (demand.concurrency?.key !== key) return demand;
  return { ...demand, concurrency: { key, limit: demand.concurrency.limit + 1 } };
}

function withDemands(load: Load, change: (demand: LoadDemand) => LoadDemand, text: string): Relaxed {
  const jobs = load.jobs.map((job) => ({
    ...job,
    nodes: job.nodes.map((node) => ({ ...node, demand: change(node.demand) })),
  }));
  return { load: { ...load, jobs }, change: text };
}

/** As much more as one attempt takes, on the worker that has most of it. */
function withResource(load: Load, name: string): Relaxed | undefined {
  const has = (worker: LoadWorker) => worker.resources?.[name] ?? 0;
  const most = load.workers.reduce<LoadWorker | undefined>(
    (a, b) => (a && has(a) >= has(b) ? a : b),
    undefined,
  );
  if (most === undefined || has(most) === 0) return undefined;
  const unit = demandsIn(load.jobs).reduce((max, { resources }) => Math.max(max, resources?.[name] ?? 0), 1);
  const workers = load.workers.map((worker) =>
    worker === most ? { ...worker, resources: { ...worker.resources, [name]: has(worker) + unit } } : worker,
  );
  return { load: { ...load, workers }, change: `${unit} more ${name} on ${most.workerId}` };
}

/** Nodes become two, side by side, each of half the time. */
function split(load: Load, isMeant: (job: LoadJob, node: LoadNode) => boolean, change: string): Relaxed {
  const jobs = load.jobs.map((job) => {
    const twins = new Map<number, number>();
    job.nodes.forEach((node, i) => {
      if (node.attempts.length > 0 && isMeant(job, node)) twins.set(i, job.nodes.length + twins.size);
    });
    if (twins.size === 0) return job;
    const withTwins = (node: LoadNode): LoadNode => ({
      ...node,
      after: node.after.flatMap((need) => [need, ...(twins.has(need) ? [twins.get(need)!] : [])]),
    });
    const nodes = job.nodes.map((node, i) => withTwins(twins.has(i) ? halved(node) : node));
    for (const i of twins.keys()) nodes.push(nodes[i]!);
    return { ...job, nodes };
  });
  return { load: { ...load, jobs }, change };
}

/** Its end stays where it was in the record, so that what came after it keeps its own lag. */
function halved(node: LoadNode): LoadNode {
  let shift = 0;
  const attempts = node.attempts.map((attempt) => {
    const half = (attempt.endedAt - attempt.startedAt) / 2;
    const [readyAt, startedAt] = [attempt.readyAt - shift, attempt.startedAt - shift];
    shift += half;
    return { ...attempt, readyAt, startedAt, endedAt: startedAt + half };
  });
  return { ...node, attempts };
}
