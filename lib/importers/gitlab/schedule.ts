import { findCycles } from '../../core/dag/check/cycles';
import type { TriggerRule } from '../../core/dag/graph';
import { LIMITS } from '../../core/limits';
import { refuse, type Spot, type Tell } from '../located/located';
import type { Fate } from './fate';

/** A node to be, with what it waits for. */
export interface Scheduled {
  /** The id in the graph, and those of the nodes that it becomes. */
  readonly id: string;
  readonly ids: readonly string[];
  readonly stage: number;
  readonly fate: Fate;
  /** The parameter of the job that plays it, when it is manual. */
  readonly play: string | undefined;
  /** What it needs; undefined where it waits for the stages before it. */
  readonly needs: readonly Scheduled[] | undefined;
  readonly spot: Spot;
}

export interface Order {
  readonly needs: readonly string[];
  readonly trigger: TriggerRule | undefined;
  readonly when: string | undefined;
}

interface Placed extends Order {
  /** What has succeeded, or was skipped for no failure, where this has succeeded. */
  readonly implied: ReadonlySet<Scheduled>;
  /** What is over when this is. */
  readonly over: ReadonlySet<Scheduled>;
  /** It may be left out though nothing failed and all that is manual was played. */
  readonly canSkip: boolean;
}

/**
 * When each node runs. Stages are dependencies on everything in the stages before, of which those stay that others do
 * not imply.
 * @throws RepriseError INPUT_INVALID for needs in a circle
 * @see https://docs.gitlab.com/ci/yaml/#when and GitLab's Ci::ProcessBuildService, Gitlab::Ci::Status::Composite
 */
export function schedule(all: readonly Scheduled[], tell: Tell): Map<Scheduled, Order> {
  refuseCycles(all);
  const placed = new Map<Scheduled, Placed>();
  const place = (node: Scheduled): Placed => {
    const known = placed.get(node);
    if (known) return known;
    const direct = node.needs ?? all.filter((other) => other.stage < node.stage && !isIgnored(other));
    for (const need of direct) place(need);
    const made = placeOne(node, direct, placed, tell);
    placed.set(node, made);
    return made;
  };
  for (const node of all) place(node);
  return placed;
}

/** A manual job that may fail: later stages do not wait until somebody plays it. */
function isIgnored({ fate }: Scheduled): boolean {
  return fate.when === 'manual' && fate.allowFailure;
}

function refuseCycles(all: readonly Scheduled[]): void {
  const indexOf = new Map(all.map((node, i) => [node, i]));
  const [cycle] = findCycles(all.map(({ needs }) => (needs ?? []).map((need) => indexOf.get(need)!)));
  if (!cycle) return;
  const members = cycle.map((i) => all[i]!);
  const path = [...members, members[0]!].map(({ id }) => id).join(' -> ');
  throw refuse(members[0]!.spot, `the needs form a cycle, each needs the next: ${path}`);
}

function placeOne(
  node: Scheduled,
  direct: readonly Scheduled[],
  placed: ReadonlyMap<Scheduled, Placed>,
  tell: Tell,
): Placed {
  const skippable = direct.filter((need) => placed.get(need)!.canSkip);
  const rule = node.needs ? byNeeds(node, direct, tell) : byStages(node, direct, skippable.length > 0, tell);
  const conditions = [...rule.conditions, ...(node.play ? [played(node.play)] : [])];
  // A condition looks at all that came before, however far, and only has to be sure that it is over.
  const implying = rule.trigger === 'all_done' ? 'over' : 'implied';
  const kept = node.needs ? [...direct] : withoutImplied(direct, implying, placed);
  const over = new Set(direct.flatMap((need) => [need, ...placed.get(need)!.over]));
  const implied = new Set<Scheduled>();
  if (rule.trigger === undefined || rule.trigger === 'none_failed') {
    // A node that is not played is skipped, and no failure: what it needs has ended well nonetheless.
    for (const need of direct) for (const one of [need, ...placed.get(need)!.implied]) implied.add(one);
  }
  const when = conditions.length === 0 ? undefined : joined(conditions, node, tell);
  return {
    needs: kept.map(({ id }) => id),
    trigger: kept.length === 0 ? undefined : rule.trigger,
    when,
    implied,
    over,
    canSkip:
      node.fate.when === 'on_failure' ||
      (node.needs !== undefined && (skippable.length > 0 || direct.some(({ play }) => play !== undefined))),
  };
}

