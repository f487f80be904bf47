import { parseCondition } from '../../core/dag/condition/expression';
import type { TriggerRule } from '../../core/dag/graph';
import { LIMITS } from '../../core/limits';
import { type Scope, STATUS_FUNCTIONS } from './evaluate';
import type { Expression } from './expression';
import { constant, type Leaf } from './leaves';
import { inOrder } from './order';
import {
  allSucceeded,
  EVERYTHING,
  type JobNodes,
  RESULTS,
  type Result,
  resultIs,
  someFailed,
} from './results';
import { all, any, atom, not, partsOf, type Test, testText } from './test-code';
import { type RunScope, type Translated, translate } from './translate';

/** What is to be known of a job, to tell when it and those behind it run. */
export interface JobFacts {
  readonly key: string;
  /** The jobs that it names itself. */
  readonly needs: readonly string[];
  /** Undefined for a job that is no node: it counts as succeeded wherever it would have run. */
  readonly nodes: JobNodes | undefined;
  /** Undefined where it has none, or none that can be read. */
  readonly condition: Expression | undefined;
  /** What it hands on under a name; undefined where nobody can tell. */
  readonly output: (name: string) => Leaf | undefined;
  /** The names; undefined where nobody can tell. */
  readonly outputs: readonly string[] | undefined;
}

/** When a job's nodes run. */
export interface JobRule {
  readonly trigger: TriggerRule;
  readonly when: Test;
  /** Parts of the condition that nobody can tell, so that the job runs more often than it would have. */
  readonly unknown: number;
  /** Of one that runs already when its job is cancelled, nobody asks again whether its condition holds. */
  readonly outlives?: true;
  /** The condition is longer than one may be: the trigger rule alone decides. */
  readonly isTooLong?: true;
}

/** How a run stands where a condition is asked. */
interface State {
  readonly success: Test;
  readonly failure: Test;
  readonly cancelled: Test;
  /** Every job before it succeeded. */
  readonly isWell?: true;
}

const CANCELLED = atom('job.cancelled');
const CANCELLED_RUN: State = { success: false, failure: false, cancelled: true };

/** More nodes than these are told as all of those upstream. */
const NAMED = 3;

/**
 * When the jobs of a workflow run: each condition looks at all jobs before it, near and far.
 * @param scope what is known while importing
 * @param told what a context is at run time, apart from `needs`
 */
export class JobRules {
  private readonly jobs: ReadonlyMap<string, JobFacts>;
  /** Jobs that say nothing of when they run, as all before them: the graph's usual rule is theirs. */
  private readonly usual = new Set<JobFacts>();
  private looked = 0;
  private readonly rules = new Map<string, JobRule>();
  private readonly before = new Map<string, readonly JobFacts[]>();
  private readonly ran = new Map<string, Translated>();

  /** @param jobs without cycles, and with every job that one of them needs */
  constructor(
    jobs: readonly JobFacts[],
    private readonly scope: Scope,
    private readonly told: (path: readonly string[]) => Leaf | undefined,
    private readonly tooMany: () => Error,
  ) {
    this.jobs = new Map(jobs.map((job) => [job.key, job]));
    // Each after those that it needs, so that no chain of jobs is gone through by recursion.
    for (const job of inOrder(jobs)) {
      const isUsual = !job.condition && job.nodes && !job.nodes.isDynamic;
      if (isUsual && job.needs.every((need) => this.usual.has(this.jobs.get(need)!))) this.usual.add(job);
      if (job.nodes) this.rules.set(job.key, this.usual.has(job) ? USUAL : bounded(this.decide(job)));
      else this.hasRun(job, true);
    }
  }

  /** Of a job that has nodes. */
  ruleOf(key: string): JobRule {
    return this.rules.get(key) ?? USUAL;
  }

  /** Where a job that is no node counts as succeeded. */
  countsWhere(key: string): Translated {
    return this.wouldRun(this.jobs.get(key)!, true);
  }

  private decide(job: JobFacts): JobRule {
    const ancestors = this.ancestorsOf(job);
    const nodes = ancestors.flatMap((each) => each.nodes ?? []);
    const tree = andSuccess(job.condition);
    const state: State = { ...this.stateHere(ancestors), cancelled: false };
    const inState = (over: Partial<State>) => translate(tree, this.scopeOf(job, { ...state, ...over }));
    const whenCancelled = translate(tree, this.scopeOf(job, CANCELLED_RUN));
    if (whenCancelled.test !== false) {
      const { test, unknown } = inState({});
      const when = nodes.length === 0 ? test : eitherWay(test, whenCancelled.test);
      const isAlike = whenCancelled.test === true || testText(whenCancelled.test) === testText(test);
      return { trigger: 'always', when, unknown, ...(isAlike ? {} : { outlives: true }) };
    }
    if (nodes.length === 0) return rule('all_success', inState({}));
    const open = atom('nobody knows');
    if (inState({}).test === false) return { trigger: 'all_done', when: false, unknown: 0 };
    if (inState({ success: false, failure: open }).test === false) {
      const { test, unknown } = inState({ success: true, failure: false, isWell: true });
      return { trigger: 'all_success', when: all(this.notImplied(job, ancestors), test), unknown };
    }
    if (this.isCarried(job, ancestors)) {
      if (inState({ failure: false, success: open }).test === false) {
        return rule('one_failed', inState({ failure: true, success: false }));
      }
      if (inState({ failure: true, success: false }).test === false) {
        return rule('none_failed', inState({ failure: false }));
      }
    }
    return rule('all_done', inState({}));
  }

