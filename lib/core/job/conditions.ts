import { parseCondition } from '../dag/condition/expression';
import { referencesOf } from '../dag/condition/references';
import type { GraphNode } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import type { Condition, ConditionInput, Judgement } from '../model/judgement';
import { present } from '../model/present';
import type { ReadOnly } from '../model/read-only';
import { nodeAt } from './nodes';
import { conditionsDue } from './settle';
import { attemptsMade, type JobState, type NodeState, outcomeOf } from './state';

/** Conditions that run out of time before the others that are due with them are given up: a turn has to end. */
const MAX_LATE = 3;

/** How the conditions come out that decide now, by node; one after the other, so that no job has more than its share. */
export async function judgeDue(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  judge: (condition: Condition) => Promise<Judgement>,
): Promise<Map<string, Judgement>> {
  const judgements = new Map<string, Judgement>();
  let late = 0;
  for (const i of conditionsDue(index, state)) {
    const spec = index.graph.nodes[i];
    if (!spec) continue;
    const judgement = late < MAX_LATE ? await judge(conditionOf(spec, index, state, i)) : GIVEN_UP;
    if ('isLate' in judgement) late += 1;
    judgements.set(spec.id, judgement);
  }
  return judgements;
}

const GIVEN_UP: Judgement = {
  error: `not evaluated: ${MAX_LATE} conditions that were due before it ran out of time`,
};

function conditionOf(
  { when, forEach }: GraphNode,
  index: GraphIndex,
  state: ReadOnly<JobState>,
  i: number,
): Condition {
  const results = upstream(index, state, i, namedIn([when, forEach]));
  const parameters = state.submitted?.parameters ?? {};
  const input: ConditionInput = { results, parameters, job: { cancelled: state.cancelReason !== undefined } };
  return { ...present({ when, forEach }), input };
}

/** The nodes that texts name; undefined where they look at all. */
function namedIn(texts: readonly (string | undefined)[]): ReadonlySet<string> | undefined {
  const named = new Set<string>();
  for (const text of texts) {
    if (text === undefined) continue;
    const parsed = parseCondition(text);
    if ('problem' in parsed) continue;
    const { nodes, isOpen, problems } = referencesOf(text, parsed.tree);
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
