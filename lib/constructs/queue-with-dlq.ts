import { Duration } from 'aws-cdk-lib';
import { DeduplicationScope, FifoThroughputLimit, type Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';
import { ALARM_PERIOD, type Alarms } from './alarm-topic';
import { encryptedQueue } from './encrypted-queue';
import type { Runbook } from './runbooks';

export interface QueueWithDlqProps {
  readonly settings: EnvironmentConfig['queues'];
  readonly alarms: Alarms;
  /** Ordered within a message group; a FIFO queue's DLQ is one too. */
  readonly fifo?: boolean;
  /** Minutes the oldest message may wait before the alarm: past what is normal for this queue. */
  readonly maxAgeMinutes: number;
  /** What to do when messages wait. */
  readonly waitingRunbook?: Runbook;
  /** While messages wait in it no job goes on. */
  readonly isVital?: true;
  /** Rules of EventBridge send to it, and to its DLQ what they could not deliver. */
  readonly takesRules?: true;
}

const FIFO = { fifo: true, contentBasedDeduplication: true } as const;

/** Order and repetition matter within a job or pool only; a limit for the whole queue is 300 calls a second. */
const PER_GROUP = {
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} as const;

/** A queue, encrypted, for TLS only, with the dead letter queue that its poisoned messages end in. */
export class QueueWithDlq extends Construct {
  readonly queue: Queue;
  readonly dlq: Queue;

  constructor(scope: Construct, id: string, props: QueueWithDlqProps) {
    super(scope, id);
    const { settings, alarms, takesRules = false } = props;
    const kind = props.fifo ? { ...FIFO, ...PER_GROUP } : {};
    this.dlq = new DeadLetterQueue(this, 'Dlq', props).queue;
    this.queue = encryptedQueue(this, 'Queue', {
      ...kind,
      takesRules,
      visibilityTimeout: Duration.seconds(settings.visibilitySeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.dlq, maxReceiveCount: settings.maxReceives },
    });
    alarms.raise(this, 'OldestMessage', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD }),
      above: props.maxAgeMinutes * 60,
      periods: 3,
      description: `A message of the queue ${id} has waited for ${props.maxAgeMinutes} minutes.`,
      runbook: props.waitingRunbook ?? 'waiting',
      ...(props.isVital ? { isOutage: true as const } : {}),
    });
  }
}

/** A queue that a function consumes, and where what it gives up lies. */
export type ConsumedQueue = Pick<QueueWithDlq, 'queue' | 'dlq'>;

/** Where what could not be handled waits for a person: as long as SQS keeps it, with an alarm on the first one. */
class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(
    scope: Construct,
    id: string,
    props: Pick<QueueWithDlqProps, 'settings' | 'alarms' | 'fifo' | 'takesRules'>,
  ) {
    super(scope, id);
    const { fifo, settings, alarms, takesRules = false } = props;
    this.queue = encryptedQueue(this, 'Queue', {
      ...(fifo ? FIFO : {}),
      takesRules,
      retentionPeriod: Duration.days(settings.dlqDays),
    });
    acknowledge(this.queue, ['SQS3'], 'This is the dead letter queue; what waits here waits for a person.');
    alarms.raise(this, 'Depth', {
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: ALARM_PERIOD,
        statistic: 'Maximum',
      }),
      above: 0,
      description: `What ${scope.node.id} could not handle waits in its DLQ.`,
      runbook: 'dlq',
    });
  }
}
