import { readFileSync } from 'node:fs';
import {
  ENGINE_METRICS,
  type EngineMetric,
  METRICS,
  type MetricName,
  prometheusName,
} from '../../../../lib/core/projections/metrics';

const names = Object.keys(METRICS) as MetricName[];

interface Spec {
  readonly kind: string;
  readonly unit: string;
  readonly help: string;
  readonly dimensions?: Readonly<Record<string, readonly string[] | 'named'>>;
  readonly buckets?: readonly number[];
}
const specOf = (name: MetricName): Spec => METRICS[name];

describe('the catalogue of metrics', () => {
  it('has no dimension whose values have no end', () => {
    const dimensions = names.flatMap((name) => Object.entries(specOf(name).dimensions ?? {}));
    const named = dimensions.filter(([, values]) => values === 'named').map(([dimension]) => dimension);
    // What the deployment names: its pools, the services around it, the routes of the API.
    expect([...new Set(named)].sort()).toEqual(['dependency', 'pool', 'route']);
    for (const [, values] of dimensions) if (values !== 'named') expect(values.length).toBeGreaterThan(1);
  });

  it('has no more series than a few for each metric', () => {
    for (const name of names) {
      const values = Object.values(specOf(name).dimensions ?? {});
      const series = values.reduce((all, each) => all * (each === 'named' ? 1 : each.length), 1);
      expect([name, series <= 12]).toEqual([name, true]);
    }
  });

  it.each([
    ['JobsSubmitted', 'reprise_jobs_submitted_total'],
    ['JobQueueWait', 'reprise_job_queue_wait_seconds'],
    ['SlotUtilisation', 'reprise_slot_utilisation_ratio'],
    ['JobCost', 'reprise_job_cost_dollars'],
    ['Workers', 'reprise_workers'],
  ] as const)('calls %s %s for Prometheus', (name, expected) => {
    expect(prometheusName(name)).toBe(expected);
  });

  it('gives every metric a name of its own, its base unit, and a help text that is a sentence', () => {
    expect(new Set(names.map(prometheusName)).size).toBe(names.length);
    for (const name of names) {
      const { kind, unit, help } = specOf(name);
      expect(prometheusName(name)).toMatch(/^reprise_[a-z_]+$/);
      expect(prometheusName(name).endsWith('_total')).toBe(kind === 'counter');
      if (unit === 'seconds') expect(prometheusName(name)).toMatch(/_seconds$/);
      expect(help).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has rising buckets for every histogram, and for nothing else', () => {
    for (const name of names) {
      const { kind, buckets = [] } = specOf(name);
      expect([name, buckets.length > 0]).toEqual([name, kind === 'histogram']);
      expect([...buckets].sort((a, b) => a - b)).toEqual(buckets);
      expect(new Set(buckets).size).toBe(buckets.length);
    }
  });

  it('is what docs/metrics.md says', () => {
    const doc = readFileSync('docs/metrics.md', 'utf8');
    const missing = names.filter((name) => !doc.includes(`| \`${name}\` |`));
    expect(missing).toEqual([]);
    for (const name of Object.keys(ENGINE_METRICS) as EngineMetric[])
      expect(doc).toContain(`| \`${name}\` | \`${prometheusName(name)}\` | ${METRICS[name].kind} |`);
  });
});
