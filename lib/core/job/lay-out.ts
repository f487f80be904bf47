import type { GraphIndex } from '../dag/graph-index';
import { itemId } from '../model/item-id';
import { present } from '../model/present';
import { nodeById } from './nodes';
import type { JobState, NodeState } from './state';

/** How the nodes of an ended job are laid out anew. */
export interface LayOut {
  /** Whether the result of a node stands, an item of a fan-out included. */
  readonly keeps: (nodeId: string) => boolean;
  /** No workflow enters the nodes that run again. */
  readonly entered?: boolean;
}

/**
 * Lays the nodes of an ended job out anew, over the same graph or another one: what is kept stays final, all else is at its
 * first phase. A fan-out of which only items are kept stays expanded; of one of which nothing is, the items go, and it is
 * decided anew. Attempts of a node id go on where they were. O(nodes + edges).
 */
export function layOut(
  from: GraphIndex,
  to: GraphIndex,
  state: JobState,
  { keeps, entered = false }: LayOut,
): void {
  const before = { nodes: state.nodes, items: state.items };
  const ids = from.graph.nodes.map(({ id }) => id);
  for (const [id, i] of state.items) ids[i] = id;
  const answered = state.answered.flatMap((i) => ids[i] ?? []);
  ids.forEach((id, i) => {
    const { attempt = 0, letters, stepLetter } = before.nodes[i] ?? {};
    if (attempt > 0 || letters) state.retired.set(id, { attempt, ...present({ letters, stepLetter }) });
  });
  state.nodes = [];
  state.items = new Map();
  const fanOuts: [number, NodeState][] = [];
  to.graph.nodes.forEach(({ id }, i) => {
    const old = nodeBefore(from, before, id);
    const node = old && keeps(id) ? old : fresh(state, { id, entered, old });
    if (old?.fanOut && (node === old || someItemKept(before.nodes, id, old, keeps))) fanOuts.push([i, old]);
    state.nodes.push(node);
  });
  for (const [i, old] of fanOuts) layOutItems(to, state, { i, old, nodes: before.nodes, keeps });
  for (const id of [...to.graph.nodes.map((node) => node.id), ...state.items.keys()])
    state.retired.delete(id);
  state.answered = answered.flatMap((id) => {
    const found = nodeById(to, state, id);
    return found?.node.phase === 'final' && found.node.token !== undefined ? [found.i] : [];
  });
  count(to, state);
}

interface Before {
  readonly nodes: readonly NodeState[];
  readonly items: ReadonlyMap<string, number>;
}

/** A node of the graph as it was; an item that had the id of a node of another graph is none. */
function nodeBefore(from: GraphIndex, { nodes }: Before, id: string): NodeState | undefined {
  const i = from.indexOf.get(id);
  return i === undefined ? undefined : nodes[i];
}

interface Fresh {
  readonly id: string;
  readonly entered: boolean;
  readonly old: NodeState | undefined;
}

/** A node at its first phase. Whoever waits for it still does. */
function fresh({ retired }: JobState, { id, entered, old }: Fresh): NodeState {
  const node: NodeState = {
    ...{ phase: 'waiting', entered, waiting: 0 },
    ...{ attempt: 0, ...retired.get(id), ...carried(old) },
    ...{ failures: 0, losses: 0 },
  };
  if (old?.token !== undefined) node.token = old.token;
  return node;
}

/** What a node takes along into another go. */
export function carried({ compensations, edited, letters, stepLetter }: Partial<NodeState> = {}) {
  return present({ compensations, edited, letters, stepLetter });
}

function itemsOf({ fanOut }: NodeState, id: string): [string, number][] {
  const { first, total } = fanOut ?? { first: 0, total: 0 };
  return Array.from({ length: total }, (_, k) => [itemId(id, k), first + k]);
}

function someItemKept(
  nodes: readonly NodeState[],
  id: string,
  old: NodeState,
  keeps: LayOut['keeps'],
): boolean {
  return itemsOf(old, id).some(([item, i]) => nodes[i]?.phase === 'final' && keeps(item));
}

interface FanOutBefore {
  readonly i: number;
  readonly old: NodeState;
  readonly nodes: readonly NodeState[];
  readonly keeps: LayOut['keeps'];
}

function layOutItems(to: GraphIndex, state: JobState, { i, old, nodes, keeps }: FanOutBefore): void {
  const id = to.graph.nodes[i]?.id ?? '';
  const first = state.nodes.length;
  let open = 0;
  for (const [itemIdNow, k] of itemsOf(old, id)) {
    const before = nodes[k];
    if (!before?.item) continue;
    const item = { ...before.item, parent: i };
    const isKept = state.nodes[i]?.phase === 'final' || keeps(itemIdNow);
    if (!isKept) open += 1;
    const node = isKept ? before : fresh(state, { id: itemIdNow, entered: true, old: before });
    state.items.set(itemIdNow, state.nodes.length);
    state.nodes.push({ ...node, item });
  }
  const fanOut = { first, total: state.nodes.length - first, open };
  const node = state.nodes[i] as NodeState;
  state.nodes[i] = node.phase === 'final' ? { ...node, fanOut } : { ...node, phase: 'expanded', fanOut };
}

/** What follows from where the nodes stand: how many are left, what each waits for, what can be decided now. */
function count(to: GraphIndex, state: JobState): void {
  state.remaining = state.nodes.filter(({ phase }) => phase !== 'final').length;
  state.agenda.clear();
  state.nodes.forEach((node, i) => {
    node.waiting = 0;
    if (node.phase === 'expanded' && node.fanOut?.open === 0) state.agenda.add(i);
    if (node.phase !== 'waiting') return;
    node.waiting = (to.needs[i] ?? []).filter((need) => state.nodes[need]?.phase !== 'final').length;
    if (node.entered && node.waiting === 0) state.agenda.add(i);
  });
}
