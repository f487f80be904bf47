import { findCycles } from '../../core/dag/check/cycles';
import type { TriggerRule } from '../../core/dag/graph';
import { LIMITS } from '../../core/limits';
import { refuse, type Tell } from '../located/located';
import { type Listed, type Requirement, TERMINAL } from './workflow';

/** When a node runs. */
export interface Order {
  readonly needs: readonly string[];
  readonly trigger: TriggerRule | undefined;
  readonly when: string | undefined;
}

/** Ids of what a job becomes. */
export interface Ids {
  /** Those that a dependency names: shards have one together. */
  readonly needed: readonly string[];
  /** Those that have a result each. */
  readonly all: readonly string[];
}

/** What a job waits for. */
interface Waits {
  readonly needs: ReadonlyMap<Listed, ReadonlySet<string>>;
  /** Parameters that have to approve it. */
  readonly approvals: ReadonlySet<string>;
  /** Conditions under which no job that need not have run still waits for somebody. */
  readonly guards: ReadonlySet<string>;
  /** Parameters of all approvals before it, with the condition under which each is asked for. */
  readonly asked: ReadonlyMap<string, string>;
}

/**
 * The jobs that run, with when they do. A job that filters keep out is not waited for, and keeps out whoever requires
 * nothing else; one that is no node hands on what it required.
 * @throws RepriseError INPUT_INVALID for a requirement that there is not, or that several have, and for a circle
 * @see https://circleci.com/docs/reference/configuration-reference/#requires
 */
export function ordered(
  jobs: readonly Listed[],
  idOf: ReadonlyMap<Listed, Ids>,
  { playOf, tell }: { readonly playOf: (job: Listed) => string; readonly tell: Tell },
): Map<Listed, Order> {
  const targets = new Map(
    jobs.map((job) => [job, job.requires.map((need) => ({ need, found: found(need, job, jobs) }))]),
  );
  refuseCycles(jobs, targets);
  const out = new Set<Listed>();
  const known = new Map<Listed, Waits>();
  const waitsOf = (job: Listed): Waits => {
    const before = known.get(job);
    if (before) return before;
    const needs = new Map<Listed, Set<string>>();
    const approvals = new Set<string>();
    const guards = new Set<string>();
    const asked = new Map<string, string>();
    for (const { need, found: others } of targets.get(job)!) {
      for (const other of others) {
        const inner = waitsOf(other);
        if (out.has(other)) continue;
        for (const [play, condition] of inner.asked) asked.set(play, condition);
        if (other.fate.kind === 'approval') {
          approvals.add(playOf(other));
          asked.set(playOf(other), conditionOf(inner, idOf, other));
        }
        if (other.fate.kind === 'runs') {
          needs.set(other, both(needs.get(other), new Set(need.statuses)));
          if (need.statuses.includes('not_run')) for (const each of inner.asked) guards.add(isOver(each));
        } else {
          for (const [one, statuses] of inner.needs) needs.set(one, both(needs.get(one), statuses));
          for (const play of inner.approvals) approvals.add(play);
          for (const guard of inner.guards) guards.add(guard);
        }
      }
    }
    const all = targets.get(job)!.flatMap(({ found: others }) => others);
    const isAlone = all.length > 0 && all.every((other) => out.has(other));
    if (job.fate.kind === 'filtered') out.add(job);
    else if (isAlone) {
      out.add(job);
      tell('left-out', job.spot, `${job.name} is not in the pipeline, as nothing that it requires is`);
    }
    const made = { needs, approvals, guards, asked };
    known.set(job, made);
    return made;
  };
  for (const job of jobs) waitsOf(job);
  const running = jobs.filter((job) => job.fate.kind === 'runs' && !out.has(job));
  return new Map(running.map((job) => [job, orderOf(known.get(job)!, idOf, job)]));
}

/** Of two requirements of one job both have to be met. */
function both(a: Set<string> | undefined, b: ReadonlySet<string>): Set<string> {
  return a ? new Set([...a].filter((status) => b.has(status))) : new Set(b);
}

