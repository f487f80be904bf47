import { lazy, Suspense } from 'react';
import { Loading } from '../parts/basics';

export interface Line {
  readonly name: string;
  readonly tone: 'running' | 'backoff' | 'idle' | 'succeeded' | 'failed';
  readonly values: readonly (number | null)[];
  readonly isFilled?: boolean;
  readonly isDashed?: boolean;
}

export interface LineChartProps {
  /** What it shows, for whoever does not see it. */
  readonly label: string;
  /** Milliseconds since the epoch. */
  readonly at: readonly number[];
  readonly lines: readonly Line[];
  readonly unit: string;
}

/** The library does not load in a browser whose language is no language tag; what it would draw is told in words then. */
const DrawnChart = lazy(() => import('./drawn-chart').catch(() => ({ default: ToldChart })));

/** Amounts over time, for the eye and in words. */
export function LineChart(props: LineChartProps) {
  return (
    <figure className="chart" aria-label={props.label}>
      <Suspense fallback={<Loading what="Drawing …" />}>
        <DrawnChart {...props} />
      </Suspense>
      <figcaption className="unseen">
        <ToldChart {...props} />
      </figcaption>
    </figure>
  );
}

function ToldChart({ lines, unit }: LineChartProps) {
  return (
    <p>
      {lines
        .map(({ name, values }) => `${name}: ${latest(values)} ${unit} now, ${peak(values)} at most. `)
        .join('')}
    </p>
  );
}

const latest = (values: readonly (number | null)[]): string =>
  (values.findLast((value) => value !== null) ?? 0).toFixed(1);
const peak = (values: readonly (number | null)[]): string =>
  Math.max(0, ...values.map((value) => value ?? 0)).toFixed(1);