function withoutImplied(
  direct: readonly Scheduled[],
  key: 'implied' | 'over',
  placed: ReadonlyMap<Scheduled, Placed>,
): Scheduled[] {
  const covered = new Set<Scheduled>();
  for (const node of [...direct].sort((a, b) => b.stage - a.stage)) {
    if (!covered.has(node)) for (const one of placed.get(node)![key]) covered.add(one);
  }
  return direct.filter((node) => !covered.has(node));
}

interface Rule {
  readonly trigger: TriggerRule | undefined;
  readonly conditions: readonly string[];
}

const NEVER: Rule = { trigger: undefined, conditions: ['false'] };

/** After stages: what was skipped counts as well. */
function byStages(
  { fate, spot }: Scheduled,
  before: readonly Scheduled[],
  canSkip: boolean,
  tell: Tell,
): Rule {
  if (fate.when === 'always')
    return { trigger: before.length === 0 ? undefined : 'all_done', conditions: [] };
  if (fate.when === 'on_failure') {
    return before.some(canFail) ? { trigger: 'one_failed', conditions: [] } : never(spot, tell);
  }
  const conditions = before.flatMap(({ play, ids }) =>
    play ? ids.map((id) => `${status(id)} = 'succeeded'`) : [],
  );
  return { trigger: canSkip ? 'none_failed' : undefined, conditions };
}

/** After needs: one that was skipped skips it. */
function byNeeds({ fate, spot }: Scheduled, needs: readonly Scheduled[], tell: Tell): Rule {
  if (fate.when === 'always') return { trigger: needs.length === 0 ? undefined : 'all_done', conditions: [] };
  if (fate.when !== 'on_failure') return { trigger: undefined, conditions: [] };
  const failed = needs.filter(canFail).flatMap(({ ids }) => ids.map((id) => `${status(id)} = 'failed'`));
  if (failed.length === 0) return never(spot, tell);
  const statuses = needs.flatMap(({ ids }) => ids.map(status));
  const conditions = [`(${failed.join(' or ')})`, `$not('skipped' in [${statuses.join(', ')}])`];
  return { trigger: 'all_done', conditions };
}

/** A failure that is allowed is none. */
function canFail({ fate }: Scheduled): boolean {
  return !fate.allowFailure;
}

function never(spot: Spot, tell: Tell): Rule {
  tell('info', spot, 'it never runs: nothing before it can fail');
  return NEVER;
}

const SOME_FAILED = "$count(results.*[status = 'failed']) > 0";

function status(id: string): string {
  return `results.\`${id}\`.status`;
}

/** Of one that is too long stays what allows no failure, which runs less. */
function joined(conditions: readonly string[], { fate, play, spot }: Scheduled, tell: Tell): string {
  const text = conditions.join(' and ');
  if (text.length <= LIMITS.conditionLength) return text;
  if (fate.when === 'on_failure') {
    tell('changed', spot, 'too many jobs before it may fail to name them: it runs when any of them does');
    return SOME_FAILED;
  }
  tell(
    'changed',
    spot,
    'too many jobs before it may fail to name them: it runs only when all before it succeeded',
  );
  return ["$count(results.*[status != 'succeeded']) = 0", ...(play ? [played(play)] : [])].join(' and ');
}

function played(parameter: string): string {
  return `parameters.${parameter} = 'true'`;
}
