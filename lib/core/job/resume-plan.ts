import type { GraphNode } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import { itemId } from '../model/item-id';
import type { ReadOnly } from '../model/read-only';
import { definitionHash } from './definition';
import { nodeById } from './nodes';
import { dependencyResult, type JobState, type NodeState, outcomeOf } from './state';

/**
 * Why a node runs again or does not. asked: a person named it. new: the graph had no such node. changed: what it does is
 * another. input: what it was given is another. undone: a rollback undid it. unfinished: it was under way, or not begun.
 * downstream: of a node that runs again.
 */
export const RESUME_WHYS = [
  'kept',
  'asked',
  'new',
  'changed',
  'input',
  'undone',
  'unfinished',
  'failed',
  'cancelled',
  'skipped',
  'downstream',
] as const;
export type ResumeWhy = (typeof RESUME_WHYS)[number];

/** What becomes of one node when its job is resumed. */
export interface PlannedNode {
  readonly nodeId: string;
  readonly runs: boolean;
  readonly why: ResumeWhy;
  /** Of one that is downstream: of which node. */
  readonly of?: string;
}

/** Another graph for a job, and what it has to be told of the nodes of the last one. */
export interface Change {
  readonly index: GraphIndex;
  /** Nodes that would be given something else now than what their results were made of. */
  readonly changedInputs: ReadonlySet<string>;
}

export interface ResumeOrder {
  /** Nodes that run again whatever became of them, with all that is downstream of them. */
  readonly from?: readonly string[] | undefined;
  readonly change?: ReadOnly<Change> | undefined;
}

export interface ResumePlan {
  /** Items of fan-outs included, in the order of the graph that the job is to follow. */
  readonly nodes: readonly PlannedNode[];
  /** Nodes of the last graph that the next one has no more. */
  readonly gone: readonly string[];
  /** Items whose fan-outs are decided anew: they go, and others may come. */
  readonly itemsGone: readonly string[];
}

interface Verdict {
  readonly why: ResumeWhy;
  readonly of?: string;
  /** What is downstream of it runs again too. */
  readonly spreads: boolean;
  /** Of a fan-out: it is decided anew, with all of its items. */
  readonly anew: boolean;
}

const KEPT: Verdict = { why: 'kept', spreads: false, anew: false };

/**
 * What a resume does with each node. Of a live job all goes on that is not final. Of an ended one, what did not succeed
 * runs again, what was skipped because of that, and what cleans up behind it (`trigger: always`). Over another graph, so does what is new, does something else or was given something else, and all that is
 * downstream of what runs again. O(nodes + edges).
 */
export function planResume(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { from = [], change }: ResumeOrder,
): ResumePlan {
  const next = change?.index ?? index;
  const asked = new Set(from);
  const verdicts: Verdict[] = new Array(next.graph.nodes.length).fill(KEPT);
  // By node, one that it needs, near or far, and that runs again.
  const behind: (string | undefined)[] = [];
  for (const i of next.order) {
    const spec = next.graph.nodes[i] as GraphNode;
    const own = ownVerdict({ index, state, asked, change }, spec);
    const above = (next.needs[i] ?? []).find((need) => verdicts[need]?.spreads);
    const of = above === undefined ? undefined : next.graph.nodes[above]?.id;
    behind[i] = (next.needs[i] ?? [])
      .map((need) => (verdicts[need]?.why === 'kept' ? behind[need] : next.graph.nodes[need]?.id))
      .find((id) => id !== undefined);
    if (of === undefined) verdicts[i] = spec.trigger === 'always' ? cleaningUp(own, behind[i]) : own;
    else if (own.why === 'kept') verdicts[i] = { why: 'downstream', of, spreads: true, anew: true };
    else verdicts[i] = { ...own, spreads: true, anew: true };
  }
  const nodes = next.graph.nodes.flatMap(({ id }, i) => {
    const verdict = verdicts[i] as Verdict;
    return [planned(id, verdict), ...itemsPlanned(index, state, { id, verdict, asked })];
  });
  const gone = index.graph.nodes.flatMap(({ id }) => (next.indexOf.has(id) ? [] : [id]));
  const itemsGone = index.graph.nodes.flatMap(({ id }, i) => {
    const stays = verdicts[next.indexOf.get(id) ?? -1]?.anew === false;
    const node = state.nodes[i];
    return stays || !node ? [] : itemIds(node, id);
  });
  return { nodes, gone, itemsGone };
}

