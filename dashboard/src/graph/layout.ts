import dagre from '@dagrejs/dagre';

/** What is laid out of a graph. */
export interface LaidNode {
  readonly id: string;
  readonly needs: readonly string[];
}

/** Corner of a node, pixels. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

export const NODE_WIDTH = 196;
export const NODE_HEIGHT = 60;
/** The layout with crossings minimised takes seconds beyond. */
const MAX_UNCROSSED = 400;

/** Where each node stands, left to right, in the order of the nodes. */
export function layOut(nodes: readonly LaidNode[]): Spot[] {
  return nodes.length > MAX_UNCROSSED ? inColumns(nodes) : uncrossed(nodes);
}

function uncrossed(nodes: readonly LaidNode[]): Spot[] {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 76 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map(({ id }) => id));
  for (const { id } of nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { id, needs } of nodes) for (const need of needs) if (known.has(need)) graph.setEdge(need, id);
  dagre.layout(graph);
  return nodes.map(({ id }) => {
    const { x = 0, y = 0 } = graph.node(id);
    return { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 };
  });
}

/** Each node right of all it needs, as near to their height as there is room. O(edges + nodes log nodes). */
function inColumns(nodes: readonly LaidNode[]): Spot[] {
  const columnOf = columnsOf(nodes);
  const columns = new Map<number, LaidNode[]>();
  for (const node of nodes) {
    const members = columns.get(columnOf(node));
    if (members) members.push(node);
    else columns.set(columnOf(node), [node]);
  }
  const places = new Map<string, Spot>();
  for (const [x, members] of [...columns].sort(([a], [b]) => a - b)) {
    const height = (needs: readonly string[]) =>
      needs.reduce((sum, need) => sum + (places.get(need)?.y ?? 0), 0) / Math.max(1, needs.length);
    const inOrder = members.map(({ id, needs }) => ({ id, at: height(needs) })).sort((a, b) => a.at - b.at);
    inOrder.forEach(({ id }, row) => {
      const y = (row - inOrder.length / 2) * (NODE_HEIGHT + 16);
      places.set(id, { x: x * (NODE_WIDTH + 96), y });
    });
  }
  return nodes.map(({ id }) => places.get(id) ?? { x: 0, y: 0 });
}

/** How many nodes stand before each, on the longest way to it. */
function columnsOf(nodes: readonly LaidNode[]): (node: LaidNode) => number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const column = new Map<string, number>();
  for (const { id } of nodes) {
    const stack = [id];
    while (stack.length > 0) {
      const next = stack.at(-1) as string;
      const needs = (byId.get(next)?.needs ?? []).filter((need) => byId.has(need));
      const open = column.has(next) ? [] : needs.filter((need) => !column.has(need));
      if (open.length > 0) {
        stack.push(...open);
        continue;
      }
      stack.pop();
      if (!column.has(next))
        column.set(next, Math.max(-1, ...needs.map((need) => column.get(need) ?? 0)) + 1);
    }
  }
  return ({ id }) => column.get(id) ?? 0;
}
