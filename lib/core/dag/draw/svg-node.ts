import type { Outcome } from '../../model/outcome';
import type { Point, Size, Spacing } from './layout';
import type { PictureNode } from './picture';
import { cutEnd, cutMiddle, oneLine, shortDuration } from './text';
import { escapeXml, px } from './xml';

/** How boxes look. */
export interface Look {
  readonly name: 'full' | 'compact';
  /** Height of an id in pixels; what stands below it is smaller. */
  readonly font: number;
  readonly idLength: number;
  readonly padding: number;
  readonly spacing: Spacing;
}

/** Up to three lines: id, facts, condition. */
export const FULL: Look = {
  name: 'full',
  font: 13,
  idLength: 30,
  padding: 12,
  spacing: { columns: 72, rows: 18 },
};
/** One line. The rest is in the tooltip. */
export const COMPACT: Look = {
  name: 'compact',
  font: 10,
  idLength: 24,
  padding: 6,
  spacing: { columns: 64, rows: 6 },
};

interface Row {
  readonly text: string;
  readonly kind: 'id' | 'fact' | 'when';
  /** The trigger rule, set apart by colour. */
  readonly rule?: string;
}

const SMALL = 11;

/** So that no outcome is told by its colour alone. */
export const SIGNS: Readonly<Record<Outcome, string>> = {
  succeeded: '✔',
  failed: '✖',
  skipped: '○',
  cancelled: '◌',
};

function rowsOf(node: PictureNode, { name, idLength }: Look): Row[] {
  const duration = `${node.durationFrom === 'assumed' ? '~' : ''}${shortDuration(node.durationMs)}`;
  const rule = node.trigger === 'all_success' ? {} : { rule: `◆ ${node.trigger}` };
  const sign = node.outcome === undefined ? '' : `${SIGNS[node.outcome]} `;
  const id = `${sign}${cutMiddle(node.id, idLength)}`;
  if (name === 'compact') {
    const marks = `${node.trigger === 'all_success' ? '' : ' ◆'}${node.when === undefined ? '' : ' ?'}`;
    return [{ text: `${id} · ${duration}${marks}`, kind: 'id' }];
  }
  const when: Row[] =
    node.when === undefined ? [] : [{ text: `? ${cutEnd(oneLine(node.when), 38)}`, kind: 'when' }];
  return [{ text: id, kind: 'id' }, { text: duration, kind: 'fact', ...rule }, ...when];
}

/** Fonts differ between machines, and nothing here can measure them: wide enough for all common ones. */
export function sizeOf(node: PictureNode, look: Look): Size {
  const rows = rowsOf(node, look);
  const widths = rows.map(({ text, kind, rule }) => {
    const letters = [...text].length + (rule === undefined ? 0 : rule.length + 2);
    return letters * (kind === 'id' ? look.font * 0.67 : SMALL * 0.58);
  });
  const lines = rows.length * lineHeight(look);
  return {
    width: Math.ceil(Math.max(...widths) + 2 * look.padding),
    height: Math.ceil(lines + (look.name === 'full' ? 13 : 5)),
  };
}

function lineHeight({ name, font }: Look): number {
  return name === 'full' ? 17 : font * 1.4;
}

/** How a box looks where styles are forbidden, as some viewers of CI artefacts have it; any style overrides it. */
export const PLAIN = 'fill="none" stroke="#8a94a6"';

/** @param size as `sizeOf` gave it. */
export function nodeBox(node: PictureNode, middle: Point, size: Size, look: Look): string {
  const classes = [
    'node',
    ...(node.critical ? ['critical'] : []),
    ...(node.when === undefined ? [] : ['conditional']),
    ...(node.outcome === undefined ? [] : [node.outcome]),
  ];
  const [left, top] = [middle.x - size.width / 2, middle.y - size.height / 2];
  const rows = rowsOf(node, look);
  const texts = rows.map(({ text, kind, rule }, i) => {
    const height = kind === 'id' ? look.font : SMALL;
    const y = middle.y + (i - (rows.length - 1) / 2) * lineHeight(look) + height * 0.36;
    const end = rule === undefined ? '' : `<tspan class="rule" dx="8">${escapeXml(rule)}</tspan>`;
    const place = `x="${px(left + look.padding)}" y="${px(y)}"`;
    return `<text class="${kind}" font-size="${height}" ${place}>${escapeXml(text)}${end}</text>`;
  });
  const box = `<rect class="box" ${PLAIN} x="${px(left)}" y="${px(top)}" width="${size.width}" height="${size.height}" rx="${look.name === 'full' ? 8 : 4}"/>`;
  return `<g class="${classes.join(' ')}"><title>${escapeXml(tooltip(node))}</title>${box}${texts.join('')}</g>`;
}

function tooltip(node: PictureNode): string {
  return [
    node.outcome === undefined ? node.id : `${node.id}: ${node.outcome}`,
    `${shortDuration(node.durationMs)} (${node.durationFrom}), slack ${shortDuration(node.slackMs)}`,
    `trigger ${node.trigger}`,
    ...(node.when === undefined ? [] : [`when ${oneLine(node.when)}`]),
    ...(node.compensate === undefined ? [] : [`undone by ${oneLine(node.compensate)}`]),
    ...(node.labels.length === 0 ? [] : [`labels ${node.labels.join(', ')}`]),
    ...(node.slots === 1 ? [] : [`${node.slots} slots`]),
  ].join('\n');
}
