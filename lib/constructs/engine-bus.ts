import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { EventBus, type IRuleTarget, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { cloudFeatures } from '../config/local-limits';
import type { EnvironmentConfig } from '../config/schema';
import { EVENT_SOURCE } from '../core/messages/public-event';
import type { Alarms } from './alarm-topic';
import { metricOf } from './engine-metrics';
import { QueueWithDlq } from './queue-with-dlq';
import { removal } from './removal';

export interface EngineBusProps {
  readonly environment: EnvironmentConfig;
  readonly alarms: Alarms;
}

/** From an event to whoever waits for it, in milliseconds. */
const PROMISED_MS = 1_000;

export const engineBusName = (environment: string): string => `reprise-${environment}`;

/**
 * The bus that tells the world outside what happens. One rule hands every event to the `notifications` queue, where a
 * notification engine consumes it, and to a log group, where a person looks it up; the archive replays it.
 */
export class EngineBus extends Construct {
  readonly bus: EventBus;
  readonly notifications: QueueWithDlq;

  constructor(scope: Construct, id: string, { environment, alarms }: EngineBusProps) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', { eventBusName: engineBusName(environment.name) });
    this.notifications = new QueueWithDlq(this, 'Notifications', {
      ...{ settings: environment.queues, alarms, takesRules: true as const },
      // They are dropped after four days.
      maxAgeMinutes: 3 * 24 * 60,
      waitingRunbook: 'unconsumed',
    });
    const log = new LogGroup(this, 'Log', {
      logGroupName: `/aws/events/reprise-${environment.name}`,
      retention: environment.logRetentionDays,
      removalPolicy: removal(environment.dataRetained),
    });
    const delivery = {
      // What EventBridge could not deliver is the event as the queue would have got it: both are redriven alike.
      deadLetterQueue: this.notifications.dlq,
      retryAttempts: 20,
      maxEventAge: Duration.hours(2),
    };
    const everything = new Rule(this, 'Everything', {
      eventBus: this.bus,
      description: 'Every event of the engine, to whoever notifies and to the log',
      eventPattern: { source: Match.exactString(EVENT_SOURCE) },
      targets: [new SqsQueue(this.notifications.queue, delivery), logTarget(log)],
    });
    const ofRule = { EventBusName: this.bus.eventBusName, RuleName: everything.ruleName };
    alarms.raise(this, 'FailedDeliveries', {
      metric: metricOf('AWS/Events', 'FailedInvocations', ofRule),
      above: 0,
      description: 'Events of the engine did not reach the notifications queue or the log.',
      runbook: 'undelivered',
    });
    alarms.raise(this, 'LateDeliveries', {
      metric: metricOf('AWS/Events', 'IngestionToInvocationStartLatency', ofRule, { statistic: 'p95' }),
      above: PROMISED_MS,
      periods: 15,
      ignoresFewSamples: true,
      description:
        'Events reach who waits for them later than a second after they were published, one in twenty.',
      runbook: 'eventsLate',
    });
    if (cloudFeatures(environment.name).eventArchive) {
      this.bus.archive('Archive', {
        archiveName: `reprise-${environment.name}`,
        description: 'Every event of the engine, to be replayed to a new consumer',
        eventPattern: { source: Match.exactString(EVENT_SOURCE) },
        retention: Duration.days(90),
      });
    }
  }
}

/**
 * A log group as a rule's target. It has no DLQ: what is missing in the log is in the archive. The target class of the
 * CDK brings a Lambda along to write the same policy.
 */
function logTarget(log: LogGroup): IRuleTarget {
  const arn = Stack.of(log).formatArn({
    service: 'logs',
    resource: 'log-group',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: log.logGroupName,
  });
  log.addToResourcePolicy(
    new PolicyStatement({
      principals: [
        new ServicePrincipal('events.amazonaws.com'),
        new ServicePrincipal('delivery.logs.amazonaws.com'),
      ],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [log.logGroupArn],
    }),
  );
  return { bind: () => ({ arn }) };
}
