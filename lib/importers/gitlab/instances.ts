import { expand } from '../../core/dag/check/expand';
import { refuse, settingOf, type Tell, textsIn } from '../located/located';
import type { Job } from './config';
import type { Lookup } from './evaluate';
import { type Fate, fateOf } from './fate';
import { type Instance, SCRIPTS, textsOf } from './job';
import { type Given, slugOf } from './known';
import { type Need, needsOf } from './needs';
import { type Combination, type Form, formOf, parallelOf } from './parallel';

export interface Instances {
  readonly jobs: readonly Job[];
  readonly nodes: readonly Instance[];
  /** What each job needs. */
  readonly needs: ReadonlyMap<Job, readonly Need[] | undefined>;
  /** Jobs of the pipeline that run no script: their places in the order stay. */
  readonly gone: ReadonlySet<Job>;
}

export interface InstanceContext {
  readonly given: Given;
  readonly base: Lookup;
  readonly isPartial: boolean;
  readonly makeId: (name: string) => string;
  readonly tellOf: (node?: string) => Tell;
}

/**
 * The nodes that jobs become. Those that are not parallel keep their names, so they choose first.
 * @throws RepriseError INPUT_INVALID
 */
export function instancesOf(jobs: readonly Job[], context: InstanceContext): Instances {
  const tell = context.tellOf();
  const gone = new Set(jobs.filter((job) => isGone(job, context)));
  const needs = new Map(jobs.map((job) => [job, needsOf(job.map, tell)]));
  const picked = new Set(
    [...needs.values()]
      .flatMap((list) => list ?? [])
      .filter(({ matrix }) => matrix)
      .map(({ job }) => job),
  );
  const found = new Map<Job, Instance[]>();
  const isParallel = (job: Job) => settingOf(job.map, 'parallel') !== undefined;
  for (const job of [...jobs].sort((a, b) => Number(isParallel(a)) - Number(isParallel(b)))) {
    if (!gone.has(job)) found.set(job, instances(job, picked.has(job.name), context));
  }
  const nodes = jobs.flatMap((job) => found.get(job) ?? []);
  return { jobs, nodes, needs, gone };
}

function isGone({ map, entry, name }: Job, { isPartial, tellOf }: InstanceContext): boolean {
  if (settingOf(map, 'script')) return false;
  const other = settingOf(map, 'trigger') ?? settingOf(map, 'run');
  if (!other && !isPartial) throw refuse(entry.spot, `${name} has no \`script\``);
  const why = other ? 'it runs no script' : 'its script may stand in a file that was not read';
  tellOf()('left-out', entry.spot, `${name} is no node: ${why}. What needs it needs what it needed`);
  return true;
}

function instances(job: Job, isPicked: boolean, context: InstanceContext): Instance[] {
  const parallel = parallelOf(job.map);
  const scripts = SCRIPTS.flatMap((key) => textsOf(job.map, key));
  const isSetting = (key: string) =>
    !(SCRIPTS as readonly string[]).includes(key) && key !== 'variables' && key !== 'parallel';
  const settings = [...job.map.entries]
    .filter(([key]) => isSetting(key))
    .flatMap(([, { value }]) => textsIn(value));
  const values = [...job.variables.values()].map(({ value }) => value);
  const form = isPicked ? undefined : formOf(parallel, [...scripts, ...values], settings);
  const first = parallel.combinations[0]!;
  if (form) {
    const id = context.makeId(job.name);
    const whole: Combination = { matrix: new Map(), index: first.index, total: first.total };
    if (reserve(id, form, context.makeId)) return instance(job, id, whole, form, context);
    return parallel.combinations.flatMap((one) =>
      instance(job, context.makeId(nameOf(job, one)), one, undefined, context),
    );
  }
  return parallel.combinations.flatMap((one) =>
    instance(job, context.makeId(nameOf(job, one)), one, undefined, context),
  );
}

function instance(
  job: Job,
  id: string,
  combination: Combination,
  form: Form | undefined,
  context: InstanceContext,
): Instance[] {
  const lookup = lookupOf(job, combination, undefined, context);
  const fate = fateOf(job.name, job.map, lookup, context.tellOf(id));
  if (!fate) return [];
  return [{ job, id, combination, form, fate, lookup: lookupOf(job, combination, fate, context) }];
}

/** What is known of a job's variables, those told first. */
function lookupOf(
  job: Job,
  { matrix }: Combination,
  fate: Fate | undefined,
  { given, base }: InstanceContext,
): Lookup {
  const own = new Map([
    ['CI_JOB_NAME', job.name],
    ['CI_JOB_NAME_SLUG', slugOf(job.name)],
    ['CI_JOB_STAGE', job.stageName],
  ]);
  return (name) => {
    if (given.set.has(name) || given.unset.has(name)) return base(name);
    return (
      matrix.get(name) ??
      fate?.variables.get(name)?.value ??
      job.variables.get(name)?.value ??
      own.get(name) ??
      base(name)
    );
  };
}

function nameOf(job: Job, { matrix, index }: Combination): string {
  if (matrix.size > 0) return [job.name, ...matrix.values()].join('-');
  return index === undefined ? job.name : `${job.name}-${index}`;
}

/** The ids that the graph will give to the nodes of a form. */
export function idsOf(id: string, form: Form): string[] {
  const fan = form.kind === 'shards' ? { shards: form.shards } : { matrix: form.matrix };
  const { instances, findings } = expand({ name: 'x', nodes: [{ id, run: 'true', ...fan }] });
  return [...findings].length > 0 ? [] : (instances[0] ?? []).map((instance) => instance.id);
}

/** Whether these ids are free; they are taken from then on. */
function reserve(id: string, form: Form, makeId: (name: string) => string): boolean {
  const ids = idsOf(id, form);
  return ids.length > 0 && ids.map((one) => makeId(one) === one).every(Boolean);
}
