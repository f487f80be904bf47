import {
  Background,
  ControlButton,
  Controls,
  type Edge,
  Handle,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStoreApi,
  type Viewport,
} from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import '../style/graph.css';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Timeline } from '../../../lib/core/projections/timeline';
import { usePrinting } from '../data/printing';
import { goHere } from '../data/route';
import { duration } from '../data/tell';
import { Loading, Status } from '../parts/basics';
import { Backdrop, type Drawing } from './backdrop';
import type { CriticalPath } from './critical-path';
import { type Facts, factsOf, itemsOver, sameFacts } from './facts';
import { type LaidNode, NODE_HEIGHT, NODE_WIDTH, type Spot } from './layout';
import { useLayout } from './use-layout';

/** Beyond, those that are not read are one picture behind those that are. */
const LARGE = 300;
/** Below, the text of a node cannot be read, and a large graph draws none. */
const READABLE = 0.45;

interface GraphPictureProps {
  readonly nodes: readonly LaidNode[];
  readonly timeline: Timeline;
  readonly path: CriticalPath;
  readonly selected: string | undefined;
  readonly jobId: string;
}

/** The graph, left to right, each node with how it stands, and the critical path marked. */
export function GraphPicture(props: GraphPictureProps) {
  const spots = useLayout(props.nodes);
  const box = useRef<HTMLDivElement>(null);
  const isPrinting = usePrinting();
  const screen = useRef({ width: 0, height: 0 });
  useEffect(() => {
    if (isPrinting || !box.current) return;
    screen.current = { width: box.current.clientWidth, height: box.current.clientHeight };
  });
  return (
    <div ref={box} className="graph" style={isPrinting ? onPaper(screen.current) : undefined}>
      {spots ? (
        <ReactFlowProvider>
          <Laid {...props} spots={spots} />
        </ReactFlowProvider>
      ) : (
        <Loading what={`Laying out ${props.nodes.length.toLocaleString('en')} nodes …`} />
      )}
    </div>
  );
}

/** Pixels across a sheet of A4, within its margins. */
const SHEET = 690;

/** The picture as it is on the screen, made small enough for a sheet. */
function onPaper({ width, height }: { width: number; height: number }): React.CSSProperties | undefined {
  if (width <= SHEET) return undefined;
  const scale = SHEET / width;
  return {
    ...{ width, height, marginBottom: height * (scale - 1) },
    ...{ transform: `scale(${scale})`, transformOrigin: '0 0' },
  };
}

interface WorkFacts extends Facts {
  readonly isSelected: boolean;
  readonly isOnPath: boolean;
}
type WorkNode = Node<WorkFacts>;

function Laid(props: GraphPictureProps & { readonly spots: readonly Spot[] }) {
  const { nodes, spots, timeline, path, selected, jobId } = props;
  const isLarge = nodes.length > LARGE;
  const drawing = useDrawing(props);
  const seen = useSeen(spots, isLarge);
  const cards = useCards(props, drawing, seen.places);
  const edges = useMemo(() => (isLarge ? [] : edgesOf(nodes, path)), [nodes, path, isLarge]);
  const { screenToFlowPosition } = useReactFlow();
  const fit = useFit(spots, spotToSee(props, spots, drawing.facts), selected !== undefined);

  function open(event: React.MouseEvent) {
    const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const hit = spots.findIndex(
      (spot) => x >= spot.x && x <= spot.x + NODE_WIDTH && y >= spot.y && y <= spot.y + NODE_HEIGHT,
    );
    const node = nodes[hit];
    if (node) goHere('jobs', jobId, node.id);
  }

  return (
    <ReactFlow
      nodes={cards}
      edges={edges}
      nodeTypes={NODE_TYPES}
      onNodeClick={(_, { id }) => goHere('jobs', jobId, id)}
      {...(isLarge && { onPaneClick: open })}
      onMove={seen.onMove}
      onInit={fit.begin}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={!isLarge}
      onKeyDown={({ key, target }) => {
        const id = (target as HTMLElement).dataset['id'];
        if (key === 'Enter' && id !== undefined) goHere('jobs', jobId, id);
      }}
      ariaLabelConfig={{ 'node.a11yDescription.default': 'Press Enter to look at it.' }}
      edgesFocusable={false}
      minZoom={0.02}
      maxZoom={1.6}
      colorMode="system"
      proOptions={{ hideAttribution: true }}
      aria-label={`Graph of ${timeline.name}`}
    >
      {isLarge ? <Backdrop drawing={drawing} hasCards={cards.length > 0} /> : <Background />}
      <Controls showInteractive={false} showFitView={false}>
        <ControlButton onClick={fit.showAll} title="Show all of it" aria-label="Show all of it">
          ⤢
        </ControlButton>
      </Controls>
      {nodes.length > 30 && !isLarge && (
        <MiniMap pannable zoomable nodeClassName={({ data }) => `mini ${(data as WorkFacts).status}`} />
      )}
    </ReactFlow>
  );
}

