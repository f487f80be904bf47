import { useStore } from '@xyflow/react';
import { useLayoutEffect, useRef } from 'react';
import { useColours } from '../data/theme';
import type { Facts } from './facts';
import { NODE_HEIGHT, NODE_WIDTH, type Spot } from './layout';

/** What a large graph consists of, by the place of a node in it. */
export interface Drawing {
  readonly spots: readonly Spot[];
  /** Pairs of places, from need to node. */
  readonly edges: readonly (readonly [number, number])[];
  readonly facts: readonly Facts[];
  readonly onPath: ReadonlySet<number>;
}

const TONES = ['line', 'idle', 'succeeded', 'failed', 'running', 'backoff', 'path', 'card'] as const;
const TONE_OF: Readonly<Record<string, (typeof TONES)[number]>> = {
  succeeded: 'succeeded',
  failed: 'failed',
  running: 'running',
  expanded: 'running',
  backoff: 'backoff',
  ready: 'backoff',
};

/**
 * A graph of thousands of nodes, drawn as one picture behind those few that are read: what costs is what is seen, whatever the size of the
 * graph.
 */
export function Backdrop({ drawing, hasCards }: { drawing: Drawing; hasCards: boolean }) {
  const [x, y, zoom] = useStore(({ transform }) => transform);
  const width = useStore((store) => store.width);
  const height = useStore((store) => store.height);
  const tones = useColours(TONES);
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current) return;
    const sharp = devicePixelRatio;
    if (canvas.current.width !== width * sharp) canvas.current.width = width * sharp;
    if (canvas.current.height !== height * sharp) canvas.current.height = height * sharp;
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(sharp * zoom, 0, 0, sharp * zoom, sharp * x, sharp * y);
    const seen = { left: -x / zoom, top: -y / zoom, right: (width - x) / zoom, bottom: (height - y) / zoom };
    drawEdges(context, drawing, { seen, zoom, tones });
    if (!hasCards) drawNodes(context, drawing, { seen, zoom, tones });
  }, [x, y, zoom, width, height, tones, drawing, hasCards]);
  return <canvas ref={canvas} className="backdrop" />;
}

interface Look {
  readonly seen: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
  readonly zoom: number;
  readonly tones: Readonly<Record<(typeof TONES)[number], string>>;
}

function drawEdges(context: CanvasRenderingContext2D, { spots, edges, onPath }: Drawing, look: Look): void {
  const { seen, zoom, tones } = look;
  const [usual, path] = [new Path2D(), new Path2D()];
  for (const [from, to] of edges) {
    const [a, b] = [spots[from], spots[to]];
    if (!a || !b) continue;
    const [x1, x2] = [a.x + NODE_WIDTH, b.x];
    const [y1, y2] = [a.y + NODE_HEIGHT / 2, b.y + NODE_HEIGHT / 2];
    if (Math.max(x1, x2) < seen.left || Math.min(x1, x2) > seen.right) continue;
    if (Math.max(y1, y2) < seen.top || Math.min(y1, y2) > seen.bottom) continue;
    const line = onPath.has(from) && onPath.has(to) ? path : usual;
    line.moveTo(x1, y1);
    if (zoom > 0.3) line.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
    else line.lineTo(x2, y2);
  }
  context.lineWidth = 1 / zoom;
  context.strokeStyle = tones.line;
  context.stroke(usual);
  context.lineWidth = 2.5 / zoom;
  context.strokeStyle = tones.path;
  context.stroke(path);
}

function drawNodes(context: CanvasRenderingContext2D, { spots, facts, onPath }: Drawing, look: Look): void {
  const { seen, zoom, tones } = look;
  for (const [place, { x, y }] of spots.entries()) {
    if (x > seen.right || x + NODE_WIDTH < seen.left || y > seen.bottom || y + NODE_HEIGHT < seen.top)
      continue;
    context.fillStyle = tones[TONE_OF[facts[place]?.status ?? ''] ?? 'idle'];
    context.fillRect(x, y, NODE_WIDTH, NODE_HEIGHT);
    if (!onPath.has(place)) continue;
    context.lineWidth = 3 / zoom;
    context.strokeStyle = tones.path;
    context.strokeRect(x, y, NODE_WIDTH, NODE_HEIGHT);
  }
}
