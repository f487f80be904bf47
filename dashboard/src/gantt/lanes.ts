import type { Timeline, TimelineAttempt, TimelineNode } from '../../../lib/core/projections/timeline';

/** A stretch of time, milliseconds since the epoch. */
export interface Bar {
  readonly nodeId: string;
  readonly from: number;
  /** Undefined while it runs. */
  readonly to: number | undefined;
  readonly kind: 'waited' | 'ran' | 'backoff';
  readonly attempt: Readonly<TimelineAttempt>;
}

export interface Lane {
  readonly name: string;
  /** Rows of bars that do not meet; several where a worker ran several attempts at once. */
  readonly rows: readonly (readonly Bar[])[];
}

/** Who ran what, and when: a lane a worker, with as many rows as it ran attempts at once. */
export function lanesByWorker({ nodes }: Timeline): Lane[] {
  const byWorker = new Map<string, Bar[]>();
  for (const { nodeId, attempts } of nodes.values()) {
    for (const attempt of attempts) {
      if (attempt.startedAt === undefined) continue;
      const worker = attempt.workerId ?? 'unknown';
      const bars = byWorker.get(worker) ?? [];
      bars.push({ nodeId, attempt, kind: 'ran', from: attempt.startedAt, to: attempt.endedAt });
      byWorker.set(worker, bars);
    }
  }
  return [...byWorker]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, bars]) => ({ name, rows: packed(bars) }));
}

/** The first row that is free takes a bar. */
function packed(bars: readonly Bar[]): Bar[][] {
  const rows: Bar[][] = [];
  const freeAt: number[] = [];
  for (const bar of bars.toSorted((a, b) => a.from - b.from)) {
    const free = freeAt.findIndex((at) => at <= bar.from);
    const row = free >= 0 ? free : rows.length;
    const own = rows[row] ?? [];
    own.push(bar);
    rows[row] = own;
    freeAt[row] = bar.to ?? Number.POSITIVE_INFINITY;
  }
  return rows;
}

/** What each node did with its time, in the order in which they began: waits for a worker, attempts, and delays before the next. */
export function lanesByNode({ nodes }: Timeline): Lane[] {
  return [...nodes.values()]
    .filter(({ attempts }) => attempts.length > 0)
    .map((node) => ({ name: node.nodeId, rows: [stretches(node)] }))
    .sort((a, b) => (a.rows[0]?.[0]?.from ?? 0) - (b.rows[0]?.[0]?.from ?? 0));
}

function stretches({ nodeId, attempts }: Readonly<TimelineNode>): Bar[] {
  return attempts.flatMap((attempt, i) => {
    const { readyAt, startedAt, endedAt } = attempt;
    const bars: Bar[] = [];
    const before = attempts[i - 1]?.endedAt;
    if (before !== undefined && readyAt !== undefined && readyAt > before)
      bars.push({ nodeId, attempt, kind: 'backoff', from: before, to: readyAt });
    if (readyAt !== undefined)
      bars.push({ nodeId, attempt, kind: 'waited', from: readyAt, to: startedAt ?? endedAt });
    if (startedAt !== undefined) bars.push({ nodeId, attempt, kind: 'ran', from: startedAt, to: endedAt });
    return bars;
  });
}

/** Bars, or several that are too short to tell apart as one. */
export interface Drawn {
  readonly from: number;
  readonly to: number | undefined;
  readonly bars: readonly Bar[];
}

/**
 * Bars of a row that would be narrower than can be pointed at, and touch, become one.
 * @param leastMs what takes up that width
 */
export function merged(row: readonly Bar[], leastMs: number, now: number): Drawn[] {
  const drawn: { from: number; to: number | undefined; bars: Bar[] }[] = [];
  for (const bar of row) {
    const last = drawn.at(-1);
    const isNarrow = ({ from, to = now }: { from: number; to?: number | undefined }) => to - from < leastMs;
    const touches = last !== undefined && bar.from - (last.to ?? now) < leastMs / 2;
    if (last && touches && isNarrow(bar) && (last.bars.length > 1 || isNarrow(last))) {
      last.bars.push(bar);
      last.to = bar.to;
    } else drawn.push({ from: bar.from, to: bar.to, bars: [bar] });
  }
  return drawn;
}

const STEPS_S = [
  0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400,
];

/** Round times since the start at which the axis is marked, milliseconds. @param most marks there is room for */
export function ticks(spanMs: number, most: number): number[] {
  const step = 1_000 * (STEPS_S.find((s) => spanMs / (1_000 * s) <= most) ?? spanMs / 1_000 / most);
  return Array.from({ length: Math.floor(spanMs / step) + 1 }, (_, i) => i * step);
}
