import type { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { EnvironmentConfig, EnvironmentName } from '../config/schema';
import { type CountedName, ENGINE_SERVICE, type EngineMetric } from '../core/projections/metrics';
import { ALARM_PERIOD } from './alarm-topic';

/** What the functions say is kept apart by environment: an account may hold several. */
export const metricNamespace = (environment: EnvironmentName): string => `Reprise/${environment}`;

export interface Reading {
  /** Default: `Sum`. */
  readonly statistic?: string;
  /** Default: a minute. */
  readonly period?: Duration;
  readonly label?: string;
}

/** What is said of the engine, in all, or by the dimensions of the catalogue. */
export function engineMetric(
  { name: environment }: Pick<EnvironmentConfig, 'name'>,
  name: EngineMetric,
  dimensions: Readonly<Record<string, string>>,
  reading: Reading = {},
): Metric {
  const dimensionsMap = { service: ENGINE_SERVICE, ...dimensions };
  return metricOf(metricNamespace(environment), name, dimensionsMap, reading);
}

/** What a function counts of its own work; see lambdas/runtime/telemetry.ts. */
export function countedMetric(
  { name: environment }: Pick<EnvironmentConfig, 'name'>,
  name: CountedName,
  service: string,
  reading: Reading = {},
): Metric {
  return metricOf(metricNamespace(environment), name, { service }, reading);
}

/** A metric of a service of AWS, or of ours. */
export function metricOf(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  { statistic = 'Sum', period = ALARM_PERIOD, ...rest }: Reading = {},
): Metric {
  return new Metric({ namespace, metricName, dimensionsMap, statistic, period, ...rest });
}

/** Metrics without data count as nothing. */
export function total(metrics: readonly Metric[], period: Duration = ALARM_PERIOD): IMetric {
  const usingMetrics = Object.fromEntries(metrics.map((metric, i) => [`m${i}`, metric]));
  const expression = Object.keys(usingMetrics)
    .map((name) => `FILL(${name}, 0)`)
    .join(' + ');
  return new MathExpression({ expression, usingMetrics, period });
}

/** What part, in percent, one count is of another; 0 where there are fewer than `atLeast`, which prove nothing. */
export function percentOf(
  part: IMetric,
  whole: readonly IMetric[],
  {
    atLeast,
    period,
    label,
  }: { readonly atLeast: number; readonly period: Duration; readonly label?: string },
): MathExpression {
  const usingMetrics = { part, ...Object.fromEntries(whole.map((metric, i) => [`of${i}`, metric])) };
  const all = `(${whole.map((_, i) => `FILL(of${i}, 0)`).join(' + ')})`;
  return new MathExpression({
    expression: `IF(${all} >= ${atLeast}, 100 * FILL(part, 0) / ${all}, 0)`,
    ...{ usingMetrics, period },
    ...(label === undefined ? {} : { label }),
  });
}