  private ancestorsOf(job: JobFacts): readonly JobFacts[] {
    const known = this.before.get(job.key);
    if (known) return known;
    const found = new Set(this.needsOf(job));
    // Those before them are added while they are gone through.
    for (const each of found) {
      for (const need of this.needsOf(each)) found.add(need);
      this.looked += 1 + each.needs.length;
      if (this.looked > MAX_LOOKED) throw this.tooMany();
    }
    const list = [...found];
    this.before.set(job.key, list);
    return list;
  }

  private needsOf(job: JobFacts): JobFacts[] {
    return job.needs.map((key) => this.jobs.get(key)!);
  }

  /** Success and failure in the condition of a node that has all of these jobs upstream, and none else. */
  private stateHere(ancestors: readonly JobFacts[]): Pick<State, 'success' | 'failure'> {
    const nodes = ancestors.flatMap((each) => each.nodes ?? []);
    const count = nodes.reduce((sum, { ids }) => sum + ids.length, 0);
    const isWhole = count > NAMED;
    const failure = isWhole ? EVERYTHING.failed : someFailed(nodes);
    const virtual = all(...ancestors.filter(({ nodes: own }) => !own).map((each) => this.hasRun(each, true)));
    // Where nobody is skipped but behind a failure, there is success where there is no failure.
    if (virtual === true && ancestors.every((each) => this.isPlain(each))) {
      return { success: not(failure), failure };
    }
    return { success: all(isWhole ? EVERYTHING.succeeded : allSucceeded(nodes), virtual), failure };
  }

  /** Whether a job runs wherever all before it succeeded. */
  private isPlain(job: JobFacts): boolean {
    if (!job.nodes) return true;
    if (job.nodes.isDynamic) return false;
    const { trigger, when } = this.ruleOf(job.key);
    return when === true && (trigger === 'all_success' || trigger === 'all_done' || trigger === 'always');
  }

  /** The success of those before it that does not follow from the success of those that its nodes need. */
  private notImplied(job: JobFacts, ancestors: readonly JobFacts[]): Test {
    const implied = new Set(this.nodeNeeds(job));
    for (const each of ancestors) {
      if (each.nodes && this.impliesSuccess(each))
        for (const above of this.ancestorsOf(each)) implied.add(above);
    }
    const rest = ancestors.filter((each) => !implied.has(each));
    const nodes = rest.flatMap((each) => each.nodes ?? []);
    const virtual = rest.filter((each) => !each.nodes).map((each) => this.hasRun(each, true));
    return all(allSucceeded(nodes), ...virtual);
  }

  /** Whether a job that has run tells that all before it succeeded. */
  private impliesSuccess(job: JobFacts): boolean {
    const { trigger, isTooLong } = this.ruleOf(job.key);
    return trigger === 'all_success' && !isTooLong && this.ancestorsOf(job).some(({ nodes }) => nodes);
  }

  /** The jobs with nodes that a job's nodes wait for: behind those that are none, what those wait for. */
  private nodeNeeds(job: JobFacts): readonly JobFacts[] {
    const found = new Set(this.needsOf(job));
    for (const each of found) if (!each.nodes) for (const need of this.needsOf(each)) found.add(need);
    return [...found].filter(({ nodes }) => nodes);
  }

  /** Whether a failure before it, near or far, is one of those that its nodes need: trigger rules see no further. */
  private isCarried(job: JobFacts, ancestors: readonly JobFacts[]): boolean {
    const carried = new Set(this.nodeNeeds(job));
    for (const each of carried) {
      if (this.ruleOf(each.key).trigger === 'all_success')
        for (const next of this.nodeNeeds(each)) carried.add(next);
    }
    return ancestors.every((each) => !each.nodes || carried.has(each));
  }

  /** Whether a job that is no node would have run, or would not have. */
  private hasRun(job: JobFacts, wanted: boolean): Test {
    return this.wouldRun(job, wanted).test;
  }

  private wouldRun(job: JobFacts, wanted: boolean): Translated {
    const key = `${wanted} ${job.key}`;
    const known = this.ran.get(key);
    if (known !== undefined) return known;
    const ancestors = this.ancestorsOf(job);
    const nodes = ancestors.flatMap((each) => each.nodes ?? []);
    const virtual = ancestors.filter((each) => !each.nodes).map((each) => this.hasRun(each, true));
    const state = {
      success: all(allSucceeded(nodes), ...virtual),
      failure: someFailed(nodes),
      cancelled: ancestors.length === 0 ? false : CANCELLED,
    };
    const found = translate(andSuccess(job.condition), this.scopeOf(job, state), wanted);
    // Where it cannot be told, the jobs behind it rather run.
    const isShort = testText(found.test).length <= LIMITS.conditionLength;
    const fitting = isShort ? found : { test: true, unknown: 1 };
    this.ran.set(key, fitting);
    return fitting;
  }

