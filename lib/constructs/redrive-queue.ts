import { Duration, Stack } from 'aws-cdk-lib';
import { Queue, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';
import { ALARM_PERIOD, type Alarms } from './alarm-topic';
import { encryptedQueue } from './encrypted-queue';

/** Seconds of a day. */
const DAY = 86_400;

/**
 * Where letters lie. A message that is sent into a DLQ has no source, and nothing redrives it; so a letter is sent to this
 * queue, whose consumer refuses it the first time, and SQS itself takes it to the DLQ: one receive is all it gets. What
 * "Start DLQ redrive" brings back the consumer takes. Both have names of their own: a person looks for them in the console,
 * and each names the other, which two generated names cannot.
 */
export class RedriveQueue extends Construct {
  readonly queue: Queue;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, environment: EnvironmentConfig, alarms: Alarms) {
    super(scope, id);
    const { name, queues } = environment;
    const queueName = `reprise-${name}-redrive`;
    const queueArn = Stack.of(this).formatArn({ service: 'sqs', resource: queueName });
    this.dlq = encryptedQueue(this, 'DlqQueue', {
      queueName: `${queueName}-dlq`,
      retentionPeriod: Duration.days(queues.dlqDays),
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [Queue.fromQueueArn(this, 'Source', queueArn)],
      },
    });
    acknowledge(this.dlq, ['SQS3'], 'This is the dead letter queue; what waits here waits for a person.');
    this.queue = encryptedQueue(this, 'Queue', {
      queueName,
      visibilityTimeout: Duration.seconds(queues.visibilitySeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.dlq, maxReceiveCount: 1 },
    });
    this.watch(environment, alarms);
  }

  /** Letters lie for as long as people need: an alarm at the first one would always be on. */
  private watch({ letters }: EnvironmentConfig, alarms: Alarms): void {
    alarms.raise(this, 'OldestMessage', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD }),
      above: 5 * 60,
      periods: 3,
      description: 'A letter on its way, or one that was redriven, has waited for 5 minutes.',
      runbook: 'waiting',
    });
    alarms.raise(this, 'Parked', {
      metric: this.dlq.metricApproximateNumberOfMessagesVisible({
        period: ALARM_PERIOD,
        statistic: 'Maximum',
      }),
      above: letters.maxWaiting,
      description: `More than ${letters.maxWaiting} letters wait for a person.`,
      runbook: 'lettersParked',
    });
    alarms.raise(this, 'OldestLetter', {
      metric: this.dlq.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD }),
      above: letters.maxAgeDays * DAY,
      periods: 3,
      description: `A letter has waited for ${letters.maxAgeDays} days.`,
      runbook: 'lettersOld',
    });
  }
}
