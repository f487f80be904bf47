import { itemTexts, itemVariable, itemVariables } from '../dag/condition/items';
import type { GraphNode } from '../dag/graph';
import type { GraphIndex } from '../dag/graph-index';
import { withReferences } from '../dag/shell/references';
import { fillTemplate, reportsNamed, shardVariables } from '../dag/template';
import { itemId } from '../model/item-id';
import { present } from '../model/present';
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

type Item = Omit<NonNullable<ReadOnly<NodeState>['item']>, 'parent'>;

function itemSpec(index: GraphIndex, { item }: ReadOnly<NodeState>): GraphNode | undefined {
  const parent = item && index.graph.nodes[item.parent];
  return item && parent && itemNode(parent, item);
}

/** What an item runs: its parent's definition, and the item. It waits for nothing: its parent has. */
export function itemNode(parent: GraphNode, item: Item): GraphNode {
  const { when: _when, forEach: _forEach, compensate, ...rest } = parent;
  const undo = compensate === undefined ? {} : { compensate: itemCommand(parent, compensate, item) };
  return { ...rest, id: itemId(parent.id, item.index), needs: [], work: itemWork(parent, item), ...undo };
}

/** A node is asked for its definition often, and an item stays what it is. */
const works = new WeakMap<Item, Work>();

function itemWork(parent: GraphNode, item: Item): Work {
  const known = works.get(item);
  if (known) return known;
  const work = workOf(parent, item);
  works.set(item, work);
  return work;
}

function workOf(parent: GraphNode, { index, total, value }: Item): Work {
  const place = shardVariables(index, total);
  const variables = itemVariables(value);
  const reports = parent.work.reports && reportsNamed(parent.work.reports, itemId(parent.id, index));
  const work = { ...parent.work, ...present({ reports }) };
  if (work.kind === 'suite') {
    const suite = fillTemplate(work.suite, new Map([...place, ...itemTexts(value)]));
    return { ...work, suite, variables };
  }
  return { ...work, run: itemCommand(parent, work.run, { index, total }), variables };
}

/** A command of a fan-out as an item runs it. */
function itemCommand(parent: GraphNode, text: string, { index, total }: Omit<Item, 'value'>): string {
  return fillTemplate(commandOf(parent, text), shardVariables(index, total));
}

/** By text: a node has one to run and one to undo. The same for all items of a node, in all jobs. */
const commands = new WeakMap<GraphNode, Map<string, string>>();

function commandOf(parent: GraphNode, text: string): string {
  const own = commands.get(parent) ?? new Map<string, string>();
  commands.set(parent, own);
  const command = own.get(text) ?? withReferences(text, itemVariable);
  own.set(text, command);
  return command;
}
