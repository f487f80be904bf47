import type { GraphNode } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import { fillTemplate } from '../dag/template';
import type { ReadOnly } from '../model/read-only';
import type { Work } from '../model/work';
import type { NodeState } from './state';

/** A node of a job: one of the graph, or an item of a `forEach`. Items stand behind the graph's nodes in the state. */
export interface JobNode<N extends ReadOnly<NodeState> = ReadOnly<NodeState>> {
  readonly i: number;
  readonly id: string;
  readonly spec: GraphNode;
  readonly node: N;
}

/** What finding a node takes of a state; who may change the state gets nodes that may be changed. */
interface Nodes<N> {
  readonly nodes: readonly N[];
  readonly items: ReadonlyMap<string, number>;
}

/** The id of an item's node: the parent's id and the item's number, from 1. */
export function itemId(parentId: string, index: number): string {
  return `${parentId}-${index + 1}`;
}

export function nodeById<N extends ReadOnly<NodeState>>(
  index: GraphIndex,
  state: Nodes<N>,
  nodeId: string,
): JobNode<N> | undefined {
  const i = index.indexOf.get(nodeId) ?? state.items.get(nodeId);
  return i === undefined ? undefined : nodeAt(index, state, i);
}

export function nodeAt<N extends ReadOnly<NodeState>>(
  index: GraphIndex,
  state: Nodes<N>,
  i: number,
): JobNode<N> {
  const node = state.nodes[i];
  const spec = index.graph.nodes[i] ?? (node && itemSpec(index, node));
  if (!node || !spec) throw new Error(`the job has no node ${i}`);
  return { i, id: spec.id, spec, node };
}

/** Every node that runs or ran, items included, in the order of the graph. */
export function jobNodes(index: GraphIndex, state: Nodes<ReadOnly<NodeState>>): JobNode[] {
  return index.graph.nodes.flatMap((_, i) => {
    const own = nodeAt(index, state, i);
    const { first, total } = own.node.fanOut ?? { first: 0, total: 0 };
    return [own, ...Array.from({ length: total }, (_unused, k) => nodeAt(index, state, first + k))];
  });
}

/** What an item runs: its parent's definition with the item put in. It waits for nothing: its parent has. */
function itemSpec(index: GraphIndex, node: ReadOnly<NodeState>): GraphNode | undefined {
  const parent = node.item && index.graph.nodes[node.item.parent];
  if (!node.item || !parent) return undefined;
  const { when: _when, forEach: _forEach, ...rest } = parent;
  const work = itemWork(parent.work, node.item.index, node.item.total, node.item.value);
  return { ...rest, id: itemId(parent.id, node.item.index), needs: [], work };
}

function itemWork(work: Work, index: number, total: number, value: unknown): Work {
  const variables = new Map([
    ['index', String(index)],
    ['index1', String(index + 1)],
    ['total', String(total)],
    ...itemVariables('item', value),
  ]);
  if (work.kind === 'suite') return { ...work, suite: fillTemplate(work.suite, variables) };
  // What an upstream command wrote must stay one word of this one, whatever characters it has.
  const quoted = new Map([...variables].map(([name, text]) => [name, shellWord(text)]));
  return { ...work, run: fillTemplate(work.run, quoted) };
}

/** `item`, and `item.<key>` for every key of an object, one level deep. */
function itemVariables(name: string, value: unknown): [string, string][] {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[name, text]];
  const inner = Object.entries(value).map(([key, v]): [string, string] => [
    `${name}.${key}`,
    typeof v === 'string' ? v : JSON.stringify(v),
  ]);
  return [[name, text], ...inner];
}

/** Quotes for a POSIX shell, unless no character needs it. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
