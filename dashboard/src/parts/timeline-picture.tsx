import { useEffect, useMemo, useState } from 'react';
import type { Timeline, TimelineAttempt } from '../../../lib/core/projections/timeline';
import { linkTo } from '../data/route';
import { clockTime, duration } from '../data/tell';

interface Bar {
  readonly nodeId: string;
  readonly attempt: Readonly<TimelineAttempt>;
  readonly from: number;
  /** Undefined while it runs. */
  readonly to: number | undefined;
  readonly row: number;
}

interface Lane {
  readonly workerId: string;
  readonly bars: readonly Bar[];
  readonly rows: number;
}

const ROW = 22;
const WIDTH = 1_000;

interface TimelinePictureProps {
  readonly timeline: Timeline;
  readonly jobId: string;
  readonly selected: string | undefined;
  readonly isLive: boolean;
}

/** Who ran what, and when: a lane a worker, a bar an attempt. */
export function TimelinePicture({ timeline, jobId, selected, isLive }: TimelinePictureProps) {
  const now = useNow(isLive);
  const lanes = useMemo(() => lanesOf(timeline), [timeline]);
  const start = timeline.submittedAt;
  const end = Math.max(timeline.endedAt ?? (isLive ? now : timeline.latestAt), start + 1);
  const x = (at: number) => ((at - start) / (end - start)) * WIDTH;
  if (lanes.length === 0) return <p className="hint">No attempt has begun.</p>;
  return (
    <section aria-label="Timeline" className="timeline">
      {lanes.map(({ workerId, bars, rows }) => (
        <div key={workerId} className="lane">
          <h2 title={workerId}>{workerId}</h2>
          <svg
            viewBox={`0 0 ${WIDTH} ${rows * ROW}`}
            preserveAspectRatio="none"
            style={{ height: rows * ROW }}
            role="group"
            aria-label={`${bars.length} attempts on ${workerId}`}
          >
            {bars.map(({ nodeId, attempt, from, to, row }) => (
              <a key={`${nodeId}.${attempt.attempt}`} href={linkTo('jobs', jobId, nodeId)}>
                <title>{told(nodeId, attempt, from, to ?? end)}</title>
                <rect
                  className={`bar ${attempt.end ?? 'running'} ${nodeId === selected ? 'selected' : ''}`}
                  x={x(from)}
                  y={row * ROW + 2}
                  width={Math.max(2, x(to ?? end) - x(from))}
                  height={ROW - 4}
                />
              </a>
            ))}
          </svg>
        </div>
      ))}
      <p className="axis">
        <span>{clockTime(start)}</span>
        <span>{duration(end - start)}</span>
        <span>{clockTime(end)}</span>
      </p>
    </section>
  );
}

const told = (nodeId: string, { attempt, end, diagnosis }: TimelineAttempt, from: number, to: number) =>
  `${nodeId}, attempt ${attempt}: ${end ?? 'running'}${diagnosis ? ` (${diagnosis.class})` : ''}, ${duration(to - from)}`;

function useNow(isLive: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isLive]);
  return now;
}

/** Attempts that ran at once on a worker stand below each other. */
function lanesOf({ nodes }: Timeline): Lane[] {
  const byWorker = new Map<string, Omit<Bar, 'row'>[]>();
  for (const { nodeId, attempts } of nodes.values()) {
    for (const attempt of attempts) {
      if (attempt.startedAt === undefined) continue;
      const bars = byWorker.get(attempt.workerId ?? 'unknown') ?? [];
      bars.push({ nodeId, attempt, from: attempt.startedAt, to: attempt.endedAt });
      byWorker.set(attempt.workerId ?? 'unknown', bars);
    }
  }
  return [...byWorker].sort(([a], [b]) => (a < b ? -1 : 1)).map(([workerId, bars]) => laneOf(workerId, bars));
}

function laneOf(workerId: string, bars: readonly Omit<Bar, 'row'>[]): Lane {
  const freeAt: number[] = [];
  const placed = [...bars]
    .sort((a, b) => a.from - b.from)
    .map((bar): Bar => {
      const free = freeAt.findIndex((at) => at <= bar.from);
      const row = free >= 0 ? free : freeAt.length;
      freeAt[row] = bar.to ?? Number.POSITIVE_INFINITY;
      return { ...bar, row };
    });
  return { workerId, bars: placed, rows: freeAt.length };
}
