import { evaluateCondition, evaluateItems } from '../dag/check/condition';
import type { GraphNode } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import type { Judgement } from '../model/judgement';
import type { Parameters } from '../model/parameters';
import type { ReadOnly } from '../model/read-only';
import { nodeAt } from './nodes';
import { conditionsDue } from './settle';
import { type JobState, type NodeState, outcomeOf } from './state';

/** What `when` and `forEach` see: every node upstream, near and far, by id, and what the job was told. */
interface Upstream {
  readonly results: Readonly<Record<string, unknown>>;
  readonly parameters: Parameters;
}

/** How the conditions come out that decide now, by node. */
export async function judgeDue(
  index: GraphIndex,
  state: ReadOnly<JobState>,
): Promise<Map<string, Judgement>> {
  const judgements = new Map<string, Judgement>();
  for (const i of conditionsDue(index, state)) {
    const spec = index.graph.nodes[i];
    if (spec) judgements.set(spec.id, await judge(spec, upstream(index, state, i)));
  }
  return judgements;
}

/** The items of a fan-out are asked for only where its `when` holds. */
async function judge({ when, forEach }: GraphNode, input: Upstream): Promise<Judgement> {
  const condition = when === undefined ? { holds: true } : await evaluateCondition(when, input);
  if ('error' in condition || !condition.holds || forEach === undefined) return condition;
  return evaluateItems(forEach, input);
}

function upstream(index: GraphIndex, state: ReadOnly<JobState>, i: number): Upstream {
  const results: Record<string, unknown> = Object.create(null);
  const seen = new Set<number>();
  const stack = [...(index.needs[i] ?? [])];
  for (let n = stack.pop(); n !== undefined; n = stack.pop()) {
    if (seen.has(n)) continue;
    seen.add(n);
    stack.push(...(index.needs[n] ?? []));
    const { id, node } = nodeAt(index, state, n);
    results[id] = { ...resultOf(node), ...(node.fanOut ? { items: itemResults(state, node.fanOut) } : {}) };
  }
  return { results, parameters: state.submitted?.parameters ?? {} };
}

function resultOf(node: ReadOnly<NodeState>): object {
  return { status: outcomeOf(node), attempts: node.attempt, outputs: node.outputs ?? {} };
}

function itemResults(
  state: ReadOnly<JobState>,
  { first, total }: { readonly first: number; readonly total: number },
): object[] {
  return state.nodes
    .slice(first, first + total)
    .map((node) => ({ item: node.item?.value, ...resultOf(node) }));
}
