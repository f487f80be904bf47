import { layOut } from '../../lib/core/dag/draw/layout';
import { escapeXml, px } from '../../lib/core/dag/draw/xml';

/** A Mermaid flowchart of boxes and arrows, which is all that the pages use. */
export interface Flowchart {
  readonly nodes: readonly { readonly id: string; readonly lines: readonly string[] }[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
}

const STATEMENT = /^\s*(\w+)(?:\["([^"]*)"\])?(?:\s*-->\s*(\w+)(?:\["([^"]*)"\])?)?\s*$/;

/** @throws Error that names the line which is none of `a`, `a["text<br/>more"]`, `a --> b` */
export function parseFlowchart(text: string): Flowchart {
  const [head, ...rest] = text.trim().split('\n');
  if (head?.trim() !== 'flowchart LR') throw new Error(`a diagram begins with "flowchart LR", not: ${head}`);
  const nodes = new Map<string, { id: string; lines: string[] }>();
  const edges: { from: string; to: string }[] = [];
  const note = (id: string, label: string | undefined) => {
    const known = nodes.get(id) ?? { id, lines: [id] };
    nodes.set(id, label === undefined ? known : { id, lines: label.split('<br/>') });
  };
  for (const line of rest.filter((each) => each.trim() !== '')) {
    const [, from, label, to, toLabel] = STATEMENT.exec(line) ?? [];
    if (from === undefined) throw new Error(`no box and no arrow: ${line}`);
    note(from, label);
    if (to === undefined) continue;
    note(to, toLabel);
    edges.push({ from, to });
  }
  const number = new Map([...nodes.keys()].map((id, i) => [id, i]));
  return {
    nodes: [...nodes.values()],
    edges: edges.map(({ from, to }) => ({ from: number.get(from) ?? 0, to: number.get(to) ?? 0 })),
  };
}

/** Draws a flowchart with the engine's own layout of graphs. Arrows that go back are drawn back. */
export function drawFlowchart({ nodes, edges }: Flowchart): string {
  const { forward, order } = ordered(nodes.length, edges);
  const needs = nodes.map((_, i) => forward.filter(({ to }) => to === i).map(({ from }) => from));
  const dependents = nodes.map((_, i) => forward.filter(({ from }) => from === i).map(({ to }) => to));
  const sizes = nodes.map(({ lines }) => ({
    width: Math.max(...lines.map((line) => line.length)) * 7.4 + 26,
    height: lines.length * 17 + 16,
  }));
  const layout = layOut({ order, needs, dependents }, sizes, { columns: 56, rows: 20 });
  const has = (from: number, to: number) => edges.some((edge) => edge.from === from && edge.to === to);
  const paths = layout.edges.map(({ from, to, points }) => {
    const line = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
    const [ahead, back] = [
      has(from, to) && ' marker-end="url(#diagram-arrow)"',
      has(to, from) && ' marker-start="url(#diagram-arrow)"',
    ];
    return `<path class="arrow"${ahead || ''}${back || ''} d="${line}"/>`;
  });
  const boxes = nodes.map(({ lines }, i) => {
    const [{ x, y }, { width, height }] = [layout.nodes[i]!, sizes[i]!];
    const rows = lines.map(
      (line, row) =>
        `<text class="${row === 0 ? 'name' : 'more'}" x="${px(x)}" y="${px(y + (row - (lines.length - 1) / 2) * 17 + 4)}" text-anchor="middle">${escapeXml(line)}</text>`,
    );
    return `<g><rect class="room" x="${px(x - width / 2)}" y="${px(y - height / 2)}" width="${px(width)}" height="${px(height)}" rx="8"/>${rows.join('')}</g>`;
  });
  const box = `${px(layout.width + 8)} ${px(layout.height + 8)}`;
  const label = escapeXml(`Diagram of ${nodes.map(({ lines }) => lines[0]).join(', ')}`);
  const head =
    '<marker id="diagram-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path class="arrowhead" d="M0 .5 7.5 4 0 7.5Z"/></marker>';
  return `<svg class="diagram" viewBox="-4 -4 ${box}" style="max-width:${px(layout.width + 8)}px" role="img" aria-label="${label}"><defs>${head}</defs>${paths.join('')}${boxes.join('')}</svg>`;
}

type Edge = Flowchart['edges'][number];

/** Takes arrows in turn, those that would close a circle the other way round, and sorts what is left. */
function ordered(size: number, edges: readonly Edge[]) {
  const kept: Edge[] = [];
  const forward: Edge[] = [];
  const reaches = (from: number, to: number): boolean =>
    from === to || kept.some((edge) => edge.from === from && reaches(edge.to, to));
  for (const edge of edges) {
    const isBack = reaches(edge.to, edge.from);
    const way = isBack ? { from: edge.to, to: edge.from } : edge;
    if (kept.some(({ from, to }) => from === way.from && to === way.to)) continue;
    kept.push(way);
    forward.push(isBack ? way : edge);
  }
  const order: number[] = [];
  const visit = (node: number): void => {
    if (order.includes(node)) return;
    for (const { from, to } of kept) if (to === node) visit(from);
    order.push(node);
  };
  for (let node = 0; node < size; node++) visit(node);
  return { forward, order };
}
