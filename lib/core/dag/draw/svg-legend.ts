import { OUTCOMES } from '../../model/outcome';
import type { Point } from './layout';
import type { Picture } from './picture';
import { PLAIN, SIGNS } from './svg-node';
import { px } from './xml';

/** Pixels: between lines, between items, from a sign to its text, for a letter. */
const ROW = 22;
const GAP = 24;
const TEXT_AT = 36;
const LETTER = 6.2;

interface Item {
  readonly mark: string;
  readonly text: string;
}

const line = (kind: string) => `<path class="edge ${kind}" ${PLAIN} d="M0 -4H28"/>`;
const box = (kind: string) =>
  `<g class="${kind}"><rect class="box" ${PLAIN} y="-11" width="28" height="14" rx="4"/></g>`;
const sign = (text: string, kind: string) =>
  `<text class="${kind}" font-size="11" x="14" text-anchor="middle">${text}</text>`;

/** What the signs of this picture mean, from the first baseline at 0; signs that it does not show are left out. */
export function legend(picture: Picture, width: number): { content: string; height: number } {
  const { nodes, edges } = picture;
  const items: Item[] = [
    ...OUTCOMES.filter((each) => nodes.some(({ outcome }) => outcome === each)).map((outcome) => ({
      mark: `${box(outcome)}${sign(SIGNS[outcome], 'fact')}`,
      text: outcome,
    })),
    { mark: box('critical'), text: 'critical path' },
    ...(edges.some(({ residual }) => !residual) ? [{ mark: line(''), text: 'kept by the structure' }] : []),
    ...(edges.some(({ residual }) => residual)
      ? [{ mark: line('held'), text: 'kept by the scheduler (residual)' }]
      : []),
    ...(nodes.some(({ trigger }) => trigger !== 'all_success')
      ? [{ mark: sign('◆', 'rule'), text: 'trigger rule other than all_success' }]
      : []),
    ...(nodes.some(({ when }) => when !== undefined)
      ? [{ mark: box('conditional'), text: 'runs under a condition ( ? )' }]
      : []),
    ...(nodes.some(({ durationFrom }) => durationFrom === 'assumed')
      ? [{ mark: sign('~', 'fact'), text: 'duration assumed' }]
      : []),
  ];
  const places: Point[] = [];
  let at = { x: 0, y: 0 };
  for (const { text } of items) {
    if (at.x > 0 && at.x + widthOf(text) > width) at = { x: 0, y: at.y + ROW };
    places.push(at);
    at = { x: at.x + widthOf(text) + GAP, y: at.y };
  }
  const drawn = items.map(({ mark, text }, i) => {
    const place = `translate(${px(places[i]!.x)} ${px(places[i]!.y)})`;
    return `<g transform="${place}">${mark}<text class="note" x="${TEXT_AT}">${text}</text></g>`;
  });
  const note = impliedNote(picture.impliedNeeds);
  const noteAt = at.y + ROW;
  return {
    content: `${drawn.join('')}${note === '' ? '' : `<text class="note" y="${px(noteAt)}">${note}</text>`}`,
    height: note === '' ? at.y : noteAt,
  };
}

function widthOf(text: string): number {
  return TEXT_AT + text.length * LETTER;
}

function impliedNote(count: number): string {
  if (count === 0) return '';
  return count === 1
    ? '1 need that follows from others is not drawn'
    : `${count} needs that follow from others are not drawn`;
}
