import { Duration } from 'aws-cdk-lib';
import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Dashboard, GraphWidget, type IMetric, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { ENGINE_METRICS, type EngineMetric } from '../core/projections/metrics';
import { engineMetric, percentOf } from './engine-metrics';
import type { WatchedQueues } from './letter-functions';

export interface EngineDashboardProps {
  readonly environment: EnvironmentConfig;
  readonly api: SpecRestApi;
  /** By name. */
  readonly queues: WatchedQueues;
}

const PERIOD = Duration.minutes(5);
/** A third of the width of a dashboard, of 24 units. */
const WIDTH = 8;

/** One page of what the engine does: what it promises first, then where it is lost. */
export class EngineDashboard extends Construct {
  constructor(scope: Construct, id: string, props: EngineDashboardProps) {
    super(scope, id);
    const { environment } = props;
    new Dashboard(this, 'Page', {
      dashboardName: `reprise-${environment.name}`,
      defaultInterval: Duration.hours(6),
      widgets: [
        [heading('Promises')],
        promises(props),
        [heading('Jobs and attempts')],
        jobs(environment),
        [heading('Retries, recoveries and letters')],
        recoveries(environment),
        ...environment.pools.flatMap((pool) => [[heading(`Pool ${pool}`)], ofPool(environment, pool)]),
        [heading('Queues')],
        ofQueues(props),
      ],
    });
  }
}

const heading = (text: string): IWidget => new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 });

function graph(title: string, left: IMetric[], most?: number): IWidget {
  const bound = most === undefined ? {} : { leftAnnotations: [{ value: most, label: 'promised' }] };
  return new GraphWidget({ title, left, width: WIDTH, period: PERIOD, ...bound });
}

function promises({ environment, api }: EngineDashboardProps): IWidget[] {
  const sum = { period: PERIOD, statistic: 'Sum' };
  const p95 = { period: PERIOD, statistic: 'p95' };
  const failed = percentOf(api.metricServerError(sum), [api.metricCount(sum)], {
    ...{ atLeast: 1, period: PERIOD, label: 'fail on our side, %' },
  });
  const found = { period: PERIOD, statistic: 'Maximum' };
  return [
    graph('Calls that fail, %', [failed], 0.5),
    graph('Latency of the API, ms', [api.metricLatency(p95).with({ label: 'p95' })], 200),
    graph('From ready to the queue, s', [of(environment, 'SchedulingDelay', {}, 'p95')], 1),
    graph(
      'Losses found after, s',
      (['LossDetection', 'LeaseOverrun'] as const).map((name) => engineMetric(environment, name, {}, found)),
      60,
    ),
    graph(
      'Waits of jobs, s',
      ['p50', 'p90'].map((each) => of(environment, 'JobQueueWait', {}, each)),
    ),
    graph('From ready to a worker, s', [
      of(environment, 'DispatchLatency', {}, 'p50'),
      of(environment, 'DispatchLatency', {}, 'p95'),
    ]),
  ];
}

function jobs(environment: EnvironmentConfig): IWidget[] {
  return [
    graph('Jobs submitted', by(environment, 'JobsSubmitted', 'priority')),
    graph('Jobs ended', by(environment, 'JobsEnded', 'outcome')),
    graph(
      'Duration of jobs, s',
      ['p50', 'p95'].map((each) => of(environment, 'JobDuration', {}, each)),
    ),
    graph('Attempts ended', by(environment, 'AttemptsEnded', 'outcome')),
    graph('Failures by class', by(environment, 'AttemptFailures', 'class')),
    graph('Cost of a job on AWS, USD', [
      of(environment, 'JobCost', {}, 'Average'),
      of(environment, 'JobCost', {}, 'p95'),
    ]),
  ];
}

function recoveries(environment: EnvironmentConfig): IWidget[] {
  return [
    graph('Retries', by(environment, 'RetriesScheduled', 'strategy')),
    graph('Nodes that were retried', by(environment, 'RetriedNodesEnded', 'outcome')),
    graph('Recoveries started', by(environment, 'RecoveriesStarted', 'cause')),
    graph('Recoveries ended', by(environment, 'RecoveriesEnded', 'outcome')),
    graph(
      'Time to recover, s',
      ['p50', 'p95'].map((each) => of(environment, 'RecoveryTime', {}, each)),
    ),
    graph('Letters', [
      of(environment, 'LettersParked', {}, 'Sum'),
      of(environment, 'LettersRedriven', {}, 'Sum'),
      of(environment, 'LettersResolved', {}, 'Sum'),
    ]),
    graph('Notifications', by(environment, 'DeliveriesEnded', 'outcome')),
    graph('Breakers', by(environment, 'Breakers', 'status', 'Maximum')),
    graph('Breakers that changed', by(environment, 'BreakerChanges', 'status')),
    graph('Workers cordoned', [of(environment, 'WorkersCordoned', {}, 'Sum')]),
  ];
}

function ofPool(environment: EnvironmentConfig, pool: string): IWidget[] {
  const gauge = (name: EngineMetric) => of(environment, name, { pool }, 'Maximum');
  const statuses = ['active', 'cordoned', 'draining'];
  return [
    graph('Slots', [gauge('Slots'), gauge('SlotsTaken')]),
    graph('Share of slots taken', [of(environment, 'SlotUtilisation', { pool }, 'Average')]),
    graph(
      'Workers',
      statuses.map((status) =>
        engineMetric(environment, 'Workers', { pool, status }, reading('Maximum', status)),
      ),
    ),
    graph('Waiting', [gauge('JobsWaiting'), gauge('AttemptsWaiting')]),
    graph('The oldest waits, s', [gauge('OldestJobWait'), gauge('OldestAttemptWait')]),
    graph('Under way', [gauge('JobsRunning'), gauge('AttemptsLeased')]),
  ];
}

function ofQueues({ queues }: EngineDashboardProps): IWidget[] {
  const each = Object.entries(queues);
  const oldest = { period: PERIOD, statistic: 'Maximum' };
  return [
    graph(
      'Oldest message, s',
      each.map(([label, { queue }]) => queue.metricApproximateAgeOfOldestMessage({ ...oldest, label })),
    ),
    graph(
      'Messages in DLQs',
      each.map(([label, { dlq }]) => dlq.metricApproximateNumberOfMessagesVisible({ ...oldest, label })),
    ),
    graph(
      'Oldest message in a DLQ, s',
      each.map(([label, { dlq }]) => dlq.metricApproximateAgeOfOldestMessage({ ...oldest, label })),
    ),
  ];
}

const reading = (statistic: string, label: string) => ({ statistic, label, period: PERIOD });

function of(
  environment: EnvironmentConfig,
  name: EngineMetric,
  dimensions: Readonly<Record<string, string>>,
  statistic: string,
): IMetric {
  const label = statistic === 'Sum' || statistic === 'Maximum' ? name : `${name} ${statistic}`;
  return engineMetric(environment, name, dimensions, reading(statistic, label));
}

/** A line for each value of a dimension. */
function by(
  environment: EnvironmentConfig,
  name: EngineMetric,
  dimension: string,
  statistic = 'Sum',
): IMetric[] {
  const values = ENGINE_METRICS[name].dimensions?.[dimension] ?? [];
  if (values === 'named') throw new Error(`${name} has no end of values of ${dimension}`);
  return values.map((value) =>
    engineMetric(environment, name, { [dimension]: value }, reading(statistic, value)),
  );
}
