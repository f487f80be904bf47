import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import type { MiddlewareObj } from '@middy/core';
import {
  type CountedName,
  ENGINE_METRICS,
  ENGINE_SERVICE,
  type Measurement,
  type MetricUnit as Unit,
} from '../../lib/core/projections/metrics';

export const logger = new Logger();
export const tracer = new Tracer();
/** Under the namespace that the environment says; lib/constructs/function-variables.ts sets it. */
const metrics = new Metrics();
/** What is said of the engine is one metric, whichever function says it. */
const engineMetrics = new Metrics({ serviceName: ENGINE_SERVICE });

/** Adds to a count of this invocation. */
export function count(name: CountedName, by = 1): void {
  metrics.addMetric(name, MetricUnit.Count, by);
}

/** The same, once more by what it was: in all, and by each of the dimensions. */
export function countOf(name: CountedName, dimensions: Readonly<Record<string, string>>): void {
  count(name);
  const single = metrics.singleMetric();
  for (const [dimension, value] of Object.entries(dimensions)) single.addDimension(dimension, value);
  single.addMetric(name, MetricUnit.Count, 1);
}

const UNITS: Readonly<Record<Unit, (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  count: MetricUnit.Count,
  seconds: MetricUnit.Seconds,
  ratio: MetricUnit.NoUnit,
  usd: MetricUnit.NoUnit,
};

/** Values in a line of EMF: it has a hundred of a metric at most, and the library forgets dimensions when it is full. */
const LINE = 90;

interface Line {
  readonly dimensions: Readonly<Record<string, string>>;
  /** Summed up over them too. What is so now of each pool is not so of all. */
  readonly isAdditive: boolean;
  readonly measurements: Measurement[];
}

/** Measurements of this invocation: a line of EMF has one set of dimensions. */
const lines = new Map<string, Line>();

/** Adds what was measured; what says nothing on AWS is left out. */
export function measure(measurements: readonly Measurement[]): void {
  for (const measurement of measurements) {
    const { kind, only } = ENGINE_METRICS[measurement.name];
    if (only === 'embedded') continue;
    const { dimensions } = measurement;
    const isAdditive = kind !== 'gauge';
    const key = `${isAdditive} ${JSON.stringify(dimensions)}`;
    const line: Line = lines.get(key) ?? { dimensions, isAdditive, measurements: [] };
    line.measurements.push(measurement);
    lines.set(key, line);
  }
}

function publishMeasured(): void {
  for (const { dimensions, isAdditive, measurements } of lines.values()) {
    for (let from = 0; from < measurements.length; from += LINE) {
      // Without any of its own it has the service alone, by itself.
      if (Object.keys(dimensions).length > 0) {
        if (isAdditive) engineMetrics.addDimensions({});
        engineMetrics.addDimensions(dimensions);
      }
      for (const { name, value } of measurements.slice(from, from + LINE))
        engineMetrics.addMetric(name, UNITS[ENGINE_METRICS[name].unit], value);
      engineMetrics.publishStoredMetrics();
    }
  }
  lines.clear();
}

/** Publishes what an invocation counted. The library's own middleware warns of every invocation without a count. */
export function publishMetrics<Event, Result>(): MiddlewareObj<Event, Result> {
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    publishMeasured();
  };
  return { after: publish, onError: publish };
}
