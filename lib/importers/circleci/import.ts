import { expand } from '../../core/dag/check/expand';
import { LIMITS } from '../../core/limits';
import { finish } from '../finish';
import { createIds, sanitiseId } from '../ids';
import type { ForeignFile, ImportedGraph, ImportedNode } from '../imported';
import { mapOf, refuse, type Spot, type Tell } from '../located/located';
import { readLocated } from '../located/read';
import { createNotes } from '../notes';
import { type Config, configOf } from './config';
import { importJob, isShards, type Running, resultsOf, runningOf } from './job';
import { type Ids, ordered } from './links';
import { type Given, pipelineOf } from './pipeline';
import { type Listed, listedJobs } from './workflow';

export interface CircleciOptions {
  /** The name of the graph. */
  readonly name: string;
  readonly given?: Given;
  /** The only workflow that becomes nodes. */
  readonly workflow?: string | undefined;
}

/** How long a job of CircleCI may run on its larger plans. */
const DEFAULT_TIMEOUT = '5h';

/** More than any pipeline has. */
const MOST_JOBS = 2_000;

/**
 * The graph of a configuration of CircleCI: a node per job that a workflow lists.
 * @throws RepriseError INPUT_INVALID
 */
export function importCircleci(file: ForeignFile, options: CircleciOptions): ImportedGraph {
  const notes = createNotes();
  const tellOf =
    (node?: string): Tell =>
    (kind, { path, line, column }: Spot, message) =>
      notes.add(kind, path, message, node, { line, column });
  const tell = tellOf();
  const [document, second] = readLocated(file, 'under', tell);
  if (second) throw refuse(second.spot, 'a second document begins here: a configuration is one');
  const root = mapOf(document!);
  const config = configOf(root, pipelineOf(root, options.given ?? new Map(), tell), tell);
  const all = listedJobs(config, options.workflow, tell);
  if (all.length > MOST_JOBS) throw refuse(root.spot, `the configuration has more than ${MOST_JOBS} jobs`);
  const runnings = new Map<Listed, Running>();
  const said = new Map<Listed, Parameters<Tell>[]>();
  const jobs = all.map((listed): Listed => {
    if (listed.fate.kind !== 'runs') return listed;
    // What is said of a node is known before its id is.
    const heard: Parameters<Tell>[] = [];
    const running = runningOf(listed, listed.fate.job, config, (...what) => void heard.push(what));
    if (running) {
      runnings.set(listed, running);
      said.set(listed, heard);
      return listed;
    }
    for (const what of heard) tell(...what);
    return { ...listed, fate: { kind: 'gone' } };
  });
  const { nodes, ids } = placed(jobs, runnings);
  const order = ordered(jobs, ids, { playOf: createPlays(tell), tell });
  const kept = nodes.filter(({ listed }) => order.has(listed));
  for (const { listed, id } of kept) for (const what of said.get(listed)!) tellOf(id)(...what);
  if (kept.length === 0) throw refuse(root.spot, nothingToRun(config));
  const reports = reportsOf(kept, tellOf);
  const made = kept.map(({ listed, id, index, running }): ImportedNode => {
    const context = {
      config,
      id,
      index,
      order: order.get(listed)!,
      reports: reports.get(id)!,
      tell: tellOf(id),
    };
    return importJob(running, context);
  });
  return finish(
    { name: sanitiseId(options.name), defaults: { timeout: DEFAULT_TIMEOUT }, nodes: made },
    notes,
  );
}

function nothingToRun({ orbs }: Config): string {
  const names = [...orbs.values()].join(', ');
  const why = orbs.size === 0 ? '' : ` (commands and jobs of orbs are not read: ${names})`;
  return `no job runs a command${why}: there is nothing to run`;
}

interface Placed {
  readonly listed: Listed;
  readonly running: Running;
  readonly id: string;
  /** Which one of a parallel job it is, where each is a node. */
  readonly index: number | undefined;
}

/** Ids of the nodes: the names of jobs, led by that of the workflow where several have them. */
function placed(
  jobs: readonly Listed[],
  runnings: ReadonlyMap<Listed, Running>,
): { nodes: Placed[]; ids: Map<Listed, Ids> } {
  const makeId = createIds();
  const workflowsOf = new Map<string, Set<string>>();
  for (const { name, workflow } of jobs)
    workflowsOf.set(name, (workflowsOf.get(name) ?? new Set()).add(workflow));
  const nodes: Placed[] = [];
  const ids = new Map<Listed, Ids>();
  for (const listed of jobs) {
    const running = runnings.get(listed);
    if (!running) continue;
    const name = workflowsOf.get(listed.name)!.size > 1 ? `${listed.workflow}-${listed.name}` : listed.name;
    const id = makeId(name);
    const shards = isShards(running) ? shardIds(id, running.parallelism) : undefined;
    if (running.parallelism < 2 || shards) {
      for (const one of shards ?? []) makeId(one);
      nodes.push({ listed, running, id, index: undefined });
      ids.set(listed, { needed: [id], all: shards ?? [id] });
    } else {
      const own = Array.from({ length: running.parallelism }, (_, i) =>
        i === 0 ? id : makeId(`${name}-${i}`),
      );
      for (const [index, one] of own.entries()) nodes.push({ listed, running, id: one, index });
      ids.set(listed, { needed: own, all: own });
    }
  }
  return { nodes, ids };
}

/** The ids that the graph gives to shards. */
function shardIds(id: string, shards: number): string[] | undefined {
  const { instances, findings } = expand({ name: 'x', nodes: [{ id, run: 'true', shards }] });
  return [...findings].length > 0 ? undefined : (instances[0] ?? []).map((instance) => instance.id);
}

/** Names of the parameters that approve jobs, which have no hyphens and must differ in more than case. */
function createPlays(tell: Tell): (job: Listed) => string {
  const names = new Map<Listed, string>();
  const taken = new Set<string>();
  return (job) => {
    const known = names.get(job);
    if (known) return known;
    const base = `approve_${sanitiseId(job.name).replaceAll('-', '_')}`.slice(0, 60);
    let name = base;
    for (let n = 2; taken.has(name.toUpperCase()); n++) name = `${base}_${n}`;
    taken.add(name.toUpperCase());
    names.set(job, name);
    tell(
      'changed',
      job.spot,
      `nobody is asked: what requires ${job.name} runs in a job with the parameter ${name}=true`,
    );
    return name;
  };
}

/** Reports that no two nodes write: they run at once, perhaps in one directory. */
function reportsOf(nodes: readonly Placed[], tellOf: (node?: string) => Tell): Map<string, string[]> {
  const found = new Map(nodes.map(({ id, running }) => [id, resultsOf(running, tellOf(id))]));
  const count = new Map<string, number>();
  for (const { id, running, index } of nodes) {
    const times = index === undefined && running.parallelism > 1 ? 2 : 1;
    for (const path of new Set(found.get(id)!.map((one) => one.path)))
      count.set(path, (count.get(path) ?? 0) + times);
  }
  return new Map(
    [...found].map(([id, results]) => {
      const own = new Set<string>();
      for (const { path, spot } of results) {
        if (count.get(path) === 1) {
          own.add(path);
          tellOf(id)(
            'changed',
            spot,
            `${path} decides too: a failed test in it, or no report at all, fails the node`,
          );
        } else {
          tellOf(id)(
            'left-out',
            spot,
            `several nodes write to ${path}, and may do so at once: give each a folder of its own`,
          );
        }
      }
      return [id, [...own].slice(0, LIMITS.reports)] as const;
    }),
  );
}
