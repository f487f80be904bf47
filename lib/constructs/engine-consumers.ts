import { Duration } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema';
import { acknowledge } from './acknowledge';
import { ALARM_PERIOD, type Alarms } from './alarm-topic';
import { EngineFunction, type EngineFunctionProps } from './engine-function';
import { DeadLetterQueue, type QueueWithDlq } from './queue-with-dlq';

/** How long the outbox relay waits for more, in seconds: what is lost is performed that much later. */
export const RELAY_WINDOW_SECONDS = 5;

/** Messages of one invocation: SQS hands out at most ten of a FIFO queue. */
const BATCH = 10;

export interface QueueConsumerProps extends EngineFunctionProps {
  /** Few at a time, one message each: for what the service behind it allows slowly. */
  readonly isSlow?: boolean;
}

/** A function that a queue feeds; of a batch, only what failed comes back. */
export function queueConsumer(
  scope: Construct,
  id: string,
  source: QueueWithDlq,
  { isSlow = false, ...props }: QueueConsumerProps,
) {
  const consumer = new EngineFunction(scope, id, props);
  // Lambda takes no limit under two.
  const pace = isSlow ? { batchSize: 1, maxConcurrency: 2 } : { batchSize: BATCH };
  consumer.function.addEventSource(
    new SqsEventSource(source.queue, { ...pace, reportBatchItemFailures: true }),
  );
  return consumer.function;
}

export interface WatchedFunctionProps extends EngineFunctionProps {
  readonly alarms: Alarms;
}

/** The outbox relay: reads every event appended to a journal and asks for the effects that were not confirmed. */
export class OutboxRelay extends EngineFunction {
  constructor(scope: Construct, id: string, table: Table, props: WatchedFunctionProps) {
    super(scope, id, props);
    const lost = new DeadLetterQueue(this, 'Dlq', {
      settings: props.environment.queues,
      alarms: props.alarms,
    });
    this.function.addEventSource(
      new DynamoEventSource(table as ITable, {
        // From the oldest record: what was appended while this was deployed counts too.
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual('INSERT'),
            dynamodb: { Keys: { sk: { S: FilterRule.beginsWith('EVT#') } } },
          }),
        ],
        reportBatchItemFailures: true,
        // The fast path confirms most appends within it: what is left is what needs the outbox relay. All that follows
        // from one report is appended within some seconds, and comes together.
        maxBatchingWindow: Duration.seconds(RELAY_WINDOW_SECONDS),
        bisectBatchOnError: true,
        retryAttempts: 10,
        maxRecordAge: Duration.hours(12),
        onFailure: new SqsDlq(lost.queue),
      }),
    );
    acknowledge(
      this.function,
      ['IAM5[Resource::*]'],
      'dynamodb:ListStreams and X-Ray have no resources to name.',
    );
    props.alarms.raise(this, 'IteratorAge', {
      metric: this.function.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'Maximum' }),
      above: Duration.minutes(5).toMilliseconds(),
      periods: 3,
      description: `${this.node.path}: unconfirmed effects wait in the stream. See the errors of outbox-relay.`,
    });
  }
}

export interface ClockedProps extends WatchedFunctionProps {
  readonly every: Duration;
  /** What it is for. */
  readonly description: string;
}

/** A function that the clock calls. What it missed, the next turn makes good. */
export class Clocked extends EngineFunction {
  constructor(scope: Construct, id: string, { every, description, ...props }: ClockedProps) {
    const settings: { settings: EnvironmentConfig['queues']; alarms: Alarms } = {
      settings: props.environment.queues,
      alarms: props.alarms,
    };
    const missed = new DeadLetterQueue(scope, `${id}Dlq`, settings);
    super(scope, id, { ...props, dlq: missed.queue });
    new Rule(this, 'Clock', {
      schedule: Schedule.rate(every),
      description,
      targets: [
        new FunctionTarget(this.function, {
          deadLetterQueue: missed.queue,
          retryAttempts: 2,
          // By then the next turn asks again.
          maxEventAge: Duration.minutes(Math.min(60, every.toMinutes())),
        }),
      ],
    });
  }
}
