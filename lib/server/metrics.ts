import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  ENGINE_METRICS,
  type EngineMetric,
  type Measurement,
  prometheusName,
} from '../core/projections/metrics';

/** The metrics of this process, as Prometheus reads them. */
export interface Prometheus {
  /** Adds what was measured. */
  readonly measure: (measurements: readonly Measurement[]) => void;
  /** The text exposition format. @param samples what is so now: gauges that are not among them are gone. */
  readonly text: (samples: readonly Measurement[]) => Promise<MetricsText>;
}

export interface MetricsText {
  readonly contentType: string;
  readonly body: string;
}

type Collector = Counter<string> | Histogram<string> | Gauge<string>;

/**
 * Counters and histograms begin with the process, and have every series that they can have from then on, so that a rate is
 * right from the first event. Gauges are sampled when somebody reads.
 */
export function createPrometheus(): Prometheus {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const collectors = new Map<EngineMetric, Collector>();
  for (const name of Object.keys(ENGINE_METRICS) as EngineMetric[])
    if (ENGINE_METRICS[name].only !== 'aws') collectors.set(name, collectorOf(name, registry));

  function measure(measurements: readonly Measurement[]): void {
    for (const { name, value, dimensions } of measurements) {
      const collector = collectors.get(name);
      if (collector instanceof Counter) collector.inc(dimensions, value);
      else if (collector instanceof Histogram) collector.observe(dimensions, value);
      else collector?.set(dimensions, value);
    }
  }

  return {
    measure,
    async text(samples) {
      for (const collector of collectors.values()) if (collector instanceof Gauge) collector.reset();
      measure(samples);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

function collectorOf(name: EngineMetric, registry: Registry): Collector {
  const { kind, help, dimensions = {}, buckets = [] } = ENGINE_METRICS[name];
  const options = {
    ...{ name: prometheusName(name), help, labelNames: Object.keys(dimensions), registers: [registry] },
  };
  if (kind === 'gauge') return new Gauge(options);
  const series = seriesOf(dimensions);
  if (kind === 'histogram') {
    const histogram = new Histogram({ ...options, buckets: [...buckets] });
    for (const labels of series) histogram.zero(labels);
    return histogram;
  }
  const counter = new Counter(options);
  for (const labels of series) counter.inc(labels, 0);
  return counter;
}

/** Every combination of values; none where the values are names, which nobody knows before. */
function seriesOf(
  dimensions: Readonly<Record<string, readonly string[] | 'named'>>,
): readonly Record<string, string>[] {
  return Object.entries(dimensions).reduce<Record<string, string>[]>(
    (all, [dimension, values]) =>
      values === 'named'
        ? []
        : all.flatMap((labels) => values.map((value) => ({ ...labels, [dimension]: value }))),
    [{}],
  );
}
