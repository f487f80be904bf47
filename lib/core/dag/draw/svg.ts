import { many } from '../../model/many';
import { layOut } from './layout';
import type { Picture } from './picture';
import { edgePaths } from './svg-edge';
import { legend } from './svg-legend';
import { COMPACT, FULL, nodeBox, sizeOf } from './svg-node';
import { STYLE } from './svg-style';
import { shortDuration } from './text';
import { escapeXml, px } from './xml';

/** Nodes beyond which boxes are small. */
const FULL_UP_TO = 120;
const MARGIN = 24;
const HEADER = 74;
const LEAST_WIDTH = 560;

/** The graph as a picture that needs nothing from outside, legible on light and on dark. Deterministic. */
export function svg(picture: Picture): string {
  const look = picture.nodes.length <= FULL_UP_TO ? FULL : COMPACT;
  const sizes = picture.nodes.map((node) => sizeOf(node, look));
  const layout = layOut(picture.adjacency, sizes, look.spacing);
  const inner = Math.max(layout.width, LEAST_WIDTH);
  const signs = legend(picture, inner);
  const width = inner + 2 * MARGIN;
  const legendAt = HEADER + layout.height + 34;
  const height = legendAt + signs.height + MARGIN;
  const about = escapeXml(headline(picture));
  const size = `width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(picture.name)}: ${about}">`,
    `<style>${STYLE}</style>`,
    `<defs>${['', 'held', 'critical'].map(arrow).join('')}</defs>`,
    '<rect class="paper" fill="none" width="100%" height="100%"/>',
    `<text class="title" x="${MARGIN}" y="32">${escapeXml(picture.name)}</text>`,
    `<text class="fact headline" x="${MARGIN}" y="50">${about}</text>`,
    `<g class="${look.name}" transform="translate(${px((width - layout.width) / 2)} ${HEADER})">`,
    ...edgePaths(picture, layout),
    ...picture.nodes.map((node, i) => nodeBox(node, layout.nodes[i]!, sizes[i]!, look)),
    '</g>',
    `<g transform="translate(${MARGIN} ${px(legendAt)})">${signs.content}</g>`,
    '</svg>\n',
  ].join('\n');
}

function arrow(kind: string): string {
  const box = 'viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"';
  return `<marker id="arrow${kind}" ${box} markerUnits="userSpaceOnUse"><path class="head ${kind}" d="M0 .5 7.5 4 0 7.5Z"/></marker>`;
}

function headline({ nodes, edges, impliedNeeds, criticalPathMs }: Picture): string {
  const needs = many(edges.length + impliedNeeds, 'edge');
  return `${many(nodes.length, 'node')}, ${needs}, critical path ${shortDuration(criticalPathMs)}`;
}
