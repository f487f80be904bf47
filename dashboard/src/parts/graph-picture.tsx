import dagre from '@dagrejs/dagre';
import {
  Background,
  Controls,
  type Edge,
  Handle,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import { memo, useMemo } from 'react';
import type { JobGraphView } from '../../../lib/contract/jobs';
import type { Timeline, TimelineNode } from '../../../lib/core/projections/timeline';
import { statusOf } from '../data/node-status';
import { linkTo } from '../data/route';
import { duration } from '../data/tell';
import { Status } from './basics';

const WIDTH = 190;
const HEIGHT = 58;
/** The layout with crossings minimised takes seconds beyond. */
const MAX_LAID_OUT = 300;

interface Facts extends Record<string, unknown> {
  readonly status: string;
  readonly attempts: number;
  readonly took: number | undefined;
  readonly isSelected: boolean;
}

interface GraphPictureProps {
  readonly graph: JobGraphView;
  readonly timeline: Timeline;
  readonly selected: string | undefined;
  readonly jobId: string;
}

/** The graph, left to right, each node with how it stands. */
export function GraphPicture({ graph, timeline, selected, jobId }: GraphPictureProps) {
  const places = useMemo(() => layOut(graph), [graph]);
  const edges = useMemo(() => edgesOf(graph), [graph]);
  const nodes = graph.nodes.map(
    (node): Node<Facts> => ({
      id: node.id,
      type: 'work',
      position: places.get(node.id) ?? { x: 0, y: 0 },
      ...{ width: WIDTH, height: HEIGHT },
      data: factsOf(timeline.nodes.get(node.id), node.id === selected),
      ariaLabel: `${node.id}: ${statusOf(timeline.nodes.get(node.id))}`,
    }),
  );
  return (
    <div className="graph">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onNodeClick={(_, { id }) => {
          location.hash = linkTo('jobs', jobId, id);
        }}
        nodesDraggable={false}
        nodesConnectable={false}
        onlyRenderVisibleElements={graph.nodes.length > MAX_LAID_OUT}
        minZoom={0.02}
        fitView
        colorMode="system"
        proOptions={{ hideAttribution: true }}
      >
        <Background />
        <Controls showInteractive={false} />
        {graph.nodes.length > 20 && (
          <MiniMap pannable zoomable nodeClassName={({ data }) => `mini ${(data as Facts).status}`} />
        )}
      </ReactFlow>
    </div>
  );
}

function factsOf(node: Readonly<TimelineNode> | undefined, isSelected: boolean): Facts {
  const last = node?.attempts.findLast(({ durationMs }) => durationMs !== undefined);
  return { status: statusOf(node), attempts: node?.attempts.length ?? 0, took: last?.durationMs, isSelected };
}

const WorkNode = memo(({ id, data }: NodeProps<Node<Facts>>) => (
  <div className={`work ${data.status} ${data.isSelected ? 'selected' : ''}`}>
    <Handle type="target" position={Position.Left} />
    <strong title={id}>{id}</strong>
    <div>
      <Status of={data.status} />
      {data.attempts > 1 && <span> ×{data.attempts}</span>}
      {data.took !== undefined && <span> {duration(data.took)}</span>}
    </div>
    <Handle type="source" position={Position.Right} />
  </div>
));
const NODE_TYPES = { work: WorkNode };

const edgesOf = ({ nodes }: JobGraphView): Edge[] =>
  nodes.flatMap(({ id, needs }) => needs.map((need) => ({ id: `${need} ${id}`, source: need, target: id })));

type Place = { x: number; y: number };

function layOut({ nodes }: JobGraphView): Map<string, Place> {
  if (nodes.length > MAX_LAID_OUT) return inColumns(nodes);
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 70 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const { id, needs } of nodes) for (const need of needs) graph.setEdge(need, id);
  dagre.layout(graph);
  return new Map(
    nodes.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id);
      return [id, { x: x - WIDTH / 2, y: y - HEIGHT / 2 }];
    }),
  );
}

/** Each node right of all it needs, as near to their height as there is room. */
function inColumns(nodes: JobGraphView['nodes']): Map<string, Place> {
  const places = new Map<string, Place>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const column = new Map<string, number>();
  function columnOf(id: string): number {
    const known = column.get(id);
    if (known !== undefined) return known;
    const stack = [id];
    while (stack.length > 0) {
      const next = stack.at(-1) as string;
      const needs = byId.get(next)?.needs ?? [];
      const open = needs.filter((need) => !column.has(need));
      if (open.length > 0) {
        stack.push(...open);
        continue;
      }
      column.set(next, Math.max(-1, ...needs.map((need) => column.get(need) ?? 0)) + 1);
      stack.pop();
    }
    return column.get(id) ?? 0;
  }
  const columns = Map.groupBy(nodes, ({ id }) => columnOf(id));
  for (const [x, members] of [...columns].sort(([a], [b]) => a - b)) {
    const height = (needs: readonly string[]) =>
      needs.reduce((sum, need) => sum + (places.get(need)?.y ?? 0), 0) / Math.max(1, needs.length);
    const inOrder = members.map(({ id, needs }) => ({ id, at: height(needs) })).sort((a, b) => a.at - b.at);
    inOrder.forEach(({ id }, row) => {
      places.set(id, { x: x * (WIDTH + 90), y: (row - inOrder.length / 2) * (HEIGHT + 14) });
    });
  }
  return places;
}
