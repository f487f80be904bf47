import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES } from '../../lib/config/environments';
import {
  ENGINE_METRICS,
  ENGINE_SERVICE,
  type EngineMetric,
  METRICS,
  type MetricName,
} from '../../lib/core/projections/metrics';
import { synthesise } from './support/synth';

/** A metric as somebody reads it. Dimensions whose values only a deployment knows are `?`. */
interface Read {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : '?');

interface MetricJson {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}

function readOf({ Namespace = '', MetricName = '', Dimensions = [] }: MetricJson): Read {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, plain(Value)]));
  return { namespace: Namespace, name: MetricName, dimensions };
}

function ofAlarms(alarms: readonly Record<string, unknown>[]): Read[] {
  return alarms.flatMap((alarm) => {
    const { Metrics = [] } = alarm as { Metrics?: readonly { MetricStat?: { Metric: MetricJson } }[] };
    const several = Metrics.flatMap(({ MetricStat }) => (MetricStat ? [readOf(MetricStat.Metric)] : []));
    return several.length > 0 ? several : [readOf(alarm as MetricJson)];
  });
}

/** What a deployment fills in is `?`: the body is JSON with holes. */
function ofDashboard(body: unknown): Read[] {
  const parts = (body as { 'Fn::Join': [string, readonly unknown[]] })['Fn::Join'][1];
  const { widgets } = JSON.parse(parts.map(plain).join('')) as {
    widgets: readonly { properties: { metrics?: readonly (readonly unknown[])[] } }[];
  };
  const lines = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  return lines.flatMap((line) => {
    const texts = line.filter((part): part is string => typeof part === 'string');
    const [namespace, name, ...rest] = texts;
    if (namespace === undefined || name === undefined) return [];
    const dimensions: Record<string, string> = {};
    for (let i = 0; i + 1 < rest.length; i += 2) dimensions[rest[i] as string] = rest[i + 1] as string;
    return [{ namespace, name, dimensions }];
  });
}

/** Text of the functions: those of one, and what all of them share. */
const sourceOf = (...folders: readonly string[]): string =>
  folders
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

/** Why nobody says it; undefined where somebody does. */
function unsaid({ name, dimensions }: Read, pools: readonly string[]): string | undefined {
  if (!(name in METRICS)) return 'it is not in the catalogue';
  const { service, ...rest } = dimensions;
  // A filter of a log makes it.
  if (service === undefined) return name === 'WorkflowsLost' ? undefined : 'it has no service';
  if (service !== ENGINE_SERVICE) {
    const isCounted = sourceOf(`lambdas/${service}`, 'lambdas/runtime', 'lambdas/shared').includes(
      `'${name}'`,
    );
    return isCounted && Object.keys(rest).length === 0 ? undefined : `${service} does not count it`;
  }
  const spec = ENGINE_METRICS[name as EngineMetric] as (typeof ENGINE_METRICS)[EngineMetric] | undefined;
  if (!spec) return 'it is not said of the engine';
  if (spec.only === 'embedded') return 'only a daemon says it';
  const { dimensions: known = {} } = spec;
  const isInAll =
    Object.keys(rest).length === 0 && (spec.kind !== 'gauge' || Object.keys(known).length === 0);
  if (isInAll) return undefined;
  if (Object.keys(rest).sort().join() !== Object.keys(known).sort().join()) return 'it has other dimensions';
  const wrong = Object.entries(rest).find(([dimension, value]) => {
    const values = known[dimension];
    return !(values === 'named' ? pools : values)?.includes(value);
  });
  return wrong && `${wrong[0]} is never ${wrong[1]}`;
}

/** What services of AWS say, by the dimensions that they say it with. */
const OF_AWS: Readonly<Record<string, string>> = {
  'AWS/ApiGateway 5XXError': 'ApiName',
  'AWS/ApiGateway Count': 'ApiName',
  'AWS/ApiGateway Latency': 'ApiName',
  'AWS/DynamoDB ReadThrottleEvents': 'TableName|GlobalSecondaryIndexName,TableName',
  'AWS/DynamoDB WriteThrottleEvents': 'TableName|GlobalSecondaryIndexName,TableName',
  'AWS/Events FailedInvocations': 'EventBusName,RuleName',
  'AWS/Events IngestionToInvocationStartLatency': 'EventBusName,RuleName',
  'AWS/Lambda ClaimedAccountConcurrency': '',
  'AWS/Lambda Errors': 'FunctionName',
  'AWS/Lambda Invocations': 'FunctionName',
  'AWS/Lambda IteratorAge': 'FunctionName',
  'AWS/Lambda Throttles': 'FunctionName',
  'AWS/SQS ApproximateAgeOfOldestMessage': 'QueueName',
  'AWS/SQS ApproximateNumberOfMessagesVisible': 'QueueName',
  'AWS/States ThrottledEvents': 'ServiceMetric|APIName',
};

describe.each(ENVIRONMENT_NAMES)('the metrics of %s', (name) => {
  const { ofType, environment } = synthesise(name);
  const [dashboard] = Object.values(ofType('AWS::CloudWatch::Dashboard'));
  const shown = ofDashboard(dashboard?.Properties['DashboardBody']);
  const watched = ofAlarms(
    Object.values(ofType('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties),
  );
  const all = [...shown, ...watched];

  it('that an alarm or the dashboard reads are said by somebody, with the same dimensions', () => {
    const ours = all.filter(({ namespace }) => namespace.startsWith('Reprise/'));
    expect(ours.length).toBeGreaterThan(60);
    for (const read of ours) {
      expect([read, unsaid(read, environment.pools)]).toEqual([read, undefined]);
      expect(read.namespace).toBe(`Reprise/${name}`);
    }
  });

  it('of services of AWS are read with the dimensions that they have', () => {
    for (const { namespace, name: metric, dimensions } of all) {
      if (namespace.startsWith('Reprise/')) continue;
      const known = OF_AWS[`${namespace} ${metric}`];
      const given = Object.keys(dimensions).sort().join();
      expect([namespace, metric, given, known?.split('|').includes(given)]).toEqual([
        namespace,
        metric,
        given,
        true,
      ]);
    }
  });

  it('are each on the dashboard, or counted by a function of its own work', () => {
    const onPage = new Set(shown.map((read) => read.name));
    const missing = (Object.keys(ENGINE_METRICS) as EngineMetric[]).filter(
      (metric) => ENGINE_METRICS[metric].only !== 'embedded' && !onPage.has(metric),
    );
    // What these come to, others show: nodes by their attempts, attempts by their jobs.
    expect(missing).toEqual(['NodesEnded', 'AttemptDuration'] satisfies MetricName[]);
  });
});
