import { parseCondition } from '../dag/condition/expression';
import { referencesOf } from '../dag/condition/references';
import type { GraphIndex } from '../dag/graph-index';
import type { EditedInput } from '../model/edited-input';
import type { Condition, ConditionInput, ConditionResult, EachItem, Judgement } from '../model/judgement';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { parametersFor } from './edited';
import { type JobNode, nodeAt, nodeById } from './nodes';
import { conditionsDue } from './settle';
import { attemptsMade, type JobState, type NodeState, outcomeOf } from './state';

/** Conditions that run out of time before the others that are due with them are given up: a turn has to end. */
const MAX_LATE = 3;

/** Evaluates conditions: `ConditionEvaluator` has what is promised. */
interface Judges {
  readonly judge: (condition: Condition) => Promise<Judgement>;
  readonly judgeEach: (items: EachItem) => Promise<readonly ConditionResult[]>;
}

/** Evaluations of one request at most: it has to end in the time that one has. */
const EACH = 200;

/** How the conditions come out that decide now, by node; one after the other, so that no job has more than its share. */
export async function judgeDue(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { judge, judgeEach }: Judges,
): Promise<Map<string, Judgement>> {
  const judgements = new Map<string, Judgement>();
  const seen = upstreamOnce(index, state);
  let late = 0;
  for (const group of together(index, state)) {
    const [first] = group as [JobNode];
    const condition = conditionOf(first, state, { seen, edited: first.node.edited });
    const { with: variables, input } = condition;
    const { item: _, ...shared } = input;
    const items = group.map(({ node }) => node.item?.value);
    let results: readonly Judgement[] = group.map(() => GIVEN_UP);
    if (late < MAX_LATE) {
      results =
        first.node.item && variables
          ? await judgeEach({ with: variables, input: shared, items })
          : [await judge(condition)];
      if (results.some((result) => 'isLate' in result)) late += 1;
    }
    group.forEach(({ id }, k) => void judgements.set(id, results[k] ?? GIVEN_UP));
  }
  return judgements;
}

/** The nodes whose conditions decide now, items of a fan-out together: they see the same. */
function together(index: GraphIndex, state: ReadOnly<JobState>): JobNode[][] {
  const groups: JobNode[][] = [];
  for (const i of conditionsDue(index, state)) {
    const found = nodeAt(index, state, i);
    const { item, edited } = found.node;
    const last = groups.at(-1);
    const [before] = last ?? [];
    const most = Math.max(1, Math.floor(EACH / Object.keys(found.spec.with ?? {}).length));
    const isAlike = item && !edited && !before?.node.edited && before?.node.item?.parent === item.parent;
    if (last && isAlike && last.length < most) last.push(found);
    else groups.push([found]);
  }
  return groups;
}

/**
 * What nodes would be given whose next attempt is due once a person has edited what they run with, by node: those that wait
 * for it, and whose variables may depend on the parameters that were edited.
 */
export async function judgeEdited(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { inputs, judge }: { readonly inputs: Readonly<Record<string, EditedInput>> } & Pick<Judges, 'judge'>,
): Promise<Map<string, Judgement>> {
  const judgements = new Map<string, Judgement>();
  const seen = upstreamOnce(index, state);
  for (const [nodeId, edited] of Object.entries(inputs)) {
    const found = nodeById(index, state, nodeId);
    if (found?.node.phase !== 'backoff' || !found.spec.with || !edited.parameters) continue;
    const { when: _when, ...asked } = conditionOf(found, state, { seen, edited });
    judgements.set(nodeId, await judge(asked));
  }
  return judgements;
}

const GIVEN_UP: Judgement = {
  error: `not evaluated: ${MAX_LATE} conditions that were due before it ran out of time`,
};

/** What a node sees upstream, of those that are named. */
type Upstream = (i: number, named: ReadonlySet<string> | undefined) => Record<string, unknown>;

interface Seen {
  readonly seen: Upstream;
  readonly edited: EditedInput | undefined;
}

function conditionOf(
  { i, spec, node }: JobNode,
  state: ReadOnly<JobState>,
  { seen, edited }: Seen,
): Condition {
  const { when, forEach } = spec;
  const variables = forEach === undefined ? spec.with : undefined;
  const results = seen(node.item?.parent ?? i, namedIn([when, forEach, ...Object.values(variables ?? {})]));
  const parameters = parametersFor(state.submitted?.parameters, edited) ?? {};
  const job = { cancelled: state.cancelReason !== undefined };
  const item = node.item ? { item: node.item.value } : {};
  const input: ConditionInput = { results, parameters, job, ...item };
  return { ...present({ when, forEach, with: variables }), input };
}

/** The items of a fan-out, which are due together, see the same. */
function upstreamOnce(index: GraphIndex, state: ReadOnly<JobState>): Upstream {
  let last: { readonly i: number; readonly results: Record<string, unknown> } | undefined;
  return (i, named) => {
    if (last?.i !== i) last = { i, results: upstream(index, state, i, named) };
    return last.results;
  };
}

/** The nodes that texts name; undefined where they look at all. */
export function namedIn(texts: readonly (string | undefined)[]): ReadonlySet<string> | undefined {
  const named = new Set<string>();
  for (const text of texts) {
    if (text === undefined) continue;
    const parsed = parseCondition(text);
    if ('problem' in parsed) continue;
    const { nodes, isOpen, problems } = referencesOf(text, parsed.tree, true);
    if (isOpen || problems.length > 0) return undefined;
    for (const { id } of nodes) named.add(id);
  }
  return named;
}

/** What is known of the nodes upstream, near and far, or of those among them that are named. */
function upstream(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  i: number,
  named: ReadonlySet<string> | undefined,
): Record<string, unknown> {
  const results: Record<string, unknown> = Object.create(null);
  const seen = new Set<number>();
  // Near ones first: they are those that conditions name.
  const open = [...(index.needs[i] ?? [])];
  let missing = named?.size ?? Number.POSITIVE_INFINITY;
  for (let k = 0; k < open.length && missing > 0; k++) {
    const n = open[k] as number;
    if (seen.has(n)) continue;
    seen.add(n);
    for (const need of index.needs[n] ?? []) open.push(need);
    const { id, node } = nodeAt(index, state, n);
    if (named && !named.has(id)) continue;
    missing -= 1;
    results[id] = { ...resultOf(node), ...(node.fanOut ? { items: itemResults(state, node.fanOut) } : {}) };
  }
  return results;
}

function resultOf(node: ReadOnly<NodeState>): object {
  return { status: outcomeOf(node), attempts: attemptsMade(node), outputs: node.outputs ?? {} };
}

function itemResults(
  state: ReadOnly<JobState>,
  { first, total }: { readonly first: number; readonly total: number },
): object[] {
  return state.nodes
    .slice(first, first + total)
    .map((node) => ({ item: node.item?.value, ...resultOf(node) }));
}
