import { median, quantile } from 'simple-statistics';

/** What to expect of each hour to come, in the unit of the series. */
export interface Forecast {
  /** By which season: the hour of the week, the hour of the day, or none, as the history is long enough for. */
  readonly season: 'week' | 'day' | 'none';
  readonly expected: readonly number[];
  /** What 95 in 100 hours are not above, as far as the history tells. */
  readonly high: readonly number[];
}

const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;
/** A season is known from this many of it. */
const SEASONS = 2;
/** The level of the latest part of the history against the whole is kept within these: one odd day is no trend. */
const TREND = { least: 0.5, most: 2 } as const;

/**
 * Robust seasonal quantiles: each hour is expected to be the median of its hours in the seasons before, times how much more
 * or less the last season held than the median one; the band is the quantile of what the history was off by. One outlier
 * moves neither. O(hours log hours).
 * @param series one value an hour, oldest first, without gaps; the forecast begins with the hour after the last.
 */
export function forecast(series: readonly number[], hours: number, share = 0.95): Forecast {
  const season = seasonOf(series.length);
  const length = { week: WEEK_HOURS, day: DAY_HOURS, none: 1 }[season];
  const profile = Array.from({ length }, (_, phase) =>
    medianOf(series.filter((_value, i) => i % length === phase)),
  );
  const at = (i: number) => profile[i % length]!;
  const trend = trendOf(series, length);
  const residuals = series.map((value, i) => value - at(i));
  const above = residuals.length === 0 ? 0 : Math.max(0, quantile(residuals, share));
  const expected = Array.from({ length: hours }, (_, h) => at(series.length + h) * trend);
  return { season, expected, high: expected.map((value) => value + above * trend) };
}

function seasonOf(hours: number): Forecast['season'] {
  if (hours >= SEASONS * WEEK_HOURS) return 'week';
  return hours >= SEASONS * DAY_HOURS ? 'day' : 'none';
}

/** How much the last season held against the median one. */
function trendOf(series: readonly number[], length: number): number {
  // Without a season an hour is too little to say anything of a level.
  if (length === 1) return 1;
  const sums: number[] = [];
  for (let end = series.length; end >= length; end -= length) {
    sums.push(series.slice(end - length, end).reduce((sum, value) => sum + value, 0));
  }
  const usual = medianOf(sums);
  return usual === 0 ? 1 : Math.min(TREND.most, Math.max(TREND.least, sums[0]! / usual));
}

const medianOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : median(values as number[]);