function useDrawing({
  nodes,
  spots,
  timeline,
  path,
}: GraphPictureProps & { spots: readonly Spot[] }): Drawing {
  const edges = useMemo(() => {
    const places = new Map(nodes.map(({ id }, place) => [id, place]));
    return nodes.flatMap(({ needs }, to) =>
      needs.flatMap((need) => {
        const from = places.get(need);
        return from === undefined ? [] : [[from, to] as const];
      }),
    );
  }, [nodes]);
  return useMemo(() => {
    const over = itemsOver(timeline);
    const onPath = new Set(path.nodes);
    return {
      ...{ spots, edges },
      facts: nodes.map(({ id }) => factsOf(timeline.nodes.get(id), over.get(id))),
      onPath: new Set(nodes.flatMap(({ id }, place) => (onPath.has(id) ? [place] : []))),
    };
  }, [nodes, spots, edges, timeline, path]);
}

/** Places of the nodes that are drawn as cards: all of a small graph, of a large one those near what is seen. */
function useSeen(spots: readonly Spot[], isLarge: boolean) {
  const all = useMemo(() => spots.map((_, place) => place), [spots]);
  const [near, setNear] = useState<readonly number[]>([]);
  const waiting = useRef(false);
  const latest = useRef<Viewport>({ x: 0, y: 0, zoom: 0 });
  const look = useCallback(() => {
    waiting.current = false;
    const { x, y, zoom } = latest.current;
    if (zoom < READABLE) {
      setNear((before) => (before.length === 0 ? before : []));
      return;
    }
    const { width, height } = SCREEN();
    const [left, top, right, bottom] = [-x - 200, -y - 100, width - x + 200, height - y + 100].map(
      (at) => at / zoom,
    );
    setNear(
      all.filter((place) => {
        const spot = spots[place] as Spot;
        const isBeside = spot.x + NODE_WIDTH < (left as number) || spot.x > (right as number);
        return !isBeside && spot.y + NODE_HEIGHT > (top as number) && spot.y < (bottom as number);
      }),
    );
  }, [all, spots]);
  const onMove = useCallback(
    (_: unknown, viewport: Viewport) => {
      latest.current = viewport;
      if (!isLarge || waiting.current) return;
      waiting.current = true;
      requestAnimationFrame(look);
    },
    [isLarge, look],
  );
  return { places: isLarge ? near : all, onMove };
}

/** The picture is never larger than the window. */
const SCREEN = () => ({ width: innerWidth, height: innerHeight });

/** Cards that say the same stay the same, so that they are not drawn again. */
function useCards(
  { nodes, spots, path, selected }: GraphPictureProps & { spots: readonly Spot[] },
  { facts }: Drawing,
  places: readonly number[],
): WorkNode[] {
  const known = useRef(new Map<string, WorkNode>());
  return useMemo(() => {
    const onPath = new Set(path.nodes);
    return places.flatMap((place) => {
      const [node, own] = [nodes[place], facts[place]];
      if (!node || !own) return [];
      const { id } = node;
      const before = known.current.get(id);
      const [isSelected, isOnPath] = [id === selected, onPath.has(id)];
      const isSame =
        before !== undefined &&
        before.position === spots[place] &&
        before.data.isSelected === isSelected &&
        before.data.isOnPath === isOnPath &&
        sameFacts(before.data, own);
      if (isSame) return [before];
      const card: WorkNode = {
        ...{ id, type: 'work', position: spots[place] as Spot, width: NODE_WIDTH, height: NODE_HEIGHT },
        data: { ...own, isSelected, isOnPath },
        ariaLabel: `${id}: ${own.status}`,
      };
      known.current.set(id, card);
      return [card];
    });
  }, [nodes, spots, path, selected, facts, places]);
}

