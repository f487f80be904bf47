import { Match, Rule } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { WORKFLOW_LOST } from '../core/messages/public-event';
import type { CountedName } from '../core/projections/metrics';
import { ALARM_PERIOD, type Alarms } from './alarm-topic';
import { metricNamespace } from './engine-metrics';
import type { EngineParts } from './function-variables';
import { letRulesSend, wholeEventTo } from './rule-to-queue';

const LOST: CountedName = 'WorkflowsLost';

export interface WorkflowWatchProps {
  readonly environment: EnvironmentConfig;
  readonly parts: EngineParts;
  /** Reads the queue of triggers, and says in its log which workflows have died. */
  readonly consumer: LambdaFunction;
  readonly alarms: Alarms;
}

/**
 * Hears on the account's own bus, where Step Functions says it, which executions of this environment end and not well. One
 * of a job that has ended is as it should be; one that ends before its job is told to the job, and raises an alarm.
 */
export class WorkflowWatch extends Construct {
  constructor(scope: Construct, id: string, { environment, parts, consumer, alarms }: WorkflowWatchProps) {
    super(scope, id);
    const { triggers } = parts.queues;
    const rule = new Rule(this, 'Ended', {
      description: 'Executions that end and not well, to whoever tells their jobs',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: Match.prefix(parts.machineArnPrefix),
        },
      },
      targets: [wholeEventTo(triggers, 'workflow')],
    });
    letRulesSend(triggers, { ArnEquals: { 'aws:SourceArn': rule.ruleArn } });
    if (!environment.alarms) return;
    const lost = new MetricFilter(this, 'Lost', {
      logGroup: consumer.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', WORKFLOW_LOST),
      // The account may hold several environments.
      metricNamespace: metricNamespace(environment.name),
      metricName: LOST,
      metricValue: '1',
    });
    alarms.raise(this, 'WorkflowsLost', {
      metric: lost.metric({ statistic: 'Sum', period: ALARM_PERIOD }),
      above: 0,
      description: 'A workflow ended before its job, which enters nothing more.',
      runbook: 'workflowLost',
    });
  }
}
