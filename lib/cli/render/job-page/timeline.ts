import { cutEnd } from '../../../core/dag/draw/text';
import { escapeXml, px } from '../../../core/dag/draw/xml';
import type { Timeline, TimelineAttempt } from '../../../core/projections/timeline';
import { humanDuration } from '../style';

/** Attempts that are drawn: the longest; a bar of less than a pixel tells nobody anything. */
const BARS = 2_000;
/** Pixels. */
const WIDTH = 1_024;
const LEFT = 150;
const LANE = 22;
const GAP = 10;
const TOP = 26;
const LETTER = 6.4;

interface Bar {
  readonly nodeId: string;
  readonly attempt: TimelineAttempt;
  readonly from: number;
  readonly to: number;
}

interface Row {
  readonly worker: string;
  /** Bars that do not overlap, a lane each. */
  readonly lanes: readonly (readonly Bar[])[];
}

/** When each worker ran what, a lane for each attempt that it runs at a time. Undefined where nothing has begun. */
export function timelineSvg(
  timeline: Timeline,
): { markup: string; shown: number; total: number } | undefined {
  const all = barsOf(timeline);
  if (all.length === 0) return undefined;
  const bars = all.toSorted((a, b) => b.to - b.from - (a.to - a.from)).slice(0, BARS);
  const end = Math.max(...bars.map(({ to }) => to), timeline.submittedAt + 1);
  const scale = (WIDTH - LEFT - 12) / (end - timeline.submittedAt);
  const x = (at: number) => LEFT + (at - timeline.submittedAt) * scale;
  const rows = rowsOf(bars);
  let y = TOP;
  const drawn = rows.map(({ worker, lanes }) => {
    const top = y;
    y += lanes.length * LANE + GAP;
    const name = `<text class="worker" x="0" y="${px(top + 15)}" font-size="12">${escapeXml(cutEnd(worker, 20))}</text>`;
    const boxes = lanes.flatMap((lane, i) => lane.map((bar) => barBox(bar, x, top + i * LANE)));
    const line = `<path class="rowline" fill="none" stroke="#c3cad5" d="M0 ${px(y - GAP / 2)}H${WIDTH}"/>`;
    return `<g><title>${escapeXml(worker)}</title>${name}${boxes.join('')}${line}</g>`;
  });
  const label = `${bars.length} attempts on ${rows.length} workers in ${humanDuration(end - timeline.submittedAt)}`;
  const markup = [
    `<svg class="timeline" xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${px(y)}" viewBox="0 0 ${WIDTH} ${px(y)}" role="img" aria-label="${label}">`,
    ...axis(end - timeline.submittedAt, { scale, height: y }),
    ...drawn,
    '</svg>',
  ].join('\n');
  return { markup, shown: bars.length, total: all.length };
}

function barsOf({ nodes, latestAt, endedAt }: Timeline): Bar[] {
  return [...nodes.values()].flatMap(({ nodeId, attempts }) =>
    attempts.flatMap((attempt) => {
      const { startedAt: from, endedAt: to = endedAt ?? latestAt } = attempt;
      return from === undefined ? [] : [{ nodeId, attempt, from, to: Math.max(from, to) }];
    }),
  );
}

/** Workers by when they first did something; within one, each bar in the first lane that is free. */
function rowsOf(bars: readonly Bar[]): Row[] {
  const rows = new Map<string, Bar[][]>();
  for (const bar of bars.toSorted((a, b) => a.from - b.from || (a.nodeId < b.nodeId ? -1 : 1))) {
    const worker = bar.attempt.workerId ?? 'not known';
    const lanes = rows.get(worker) ?? [];
    rows.set(worker, lanes);
    const free = lanes.find((lane) => (lane.at(-1)?.to ?? 0) <= bar.from);
    if (free) free.push(bar);
    else lanes.push([bar]);
  }
  return [...rows].map(([worker, lanes]) => ({ worker, lanes }));
}

const FILLS = { succeeded: '#b7e4c7', failed: '#f4b6b0', lost: '#f0cf8e', open: '#c9d3ea' } as const;
const SIGNS = { succeeded: '', failed: '✖ ', lost: '↯ ', open: '▸ ' } as const;

function barBox({ nodeId, attempt, from, to }: Bar, x: (at: number) => number, top: number): string {
  const { attempt: number, end = 'open', compensates, readyAt } = attempt;
  const width = Math.max(3, x(to) - x(from) - 1);
  const text = `${SIGNS[end]}${nodeId}${number > 1 ? ` · ${number}` : ''}`;
  const letters = Math.floor((width - 8) / LETTER);
  const shown = letters >= 3 ? cutEnd(text, letters) : '';
  const waited = readyAt === undefined ? '' : `, waited ${humanDuration(Math.max(0, from - readyAt))}`;
  const about = `${nodeId}, attempt ${number}${compensates ? ' to undo it' : ''}: ${attempt.end ?? 'not over'} after ${humanDuration(to - from)}${waited}`;
  const box = `<rect class="bar ${end}${compensates ? ' undo' : ''}" fill="${FILLS[end]}" x="${px(x(from))}" y="${px(top + 2)}" width="${px(width)}" height="${LANE - 4}" rx="3"/>`;
  const label =
    shown === ''
      ? ''
      : `<text class="bartext" font-size="11" x="${px(x(from) + 5)}" y="${px(top + 15)}">${escapeXml(shown)}</text>`;
  return `<g><title>${escapeXml(about)}</title>${box}${label}</g>`;
}

/** Steps that people count in, milliseconds. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400].map(
    (s) => s * 1_000,
  ),
);

function axis(
  span: number,
  { scale, height }: { readonly scale: number; readonly height: number },
): string[] {
  const step = STEPS.find((each) => each * scale >= 84) ?? Math.ceil(84 / scale / 86_400_000) * 86_400_000;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, i) => {
    const at = px(LEFT + i * step * scale);
    const text = i === 0 ? '0' : humanDuration(i * step).replace(/\.0 s$/, ' s');
    return `<path class="tick" fill="none" stroke="#dfe3e9" d="M${at} ${TOP - 6}V${px(height)}"/><text class="ticktext" font-size="11" x="${at}" y="12" text-anchor="middle">${text}</text>`;
  });
}
