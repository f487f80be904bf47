import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { RUNBOOKS, RUNBOOKS_PAGE, type Runbook } from './runbooks';

interface AlarmText {
  readonly metric: IMetric;
  /** Periods of the metric that must all be past the limit. */
  readonly periods?: number;
  /** What it means. */
  readonly description: string;
  /** What to do. */
  readonly runbook: Runbook;
}

/** The alarm fires above a value; or below one, which no data at all is too. */
export type AlarmSpec = AlarmText & ({ readonly above: number } | { readonly below: number });

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
      evaluationPeriods: spec.periods ?? 1,
      ...limitOf(spec),
      alarmDescription: `${spec.description} See "${RUNBOOKS[spec.runbook]}" in ${RUNBOOKS_PAGE}.`,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
  }
}

function limitOf(spec: AlarmSpec) {
  if ('below' in spec) {
    return {
      threshold: spec.below,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    };
  }
  return {
    threshold: spec.above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    // No data means no messages or no calls.
    treatMissingData: TreatMissingData.NOT_BREACHING,
  };
}
