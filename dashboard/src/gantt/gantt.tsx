import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Timeline } from '../../../lib/core/projections/timeline';
import { useDrawn } from '../data/printing';
import { linkHere, useChoice } from '../data/route';
import { clockTime, counted, duration } from '../data/tell';
import { Choice, Panel } from '../parts/basics';
import { type Bar, type Drawn, type Lane, lanesByNode, lanesByWorker, merged, ticks } from './lanes';
import '../style/gantt.css';

interface GanttProps {
  readonly timeline: Timeline;
  readonly jobId: string;
  readonly selected: string | undefined;
  readonly isLive: boolean;
  readonly onPath: ReadonlySet<string>;
}

const ROW = 26;
/** What is narrower cannot be pointed at, pixels. */
const NARROW = 4;
/** As wide is the text of a tick, pixels. */
const LABEL = 64;
const ZOOMS = [1, 2, 4, 8, 16, 32, 64] as const;

/** Who ran what and when, or what each node did with its time. */
export function Gantt({ timeline, jobId, selected, isLive, onPath }: GanttProps) {
  const [by, setBy] = useChoice('by', 'worker');
  const [zoom, setZoom] = useState(0);
  const now = useNow(isLive);
  const lanes = useMemo(
    () => (by === 'node' ? lanesByNode(timeline) : lanesByWorker(timeline)),
    [timeline, by],
  );
  const start = timeline.submittedAt;
  const end = Math.max(timeline.endedAt ?? (isLive ? now : timeline.latestAt), start + 1);
  const tools = (
    <>
      <Legend />
      <Choice
        label="A lane for each"
        of={[
          ['worker', 'By worker'],
          ['node', 'By node'],
        ]}
        value={by as 'worker' | 'node'}
        onChoose={setBy}
      />
      <span className="choice">
        <button
          type="button"
          aria-label="Less of it at once"
          disabled={zoom === 0}
          onClick={() => setZoom(zoom - 1)}
        >
          −
        </button>
        <button
          type="button"
          aria-label="More closely"
          disabled={zoom === ZOOMS.length - 1}
          onClick={() => setZoom(zoom + 1)}
        >
          +
        </button>
      </span>
    </>
  );
  return (
    <Panel title="Timeline" tools={tools} className="timeline">
      {lanes.length === 0 ? (
        <p className="hint body">No attempt has begun.</p>
      ) : (
        <Lanes {...{ lanes, start, end, jobId, selected, onPath }} zoom={ZOOMS[zoom] ?? 1} />
      )}
    </Panel>
  );
}

const Legend = () => (
  <span className="legend" aria-hidden="true">
    <i className="ran succeeded" /> succeeded <i className="ran failed" /> failed <i className="waited" />{' '}
    waited <i className="backoff" /> delay
  </span>
);

interface LanesProps {
  readonly lanes: readonly Lane[];
  readonly start: number;
  readonly end: number;
  readonly zoom: number;
  readonly jobId: string;
  readonly selected: string | undefined;
  readonly onPath: ReadonlySet<string>;
}