  private resultOf(job: JobFacts, wanted: readonly Result[]): Test {
    if (job.nodes) return resultIs(job.nodes, wanted);
    const [ran, skipped] = [wanted.includes('success'), wanted.includes('skipped')];
    return ran && skipped ? true : any(ran && this.hasRun(job, true), skipped && this.hasRun(job, false));
  }

  private scopeOf(job: JobFacts, state: State): RunScope {
    return {
      ...this.scope,
      leaf: (path) => (isNeeds(path) ? this.needLeaf(job, path.slice(1), state) : this.told(path)),
      state: (name) => (name === 'always' ? true : state[name as 'success' | 'failure' | 'cancelled']),
    };
  }

  private needLeaf(job: JobFacts, path: readonly string[], state: State): Leaf | undefined {
    const needs = this.needsOf(job);
    const [name, ...rest] = path;
    if (name === undefined) {
      return objectOf(needs.map((need) => [need.key, this.partLeaf(need, [], state)]));
    }
    if (name === '*') return listOf(needs.map((need) => this.partLeaf(need, rest, state)));
    const need = needs.find(({ key }) => key.toLowerCase() === name.toLowerCase());
    return need ? this.partLeaf(need, rest, state) : constant(null);
  }

  private partLeaf(need: JobFacts, path: readonly string[], state: State): Leaf | undefined {
    const [what, name, ...rest] = path;
    if (what === undefined) {
      return objectOf(['result', 'outputs'].map((part) => [part, this.partLeaf(need, [part], state)]));
    }
    if (what.toLowerCase() === 'result') {
      if (name !== undefined) return constant(null);
      if (state.isWell) return constant(RESULTS[0]);
      return { is: 'result', among: (wanted) => this.resultOf(need, wanted) };
    }
    if (what.toLowerCase() !== 'outputs' || rest.length > 0) return undefined;
    if (!need.outputs || name === '*') return undefined;
    if (name === undefined) return objectOf(need.outputs.map((output) => [output, need.output(output)]));
    const known = need.outputs.find((output) => output.toLowerCase() === name.toLowerCase());
    return known === undefined ? constant(null) : need.output(known);
  }
}

const USUAL: JobRule = { trigger: 'all_success', when: true, unknown: 0 };

/** Jobs looked at together, for the conditions of all. */
const MAX_LOOKED = 4 * LIMITS.edges;

function bounded(decided: JobRule): JobRule {
  if (typeof decided.when === 'boolean' || !('problem' in parseCondition(testText(decided.when))))
    return decided;
  return { ...decided, when: true, isTooLong: true };
}

function rule(trigger: TriggerRule, { test, unknown }: { test: Test; unknown: number }): JobRule {
  return { trigger, when: test, unknown };
}

/** A condition without a status function, and one that is not there, hold only where `success()` does. */
function andSuccess(tree: Expression | undefined): Expression {
  const success: Expression = { kind: 'call', name: 'success', args: [] };
  if (!tree) return success;
  return asksStatus(tree) ? tree : { kind: 'binary', op: '&&', left: success, right: tree };
}

/** Whether a status function stands anywhere in it. */
export function asksStatus(tree: Expression): boolean {
  switch (tree.kind) {
    case 'call':
      return STATUS_FUNCTIONS.includes(tree.name) || tree.args.some(asksStatus);
    case 'binary':
      return asksStatus(tree.left) || asksStatus(tree.right);
    case 'index':
      return asksStatus(tree.of) || (tree.by !== '*' && asksStatus(tree.by));
    default:
      return tree.kind === 'not' && asksStatus(tree.of);
  }
}

/** What holds in a run that goes on, and what in one that was cancelled. */
function eitherWay(goesOn: Test, cancelled: Test): Test {
  const alike = new Set(partsOf('all', cancelled).map(testText));
  const [shared, own] = [true, false].map((isShared) =>
    partsOf('all', goesOn).filter((part) => alike.has(testText(part)) === isShared),
  ) as [Test[], Test[]];
  const shown = new Set(shared.map(testText));
  const rest = all(...partsOf('all', cancelled).filter((part) => !shown.has(testText(part))));
  if (own.length === 0 && rest === true) return goesOn;
  const either = any(all(CANCELLED, rest), rest === true ? all(...own) : all(not(CANCELLED), ...own));
  return all(...shared, either);
}

function isNeeds([root]: readonly string[]): boolean {
  return root?.toLowerCase() === 'needs';
}

function objectOf(entries: readonly (readonly [string, Leaf | undefined])[]): Leaf | undefined {
  if (entries.some(([, leaf]) => leaf === undefined)) return undefined;
  return { is: 'object', entries: entries as readonly (readonly [string, Leaf])[] };
}

function listOf(items: readonly (Leaf | undefined)[]): Leaf | undefined {
  return items.includes(undefined) ? undefined : { is: 'list', items: items as readonly Leaf[] };
}
