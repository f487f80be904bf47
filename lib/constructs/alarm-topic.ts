import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AnomalyDetectionAlarm,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { present } from '../core/model/present';
import { type Runbook, runbookPage } from './runbooks';

interface AlarmText {
  readonly metric: IMetric;
  /** Periods of the metric that must all be past the limit. */
  readonly periods?: number;
  /** What it means. */
  readonly description: string;
  /** What to do. */
  readonly runbook: Runbook;
  /** While it is raised the engine does not do what it is for: it is part of what wakes somebody up. */
  readonly isOutage?: true;
  /** A percentile of a handful of values says nothing: such periods leave the alarm as it is. */
  readonly ignoresFewSamples?: true;
}

/**
 * The alarm fires above a value, or below one; or where the metric is above what it is at this time of the week, by so many
 * standard deviations.
 */
export type AlarmSpec = AlarmText &
  ({ readonly above: number } | { readonly below: number } | { readonly unusualBy: number });

/** Raises alarms to one topic, or to nowhere in an environment without alarms. */
export interface Alarms {
  /** The alarm, for who acts on it; none where there are no alarms. */
  readonly raise: (scope: Construct, id: string, spec: AlarmSpec) => IAlarm | undefined;
  /** One alarm over all that were raised so far and are outages: it goes to the pager, once for all of them. */
  readonly raiseOutage: (scope: Construct, id: string) => void;
}

export const NO_ALARMS: Alarms = { raise: () => undefined, raiseOutage: () => undefined };

export const ALARM_PERIOD = Duration.minutes(1);

/** The topics that people and pagers subscribe to. */
export class AlarmTopic extends Construct implements Alarms {
  /** Every alarm. */
  readonly topic: Topic;
  /** What cannot wait until somebody looks. */
  readonly pager: Topic;
  readonly #outages: IAlarm[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Reprise alarms', enforceSSL: true });
    this.pager = new Topic(this, 'Pager', { displayName: 'Reprise outages', enforceSSL: true });
  }

  raise(scope: Construct, id: string, spec: AlarmSpec): IAlarm {
    const alarm = alarmOf(scope, id, spec);
    alarm.addAlarmAction(new SnsAction(this.topic));
    if (spec.isOutage) this.#outages.push(alarm);
    return alarm;
  }

  raiseOutage(scope: Construct, id: string): void {
    const alarm = new CompositeAlarm(scope, id, {
      alarmRule: AlarmRule.anyOf(...this.#outages),
      alarmDescription: described('The engine does not do what it is for.', 'outage'),
    });
    alarm.addAlarmAction(new SnsAction(this.pager));
  }
}

const described = (what: string, runbook: Runbook): string => `${what} See ${runbookPage(runbook)}.`;

function alarmOf(scope: Construct, id: string, spec: AlarmSpec): Alarm {
  const shared = {
    metric: spec.metric,
    evaluationPeriods: spec.periods ?? 1,
    alarmDescription: described(spec.description, spec.runbook),
    ...present({ evaluateLowSampleCountPercentile: spec.ignoresFewSamples && 'ignore' }),
  };
  if ('below' in spec) {
    return new Alarm(scope, id, {
      ...shared,
      threshold: spec.below,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      // What has to happen, and of which nothing is heard, does not happen.
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
  // No data means no messages, no calls or no jobs: nothing that could be wrong.
  const treatMissingData = TreatMissingData.NOT_BREACHING;
  if ('unusualBy' in spec) {
    return new AnomalyDetectionAlarm(scope, id, {
      ...shared,
      stdDevs: spec.unusualBy,
      comparisonOperator: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      treatMissingData,
    });
  }
  return new Alarm(scope, id, {
    ...shared,
    threshold: spec.above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData,
  });
}
