import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AlarmSpec {
  readonly metric: IMetric;
  /** The alarm fires above this value. */
  readonly above: number;
  /** Periods of the metric that must all be above. */
  readonly periods?: number;
  /** What it means and what to do. */
  readonly description: string;
}

/** Raises alarms to one topic, or to nowhere in an environment without alarms. */
export interface Alarms {
  readonly raise: (scope: Construct, id: string, spec: AlarmSpec) => void;
}

export const NO_ALARMS: Alarms = { raise: () => undefined };

export const ALARM_PERIOD = Duration.minutes(1);

/** The topic that people or pagers subscribe to. */
export class AlarmTopic extends Construct implements Alarms {
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Reprise alarms', enforceSSL: true });
  }

  raise(scope: Construct, id: string, spec: AlarmSpec): void {
    const alarm = new Alarm(scope, id, {
      metric: spec.metric,
      threshold: spec.above,
      evaluationPeriods: spec.periods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // No data means no messages or no calls.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: spec.description,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}
