import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clockTime } from '../data/tell';
import { useColours } from '../data/theme';
import type { Line, LineChartProps } from './line-chart';

const TONES = ['running', 'backoff', 'idle', 'succeeded', 'failed', 'quiet', 'line'] as const;
const HEIGHT = 210;

/** Amounts over time, drawn on a canvas. */
export default function DrawnChart({ at, lines, unit }: LineChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const tones = useColours(TONES);
  const shape = lines.map(({ name, tone }) => `${name} ${tone}`).join();

  // What the lines are counts, not the list of them.
  useEffect(() => {
    if (!box.current) return undefined;
    const axis = {
      stroke: tones.quiet,
      grid: { stroke: tones.line, width: 1 },
      ticks: { stroke: tones.line },
    };
    const made = new uPlot(
      {
        ...{ width: box.current.clientWidth, height: HEIGHT, cursor: { y: false } },
        scales: { y: { range: (_, __, most) => [0, Math.max(1, Math.ceil(1.05 * most))] } },
        axes: [
          { ...axis, values: (_, at) => at.map(hourOf) },
          { ...axis, size: 46 },
        ],
        series: [
          { value: (_: uPlot, at: number | null) => (at === null ? '–' : hourOf(at)) },
          ...lines.map(({ name, tone, isFilled, isDashed }) => ({
            ...{ label: name, stroke: tones[tone], width: 2, points: { show: false } },
            ...(isFilled && { fill: `color-mix(in srgb, ${tones[tone]} 22%, transparent)` }),
            ...(isDashed && { dash: [6, 5] }),
            value: (_: uPlot, value: number | null) => (value === null ? '–' : `${value.toFixed(1)} ${unit}`),
          })),
        ],
      },
      dataOf(at, lines),
      box.current,
    );
    chart.current = made;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) made.setSize({ width: entry.contentRect.width, height: HEIGHT });
    });
    watch.observe(box.current);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [shape, tones, unit]);

  useEffect(() => chart.current?.setData(dataOf(at, lines)), [at, lines]);
  return <div ref={box} aria-hidden="true" />;
}

/** @param at seconds since the epoch, as the library counts */
const hourOf = (at: number): string => clockTime(1_000 * at).replace(/:00$/, '');

const dataOf = (at: readonly number[], lines: readonly Line[]): uPlot.AlignedData => [
  at.map((ms) => ms / 1_000),
  ...lines.map(({ values }) => [...values]),
];