function Lanes({ lanes, start, end, zoom, ...rest }: LanesProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const span = end - start;
  const leastMs = (NARROW * span) / Math.max(1, zoom * width);
  // The text of one at the very end would be cut.
  const shownTicks = ticks(span, (zoom * width) / 90).filter((at) => (1 - at / span) * zoom * width > LABEL);
  const virtual = useVirtualizer({
    count: lanes.length,
    getScrollElement: () => box.current,
    estimateSize: (i) => (lanes[i]?.rows.length ?? 1) * ROW + 6,
    overscan: 8,
  });
  const drawn = useDrawn(virtual, lanes.length);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <div ref={box} className="lanes" tabIndex={0} role="group" aria-label="Attempts over time">
      <div className="axis" style={{ width: `calc(var(--name) + (100% - var(--name)) * ${zoom})` }}>
        {shownTicks.map((at) => (
          <span key={at} style={{ left: `calc(var(--name) + (100% - var(--name)) * ${at / span})` }}>
            {at === 0 ? clockTime(start) : `+${duration(at).replace('.0 s', ' s')}`}
          </span>
        ))}
      </div>
      <div
        className="rows"
        style={{
          height: virtual.getTotalSize(),
          width: `calc(var(--name) + (100% - var(--name)) * ${zoom})`,
        }}
      >
        {drawn.map(({ index, start: top }) => {
          const lane = lanes[index] as Lane;
          return (
            <div key={lane.name} className="lane" style={{ transform: `translateY(${top}px)` }}>
              <h3 title={lane.name} className={rest.onPath.has(lane.name) ? 'on-path' : ''}>
                {lane.name}
              </h3>
              <div className="track" style={{ height: lane.rows.length * ROW }}>
                {lane.rows.flatMap((row, i) =>
                  merged(row, leastMs, end).map((stretch) => (
                    <Stretch
                      key={`${i} ${stretch.from} ${stretch.bars[0]?.kind}`}
                      {...{ drawn: stretch, row: i, start, span, ...rest }}
                    />
                  )),
                )}
              </div>
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface StretchProps extends Pick<LanesProps, 'jobId' | 'selected' | 'onPath'> {
  readonly drawn: Drawn;
  readonly row: number;
  readonly start: number;
  readonly span: number;
}

function Stretch({ drawn, row, start, span, jobId, selected, onPath }: StretchProps) {
  const { from, to = start + span, bars } = drawn;
  const [first] = bars as [Bar];
  const style = {
    left: `${(100 * (from - start)) / span}%`,
    width: `max(2px, ${(100 * (to - from)) / span}%)`,
    top: row * ROW + 2,
    height: ROW - 4,
  };
  const failed = bars.some(
    ({ attempt, kind }) => kind === 'ran' && (attempt.end === 'failed' || attempt.end === 'lost'),
  );
  const end = failed ? 'failed' : (first.attempt.end ?? 'running');
  const isSelected = bars.some(({ nodeId }) => nodeId === selected);
  const classes = ['stretch', first.kind, first.kind === 'ran' ? end : '', isSelected ? 'selected' : ''];
  if (bars.some(({ nodeId, kind }) => kind === 'ran' && onPath.has(nodeId))) classes.push('on-path');
  const told = bars.length > 1 ? tellMany(bars) : tellOne(first, to);
  if (first.kind !== 'ran') return <i className={classes.join(' ')} style={style} title={told} />;
  return (
    <a className={classes.join(' ')} style={style} title={told} href={linkHere('jobs', jobId, first.nodeId)}>
      <span>{bars.length > 1 ? `${bars.length} attempts` : labelOf(first)}</span>
    </a>
  );
}

const labelOf = ({ nodeId, attempt }: Bar): string =>
  attempt.attempt > 1 ? `${nodeId} ↻${attempt.attempt}` : nodeId;

function tellOne({ nodeId, kind, attempt, from }: Bar, to: number): string {
  const took = duration(to - from);
  if (kind === 'waited') return `${nodeId}: waited ${took} for a worker`;
  if (kind === 'backoff') return `${nodeId}: ${took} of delay before attempt ${attempt.attempt}`;
  const why = attempt.diagnosis ? ` (${attempt.diagnosis.class})` : '';
  const waited =
    attempt.readyAt !== undefined && from > attempt.readyAt
      ? `, after ${duration(from - attempt.readyAt)} of waiting`
      : '';
  return `${nodeId}, attempt ${attempt.attempt}: ${attempt.end ?? 'running'}${why}, ${took}${waited}`;
}

function tellMany(bars: readonly Bar[]): string {
  const names = bars.slice(0, 5).map(({ nodeId }) => nodeId);
  const more = bars.length > names.length ? ` and ${bars.length - names.length} more` : '';
  return `${counted(bars.length, 'attempt')}: ${names.join(', ')}${more}`;
}

function useWidth(box: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(900);
  useEffect(() => {
    if (!box.current) return undefined;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [box]);
  return width;
}

function useNow(isLive: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isLive]);
  return now;
}