function found({ name, spot }: Requirement, job: Listed, jobs: readonly Listed[]): Listed[] {
  const own = jobs.filter(({ workflow }) => workflow === job.workflow);
  const named = own.filter((other) => other.name === name);
  if (named.length > 1)
    throw refuse(
      spot,
      `${job.name} requires ${name}, which is the name of ${named.length} jobs of the workflow: give each a \`name\` of its own`,
    );
  if (named.length === 1) return named;
  const matrix = own.filter(({ alias }) => alias === name);
  if (matrix.length === 0)
    throw refuse(spot, `${job.name} requires ${name}, which is no job of the workflow ${job.workflow}`);
  return matrix;
}

function refuseCycles(
  jobs: readonly Listed[],
  targets: ReadonlyMap<Listed, readonly { readonly found: readonly Listed[] }[]>,
): void {
  const indexOf = new Map(jobs.map((job, i) => [job, i]));
  const [cycle] = findCycles(
    jobs.map((job) =>
      targets.get(job)!.flatMap(({ found: others }) => others.map((other) => indexOf.get(other)!)),
    ),
  );
  if (!cycle) return;
  const members = cycle.map((i) => jobs[i]!);
  const path = [...members, members[0]!].map(({ name }) => name).join(' -> ');
  throw refuse(members[0]!.spot, `what jobs require forms a cycle, each requires the next: ${path}`);
}

function orderOf(waits: Waits, idOf: ReadonlyMap<Listed, Ids>, job: Listed): Order {
  const { needs } = waits;
  const isPlain = [...needs.values()].every((statuses) => statuses.size === 1 && statuses.has('success'));
  const when = conditionOf(isPlain ? { ...waits, needs: new Map() } : waits, idOf, job);
  return {
    needs: [...needs.keys()].flatMap((other) => idOf.get(other)!.needed),
    trigger: isPlain ? undefined : triggerOf(needs.values()),
    when: when === '' ? undefined : when,
  };
}

function conditionOf(
  { needs, approvals, guards }: Waits,
  idOf: ReadonlyMap<Listed, Ids>,
  job: Listed,
): string {
  const text = [
    ...[...needs].map(([other, statuses]) => ended(idOf.get(other)!, statuses)).filter((one) => one !== ''),
    ...[...approvals].map(isApproved),
    ...guards,
  ].join(' and ');
  if (text.length <= LIMITS.conditionLength) return text;
  throw refuse(job.spot, `${job.name} requires too many jobs to name how each has to end`);
}

function isApproved(play: string): string {
  return `parameters.${play} = 'true'`;
}

/** An approval is given, or is not asked for. */
function isOver([play, condition]: readonly [string, string]): string {
  return condition === '' ? isApproved(play) : `(${isApproved(play)} or $not(${condition}))`;
}

/** After a cancellation only what waits for one runs. */
function triggerOf(all: Iterable<ReadonlySet<string>>): TriggerRule {
  return [...all].some((statuses) => statuses.has('canceled')) ? 'always' : 'all_done';
}

/** A parallel job has failed where one of it has, and has succeeded where all have. */
function ended({ all }: Ids, statuses: ReadonlySet<string>): string {
  if (TERMINAL.every((status) => statuses.has(status))) return '';
  const texts = all.map((id) => `results.\`${id}\`.status`);
  const list = `[${texts.join(', ')}]`;
  const tests: string[] = [];
  if (statuses.has('success')) tests.push(texts.map((text) => `${text} = 'succeeded'`).join(' and '));
  if (statuses.has('failed')) tests.push(`'failed' in ${list}`);
  if (statuses.has('canceled')) tests.push(`'cancelled' in ${list}`);
  if (statuses.has('not_run')) tests.push(`'skipped' in ${list}`);
  if (tests.length === 0) return 'false';
  return tests.length === 1
    ? tests[0]!
    : `(${tests.map((test) => (test.includes(' and ') ? `(${test})` : test)).join(' or ')})`;
}
