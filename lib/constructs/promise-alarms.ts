import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import type { Alarms } from './alarm-topic';
import { countedMetric, engineMetric, percentOf } from './engine-metrics';

export interface PromiseAlarmsProps {
  readonly environment: EnvironmentConfig;
  readonly alarms: Alarms;
}

/** Losses are found, and recoveries begin, within a minute. */
const DETECTION_SECONDS = 60;
/** Recoveries succeed, in percent; of fewer than `ENOUGH` one more or less decides. */
const RECOVERED_PERCENT = 98;
const ENOUGH = 50;
/** What becomes ready is in the queue of its pool within a second, in 95 of 100 cases. */
const SCHEDULING_SECONDS = 1;
/** Slots are taken while work waits, as a share. */
const TAKEN = 0.9;

/** What the engine promises of itself, an alarm for each. The API and the bus raise their own. */
export class PromiseAlarms extends Construct {
  constructor(scope: Construct, id: string, { environment, alarms }: PromiseAlarmsProps) {
    super(scope, id);
    const raise: Alarms['raise'] = (...of) => alarms.raise(...of);
    raise(this, 'Detection', {
      metric: engineMetric(environment, 'LossDetection', {}, { statistic: 'Maximum' }),
      above: DETECTION_SECONDS,
      description: `A worker with work was silent for more than ${DETECTION_SECONDS} seconds before it was found lost.`,
      runbook: 'detectionLate',
    });
    raise(this, 'Leases', {
      metric: engineMetric(environment, 'LeaseOverrun', {}, { statistic: 'Maximum' }),
      above: DETECTION_SECONDS,
      description: `A lease had run out for more than ${DETECTION_SECONDS} seconds before that was found.`,
      runbook: 'detectionLate',
    });
    const period = Duration.days(1);
    const recoveries = (outcome: string) =>
      engineMetric(environment, 'RecoveriesEnded', { outcome }, { period });
    raise(this, 'RecoveryRate', {
      metric: percentOf(recoveries('failed'), [recoveries('failed'), recoveries('completed')], {
        ...{ atLeast: ENOUGH, period, label: 'recoveries that fail, %' },
      }),
      above: 100 - RECOVERED_PERCENT,
      description: `Fewer than ${RECOVERED_PERCENT} % of the recoveries of a day succeeded.`,
      runbook: 'recoveryRate',
    });
    raise(this, 'Scheduling', {
      metric: engineMetric(
        environment,
        'SchedulingDelay',
        {},
        { statistic: 'p95', period: Duration.minutes(5) },
      ),
      above: SCHEDULING_SECONDS,
      periods: 3,
      ignoresFewSamples: true,
      description: `One attempt in twenty that is ready takes longer than ${SCHEDULING_SECONDS} s to its place in the queue.`,
      runbook: 'schedulingSlow',
    });
    raise(this, 'QueueWait', {
      metric: engineMetric(
        environment,
        'JobQueueWait',
        {},
        { statistic: 'p90', period: Duration.minutes(15) },
      ),
      // How long is too long only the week knows: a night of regressions waits, a morning does not.
      unusualBy: 4,
      periods: 2,
      description: 'Jobs wait for their admission for longer than they do at this time of the week.',
      runbook: 'queueWait',
    });
    for (const pool of environment.pools) raise(this, `Slots-${pool}`, idleSlots(environment, pool));
    raise(this, 'Breakers', {
      metric: engineMetric(environment, 'Breakers', { status: 'open' }, { statistic: 'Minimum' }),
      above: 0,
      periods: 15,
      description: 'The breaker of a dependency has been open for a quarter of an hour: work waits for it.',
      runbook: 'breakerOpen',
    });
    raise(this, 'Notifications', {
      metric: engineMetric(environment, 'DeliveriesEnded', { outcome: 'parked' }),
      above: 0,
      description: 'Somebody was to be told of something and could not be: the delivery is parked.',
      runbook: 'deliveriesParked',
    });
    raise(this, 'Journals', {
      metric: countedMetric(environment, 'JournalsDamaged', 'cleaner'),
      above: 0,
      description: 'The journal of a job does not verify.',
      runbook: 'journalDamaged',
    });
  }
}

/** Work waits though slots are free: its labels, resources or concurrency keep it off them, or nobody hands it out. */
function idleSlots(environment: EnvironmentConfig, pool: string) {
  const of = (name: 'AttemptsWaiting' | 'SlotUtilisation') =>
    engineMetric(environment, name, { pool }, { statistic: 'Average' });
  return {
    metric: new MathExpression({
      expression: `IF(waiting >= 1 AND taken < ${TAKEN}, 1, 0)`,
      usingMetrics: { waiting: of('AttemptsWaiting'), taken: of('SlotUtilisation') },
      period: Duration.minutes(1),
      label: 'work waits though slots are free',
    }),
    above: 0,
    periods: 15,
    description: `Work has waited in the pool ${pool} for a quarter of an hour while less than nine tenths of its slots were taken.`,
    runbook: 'slotsIdle',
  } as const;
}