/**
 * Shows all of the graph where its text can be read so, else what is looked for in it; again whenever there is more or less room.
 * @returns shows all of it, readable or not
 */
function useFit(
  spots: readonly Spot[],
  wanted: Spot | undefined,
  isBeside: boolean,
): { readonly begin: () => void; readonly showAll: () => void } {
  const { fitBounds, setCenter } = useReactFlow();
  const store = useStoreApi();
  const isBegun = useRef(false);
  const all = useMemo(() => boundsOf(spots), [spots]);
  const showAll = useCallback(() => void fitBounds(all, { padding: 0.06 }), [fitBounds, all]);
  const begin = () => {
    isBegun.current = true;
    const { width, height } = store.getState();
    const isReadable = Math.min(width / all.width, height / all.height) >= READABLE;
    if (isReadable || !wanted) showAll();
    else void setCenter(wanted.x + NODE_WIDTH / 2, wanted.y + NODE_HEIGHT / 2, { zoom: 0.8 });
  };
  const latest = useRef(begin);
  latest.current = begin;
  useEffect(() => {
    if (!isBegun.current || spots.length > LARGE) return undefined;
    const again = setTimeout(() => latest.current(), isBeside ? 60 : 50);
    return () => clearTimeout(again);
  }, [isBeside, spots]);
  return { begin, showAll };
}

function boundsOf(spots: readonly Spot[]) {
  const [xs, ys] = [spots.map(({ x }) => x), spots.map(({ y }) => y)];
  const [x, y] = [least(xs), least(ys)];
  return {
    ...{ x, y },
    width: -least(xs.map((at) => -at)) - x + NODE_WIDTH,
    height: -least(ys.map((at) => -at)) - y + NODE_HEIGHT,
  };
}

/** The node that was chosen; of a graph that is no picture as a whole, what failed or runs, or else where it begins. */
function spotToSee(
  { nodes, selected }: GraphPictureProps,
  spots: readonly Spot[],
  facts: readonly Facts[],
): Spot | undefined {
  const chosen = spots[nodes.findIndex(({ id }) => id === selected)];
  if (chosen || nodes.length > LARGE) return chosen;
  const place = ['failed', 'running']
    .map((wanted) => facts.findIndex(({ status }) => status === wanted))
    .find((found) => found >= 0);
  return spots[place ?? 0];
}

const least = (numbers: readonly number[]): number =>
  numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

const WorkCard = memo(({ id, data }: NodeProps<WorkNode>) => (
  <div
    className={`work ${data.status} ${data.isSelected ? 'selected' : ''} ${data.isOnPath ? 'on-path' : ''}`}
  >
    <Handle type="target" position={Position.Left} />
    <strong title={id}>{id}</strong>
    <div>
      <Status of={data.status} />
      {data.items !== undefined && <span>{data.items}</span>}
      {data.attempts > 1 && <span title="attempts">×{data.attempts}</span>}
      {data.isFlaky && data.attempts <= 1 && <span title="flaky">≈</span>}
      {data.took !== undefined && <span className="took">{duration(data.took)}</span>}
    </div>
    <Handle type="source" position={Position.Right} />
  </div>
));
const NODE_TYPES = { work: WorkCard };

function edgesOf(nodes: readonly LaidNode[], path: CriticalPath): Edge[] {
  const steps = new Set(path.nodes.slice(1).map((id, i) => `${path.nodes[i]} ${id}`));
  return nodes.flatMap(({ id, needs }) =>
    needs.map((need) => {
      const edge = `${need} ${id}`;
      return {
        id: edge,
        source: need,
        target: id,
        ...(steps.has(edge) && { className: 'on-path', zIndex: 1 }),
      };
    }),
  );
}