/** What a node cleans up is there again when one that it stands behind has run again. */
function cleaningUp(own: Verdict, of: string | undefined): Verdict {
  if (own.why !== 'kept' || of === undefined) return own;
  return { why: 'downstream', of, spreads: false, anew: true };
}

function planned(nodeId: string, { why, of }: Pick<Verdict, 'why' | 'of'>): PlannedNode {
  return { nodeId, runs: why !== 'kept', why, ...(of === undefined ? {} : { of }) };
}

interface Asked {
  readonly index: GraphIndex;
  readonly state: ReadOnly<JobState>;
  readonly asked: ReadonlySet<string>;
  readonly change: ReadOnly<Change> | undefined;
}

/** What is to be said of a node without regard to those that it needs. */
function ownVerdict({ index, state, asked, change }: Asked, spec: GraphNode): Verdict {
  const whole = (why: ResumeWhy): Verdict => ({ why, spreads: true, anew: true });
  if (asked.has(spec.id)) return whole('asked');
  const i = index.indexOf.get(spec.id);
  const node = i === undefined ? undefined : state.nodes[i];
  const before = i === undefined ? undefined : index.graph.nodes[i];
  if (!node || !before) return whole('new');
  if (change && definitionHash(before) !== definitionHash(spec)) return whole('changed');
  if (change?.changedInputs.has(spec.id)) return whole('input');
  if (isUndone(node)) return { why: 'undone', spreads: change !== undefined, anew: true };
  if (node.phase !== 'final') return { why: 'unfinished', spreads: false, anew: false };
  const named = itemIds(node, spec.id).find((id) => asked.has(id));
  if (named !== undefined) return { why: 'downstream', of: named, spreads: true, anew: false };
  const why = failureOf(node);
  return why === undefined ? KEPT : { why, spreads: change !== undefined, anew: false };
}

/** How a node failed, as what needs it sees that; undefined where it did not. */
function failureOf(node: ReadOnly<NodeState>): ResumeWhy | undefined {
  if (dependencyResult(node) !== 'failure') return undefined;
  const outcome = outcomeOf(node);
  return outcome === 'cancelled' || outcome === 'skipped' ? outcome : 'failed';
}

/** A rollback undid what it did: its result stands no more. */
function isUndone(node: ReadOnly<NodeState>): boolean {
  return node.phase === 'final' && node.rollback !== undefined;
}

function itemIds({ fanOut }: ReadOnly<NodeState>, id: string): string[] {
  return Array.from({ length: fanOut?.total ?? 0 }, (_, k) => itemId(id, k));
}

interface FanOut {
  readonly id: string;
  readonly verdict: Verdict;
  readonly asked: ReadonlySet<string>;
}

/** The items of a fan-out, as far as it stays the one that it was. */
function itemsPlanned(
  index: GraphIndex,
  state: ReadOnly<JobState>,
  { id, verdict, asked }: FanOut,
): PlannedNode[] {
  const node = state.nodes[index.indexOf.get(id) ?? -1];
  if (!node || verdict.anew) return [];
  return itemIds(node, id).map((item) => {
    const found = nodeById(index, state, item)?.node;
    if (verdict.why === 'kept') return planned(item, KEPT);
    if (asked.has(item)) return planned(item, { why: 'asked' });
    if (found && isUndone(found)) return planned(item, { why: 'undone' });
    if (found && found.phase !== 'final') return planned(item, { why: 'unfinished' });
    return planned(item, { why: (found && failureOf(found)) ?? 'kept' });
  });
}
